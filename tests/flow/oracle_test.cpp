#include "flow/oracle.h"

#include <algorithm>
#include <cmath>

#include "flow/data.h"
#include "flow/metrics.h"
#include "flow/sampler.h"
#include "tests/tensors.h"

namespace flow::oracle {
namespace {

using tensors::equal;
using tensors::near;
using tensors::throws;
using tensors::values;

// u for one number x.
double velocity_at(double x, double t, const Tensor& points) {
  return velocity(Tensor::from({x}, {1, 1}), t, points).item();
}

Tensor two_points(double a) { return Tensor::from({-a, a}, {2, 1}); }

// 30 points: 6 in a row and 24 far away. Small enough for an exact look, uneven enough to show a
// wrong weight.
Tensor uneven_points() {
  std::vector<double> numbers;
  for (int i = 0; i < 30; ++i) {
    numbers.push_back(i % 6 == 0 ? 0.5 * i - 8 : 6 + 0.05 * i);
    numbers.push_back(i % 6 == 0 ? 0.25 * i : -3);
  }
  return Tensor::from(numbers, {30, 2});
}

// ---- velocity ---------------------------------------------------------------------------------

TEST(OracleVelocity, OfOnePointGoesStraightThere) {
  const Tensor z = Tensor::from({3, -1}, {1, 2});
  const Tensor x = Tensor::from({0, 0, 1, 2}, {2, 2});
  // (z - x) / (1 - t)
  EXPECT_TRUE(near(velocity(x, 0, z), Tensor::from({3, -1, 2, -3}, {2, 2}), tensors::rounding));
  EXPECT_TRUE(
      near(velocity(x, 0.75, z), Tensor::from({12, -4, 8, -12}, {2, 2}), 10 * tensors::rounding));
}

TEST(OracleVelocity, OfTwoPointsByHand) {
  // Points -a and a: the weights differ by tanh(t a x / (1 - t)^2).
  const double a = 1.5;
  for (const double t : {0.0, 0.25, 0.5, 0.75}) {
    for (const double x : {-2.0, -0.5, 0.0, 0.25, 1.0}) {
      const double expected = (a * std::tanh(t * a * x / ((1 - t) * (1 - t))) - x) / (1 - t);
      EXPECT_NEAR(velocity_at(x, t, two_points(a)), expected, tensors::in_double ? 1e-12 : 2e-6);
    }
  }
}

TEST(OracleVelocity, AtTimeZeroGoesToTheMean) {
  const Tensor x = Tensor::from({1, 2, -3, 4}, {2, 2});
  EXPECT_TRUE(
      near(velocity(x, 0, uneven_points()), mean(uneven_points(), 0) - x, 10 * tensors::rounding));
}

TEST(OracleVelocity, OfManyPointsOfAGaussianIsTheGaussians) {
  // 4000 quantiles of N(m, s^2), found by bisection. u = m + k (x - t m) with
  // k = (t s^2 - (1 - t)) / (t^2 s^2 + (1 - t)^2).
  const double m = 2;
  const double s = 0.5;
  std::vector<double> quantiles;
  for (int i = 0; i < 4000; ++i) {
    const double p = (i + 0.5) / 4000;
    double low = -6;
    double high = 6;
    for (int halving = 0; halving < 50; ++halving) {
      const double middle = (low + high) / 2;
      (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
    }
    quantiles.push_back(m + s * low);
  }
  const Tensor points = Tensor::from(quantiles, {4000, 1});
  for (const double t : {0.0, 0.3, 0.6, 0.9}) {
    for (const double deviations : {-1.5, 0.0, 0.5, 1.0}) {
      const double x = t * m + deviations * std::sqrt(t * t * s * s + (1 - t) * (1 - t));
      const double k = (t * s * s - (1 - t)) / (t * t * s * s + (1 - t) * (1 - t));
      EXPECT_NEAR(velocity_at(x, t, points), m + k * (x - t * m), 2e-3) << "t = " << t;
    }
  }
}

TEST(OracleVelocity, ANumberIsTheSameTimeInAllRows) {
  autograd::manual_seed(1);
  const Tensor x = autograd::randn({5, 2});
  EXPECT_TRUE(equal(velocity(x, 0.5, uneven_points()),
                    velocity(x, autograd::full({5, 1}, 0.5), uneven_points())));
}

TEST(OracleVelocity, EachRowHasItsOwnTime) {
  const Tensor z = Tensor::from({3}, {1, 1});
  const Tensor u = velocity(Tensor::from({1, 1}, {2, 1}), Tensor::from({0, 0.5}, {2, 1}), z);
  EXPECT_EQ(values(u), (std::vector<double>{2, 4}));
}

TEST(OracleVelocity, RowsDoNotSeeEachOther) {
  autograd::manual_seed(2);
  const Tensor x = 3 * autograd::randn({6, 2});
  const Tensor t = autograd::rand({6, 1});
  const std::vector<Index> order{4, 1, 5, 0, 3, 2};
  const Tensor u = velocity(x, t, uneven_points());
  EXPECT_TRUE(equal(velocity(index_select(x, order), index_select(t, order), uneven_points()),
                    index_select(u, order)));
}

TEST(OracleVelocity, DoesNotDependOnTheOrderOfThePoints) {
  autograd::manual_seed(3);
  const Tensor x = 3 * autograd::randn({6, 2});
  const Tensor t = autograd::rand({6, 1});
  const Tensor shuffled = index_select(uneven_points(), autograd::randperm(30));
  // Near t = 1 the velocity is large; compare what it moves.
  EXPECT_TRUE(near((1 - t) * velocity(x, t, shuffled), (1 - t) * velocity(x, t, uneven_points()),
                   20 * tensors::rounding));
}

TEST(OracleVelocity, IsFiniteAtTimeOne) {
  const Tensor z = Tensor::from({0, 0, 1, 1}, {2, 2});
  const Tensor x = Tensor::from({0, 0, 0.5, 0.5, 100, -100}, {3, 2});
  for (const double u : values(velocity(x, 1, z))) EXPECT_TRUE(std::isfinite(u));
  // The time 1 - 1e-5 stands for all later ones.
  EXPECT_TRUE(equal(velocity(x, 1, z), velocity(x, 0.999999, z)));
  EXPECT_EQ(values(velocity(Tensor::from({1, 1}, {1, 2}), 1, Tensor::from({1, 1}, {1, 2}))),
            (std::vector<double>{0, 0}));
}

TEST(OracleVelocity, FarAwayPointsDoNotOverflow) {
  const Tensor u = velocity(Tensor::from({1e6}, {1, 1}), 0.5, two_points(1e6));
  EXPECT_NEAR(u.item(), 0, 1e-3);
}

TEST(OracleVelocity, ZeroRows) {
  EXPECT_EQ(velocity(autograd::zeros({0, 2}), 0.5, uneven_points()).shape(),
            (autograd::Shape{0, 2}));
}

TEST(OracleVelocity, RefusesOtherShapes) {
  const auto at = [](autograd::Shape x, autograd::Shape t, autograd::Shape points) {
    return [=] { velocity(autograd::zeros(x), autograd::zeros(t), autograd::zeros(points)); };
  };
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(at({2, 2}, {2}, {5, 2}), {"oracle::velocity", "t (2,)"}));
  EXPECT_TRUE(throws<ShapeError>(at({3, 2}, {2, 1}, {5, 2}), {"oracle::velocity", "t (2, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(at({3, 2}, {3, 1}, {5, 3}), {"x (3, 2)", "points (5, 3)"}));
  EXPECT_TRUE(throws<ShapeError>(at({2}, {}, {5, 2}), {"x (2,)"}));
  EXPECT_TRUE(throws<ShapeError>(at({3, 2}, {}, {0, 2}), {"points (0, 2)", "at least one"}));
  EXPECT_TRUE(throws<ShapeError>(at({3, 2}, {}, {2}), {"points (2,)"}));
}

TEST(OracleVelocity, RefusesTimesOutsideOfZeroToOne) {
  for (const double t : {-0.5, 1.5, std::nan("")}) {
    EXPECT_TRUE(throws<autograd::ValueError>([&] { velocity_at(0, t, two_points(1)); },
                                             {"oracle::velocity", "[0, 1]"}));
  }
}

TEST(OracleVelocity, EulerLandsOnThePoints) {
  autograd::manual_seed(4);
  const Tensor z = Tensor::from({0, 0, 5, 0, 0, 5, -5, -5}, {4, 2});
  const Velocity field = [&](const Tensor& x, const Tensor& t) { return velocity(x, t, z); };
  const Tensor x1 = sample(field, autograd::randn({200, 2}), {.steps = 50});
  std::vector<int> landings(4);
  for (Index row = 0; row < 200; ++row) {
    std::size_t nearest = 0;
    double distance = INFINITY;
    for (Index i = 0; i < 4; ++i) {
      const double d = std::hypot(x1.data()[2 * row] - z.data()[2 * i],
                                  x1.data()[2 * row + 1] - z.data()[2 * i + 1]);
      if (d < distance) nearest = static_cast<std::size_t>(i);
      distance = std::min(distance, d);
    }
    EXPECT_LT(distance, 1e-5);
    ++landings[nearest];
  }
  for (const int count : landings) EXPECT_NEAR(count, 50, 30);  // each of them about as often
}

// ---- velocity of a mixture --------------------------------------------------------------------

// Unequal in everything.
GaussianMixture uneven_mixture() {
  return {Tensor::from({1, 2, 5}, {3}), Tensor::from({-2, 1, 0.5, -1, 3, 2}, {3, 2}),
          Tensor::from({0.5, 1, 0.75}, {3})};
}

TEST(OracleVelocityOfAMixture, OfOneComponentFollowsItsPath) {
  // x_t = t m + sigma_t n with sigma_t^2 = t^2 s^2 + (1 - t)^2, so u = m + sigma_t' n.
  const double m = 2;
  const double s = 0.5;
  const GaussianMixture one{autograd::ones({1}), Tensor::from({m}, {1, 1}), Tensor::from({s}, {1})};
  const auto sigma = [=](double t) { return std::hypot(t * s, 1 - t); };
  for (const double t : {0.0, 0.3, 0.8, 1.0}) {
    for (const double n : {-1.5, 0.0, 2.0}) {
      const double slope = (sigma(t + 1e-5) - sigma(t - 1e-5)) / 2e-5;
      const Tensor x = Tensor::from({t * m + sigma(t) * n}, {1, 1});
      EXPECT_NEAR(velocity(x, t, one).item(), m + slope * n, tensors::in_double ? 1e-8 : 5e-6);
    }
  }
}

TEST(OracleVelocityOfAMixture, OfOneComponentScalesTheNoise) {
  // The flow of N(0, I) to N(m, s^2 I) takes x0 to m + s x0 (all dimensions, all at once).
  autograd::manual_seed(11);
  const Tensor m = Tensor::from({1, -2, 3}, {1, 3});
  const GaussianMixture one{autograd::ones({1}), m, Tensor::from({0.5}, {1})};
  const Velocity field = [&](const Tensor& x, const Tensor& t) { return velocity(x, t, one); };
  const Tensor x0 = autograd::randn({20, 3});
  EXPECT_TRUE(near(sample(field, x0, {.solver = Solver::rk4, .steps = 100}), m + 0.5 * x0, 1e-5));
}

TEST(OracleVelocityOfAMixture, OfNarrowComponentsIsThatOfTheirMeans) {
  autograd::manual_seed(12);
  const Tensor means = uneven_points();
  const GaussianMixture narrow{autograd::ones({30}), means, autograd::full({30}, 1e-4)};
  const Tensor x = 3 * autograd::randn({20, 2});
  const Tensor t = 0.9 * autograd::rand({20, 1});
  const Tensor scale = square(1 - t);
  EXPECT_TRUE(near(scale * velocity(x, t, narrow), scale * velocity(x, t, means), 1e-4));
}

// Many samples stand for the mixture, well enough to tell it from a wider one.
TEST(OracleVelocityOfAMixture, IsThatOfManySamples) {
  autograd::manual_seed(13);
  const GaussianMixture mixture = uneven_mixture();
  const Tensor points = mixture.sample(40000).points;
  const GaussianMixture wider{Tensor::from({1, 2, 5}, {3}),
                              Tensor::from({-2, 1, 0.5, -1, 3, 2}, {3, 2}),
                              Tensor::from({0.75, 1.5, 1.125}, {3})};
  for (const double t : {0.25, 0.5}) {
    const Tensor x = mixture.at_time(t).sample(10).points;
    EXPECT_TRUE(near(velocity(x, t, mixture), velocity(x, t, points), 0.1)) << "t = " << t;
    EXPECT_FALSE(near(velocity(x, t, wider), velocity(x, t, points), 0.3)) << "t = " << t;
  }
}

// d p / dt + div(p u) = 0, divided by p: d log p / dt + u . grad log p + div u = 0. All derivatives
// are central differences.
double continuity_residual(const GaussianMixture& density, const GaussianMixture& moved_by,
                           double x, double y, double t) {
  const double h = tensors::in_double ? 1e-4 : 1e-2;
  const auto log_p = [&](double at_x, double at_y, double at_t) {
    return density.at_time(at_t).log_density(Tensor::from({at_x, at_y}, {1, 2})).item();
  };
  const auto u = [&](double at_x, double at_y) {
    return values(velocity(Tensor::from({at_x, at_y}, {1, 2}), t, moved_by));
  };
  const double by_t = (log_p(x, y, t + h) - log_p(x, y, t - h)) / (2 * h);
  const double by_x = (log_p(x + h, y, t) - log_p(x - h, y, t)) / (2 * h);
  const double by_y = (log_p(x, y + h, t) - log_p(x, y - h, t)) / (2 * h);
  const double divergence =
      (u(x + h, y)[0] - u(x - h, y)[0] + u(x, y + h)[1] - u(x, y - h)[1]) / (2 * h);
  return by_t + u(x, y)[0] * by_x + u(x, y)[1] * by_y + divergence;
}

TEST(OracleVelocityOfAMixture, CarriesTheDensityAlong) {
  const GaussianMixture mixture = uneven_mixture();
  // The same clusters with other weights: the same velocities near each, other ones between.
  const GaussianMixture even{autograd::ones({3}), Tensor::from({-2, 1, 0.5, -1, 3, 2}, {3, 2}),
                             Tensor::from({0.5, 1, 0.75}, {3})};
  double largest_of_another = 0;
  for (const double t : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    for (const double x : {-1.5, 0.0, 1.0, 2.5}) {
      for (const double y : {-1.0, 0.5, 1.5}) {
        EXPECT_NEAR(continuity_residual(mixture, mixture, x, y, t), 0,
                    tensors::in_double ? 5e-6 : 0.03)
            << "x = " << x << ", y = " << y << ", t = " << t;
        largest_of_another =
            std::max(largest_of_another, std::abs(continuity_residual(mixture, even, x, y, t)));
      }
    }
  }
  EXPECT_GT(largest_of_another, 0.5);
}

TEST(OracleVelocityOfAMixture, ItsFlowDrawsTheMixture) {
  autograd::manual_seed(14);
  const GaussianMixture mixture = uneven_mixture();
  const Velocity field = [&](const Tensor& x, const Tensor& t) { return velocity(x, t, mixture); };
  const Index n = 1000;
  const Tensor x0 = autograd::randn({n, 2});
  const Tensor x1 = sample(field, x0, {.solver = Solver::rk4, .steps = 20});
  const Tensor fresh = mixture.sample(n).points;
  const double self = metrics::energy_distance(mixture.sample(n).points, fresh);
  EXPECT_LT(metrics::energy_distance(x1, fresh), 0.02) << "two samples: " << self;
  EXPECT_GT(metrics::energy_distance(sample(field, x0, {.steps = 1}), fresh), 0.3);

  // log p has a standard deviation near 1: the difference of two means, four standard errors.
  EXPECT_NEAR(mean(mixture.log_density(x1)).item(), mean(mixture.log_density(fresh)).item(), 0.2);
  std::vector<double> shares(3);
  for (Index row = 0; row < n; ++row) {
    const std::vector<double> point{x1.data()[2 * row], x1.data()[2 * row + 1]};
    const std::vector<double> posterior = mixture.posterior(point);
    for (std::size_t i = 0; i < 3; ++i) shares[i] += posterior[i] / static_cast<double>(n);
  }
  for (Index i = 0; i < 3; ++i) {
    EXPECT_NEAR(shares[static_cast<std::size_t>(i)], mixture.weight(i), 0.06);
  }
}

TEST(OracleVelocityOfAMixture, EachRowHasItsOwnTimeAndSeesNoOther) {
  autograd::manual_seed(15);
  const Tensor x = 2 * autograd::randn({6, 2});
  const Tensor t = autograd::rand({6, 1});
  const Tensor u = velocity(x, t, uneven_mixture());
  for (Index row = 0; row < 6; ++row) {
    const Tensor alone = velocity(slice(x, 0, row, row + 1), t.data()[row], uneven_mixture());
    EXPECT_TRUE(equal(alone, slice(u, 0, row, row + 1)));
  }
  EXPECT_EQ(velocity(autograd::zeros({0, 2}), 0.5, uneven_mixture()).shape(),
            (autograd::Shape{0, 2}));
}

TEST(OracleVelocityOfAMixture, IsFiniteFromBeginningToEnd) {
  const Tensor x = Tensor::from({0, 0, 1e3, -1e3}, {2, 2});
  for (const double t : {0.0, 1e-6, 0.5, 1 - 1e-6, 1.0}) {
    for (const double u : values(velocity(x, t, uneven_mixture()))) EXPECT_TRUE(std::isfinite(u));
  }
}

TEST(OracleVelocityOfAMixture, RefusesBadInput) {
  using autograd::ShapeError;
  const auto at = [](autograd::Shape x, autograd::Shape t) {
    return [=] { velocity(autograd::zeros(x), autograd::zeros(t), uneven_mixture()); };
  };
  EXPECT_TRUE(throws<ShapeError>(at({2, 3}, {}), {"oracle::velocity", "x (2, 3)", "(batch, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(at({3, 2}, {3}), {"oracle::velocity", "t (3,)"}));
  EXPECT_TRUE(throws<ShapeError>(at({2}, {}), {"x (2,)"}));
  for (const double t : {-0.5, 1.5, std::nan("")}) {
    EXPECT_TRUE(throws<autograd::ValueError>(
        [&] {
          velocity(autograd::zeros({1, 2}), t, uneven_mixture());
        },
        {"oracle::velocity", "[0, 1]"}));
  }
}

// ---- loss_floor -------------------------------------------------------------------------------

// The floor from its definition: random (t, x0, z), the squared error of the oracle against x1 -
// x0.
struct Estimate {
  double mean;
  double standard_error;
};
Estimate floor_by_chance(const Tensor& points, Index n) {
  const Tensor x0 = autograd::randn({n, points.size(1)});
  const Tensor t = autograd::rand({n, 1});
  const Tensor x1 = index_select(points, autograd::randint(0, points.size(0), n));
  const PathSample path = LinearPath().sample(x0, x1, t);
  const Tensor error = mean(square(velocity(path.x_t, t, points) - path.velocity), 1);
  double sum = 0;
  double squares = 0;
  for (const double e : values(error)) {
    sum += e;
    squares += e * e;
  }
  const auto count = static_cast<double>(n);
  const double average = sum / count;
  return {average, std::sqrt((squares / count - average * average) / count)};
}

void expect_floor_by_chance(const Tensor& points, double floor) {
  const Estimate estimate = floor_by_chance(points, 40000);
  ASSERT_LT(estimate.standard_error, 0.03 * estimate.mean);  // otherwise the test says little
  EXPECT_NEAR(floor, estimate.mean, 3 * estimate.standard_error);
}

TEST(LossFloor, OfOnePointIsExactlyZero) {
  EXPECT_EQ(loss_floor(Tensor::from({3, -1}, {1, 2})), 0);
  EXPECT_EQ(loss_floor(Tensor::from({0.1, 0.1}, {2, 1})), 0);  // one point, twice
}

// E (1 - tanh^2(x t a / (1 - t)^2)) a^2 / (1 - t)^2 over t and x = (1 - t) n + t a, n normal: on a
// fine grid.
double floor_of_two_points(double a) {
  double sum = 0;
  const int times = 2000;
  const int noises = 800;
  for (int i = 0; i < times; ++i) {
    const double t = (i + 0.5) / times;
    for (int j = 0; j < noises; ++j) {
      const double n = -8 + 16 * (j + 0.5) / noises;
      const double density = std::exp(-n * n / 2) / std::sqrt(2 * std::acos(-1.0)) * 16 / noises;
      const double x = (1 - t) * n + t * a;
      const double tanh = std::tanh(x * t * a / ((1 - t) * (1 - t)));
      sum += density * a * a * (1 - tanh * tanh) / ((1 - t) * (1 - t));
    }
  }
  return sum / times;
}

TEST(LossFloor, OfTwoPointsIsTheIntegral) {
  for (const double a : {0.5, 1.0, 3.0}) {
    const double expected = floor_of_two_points(a);
    EXPECT_NEAR(loss_floor(two_points(a), 100000), expected, 0.005 * expected) << "a = " << a;
  }
}

TEST(LossFloor, IsTheMeanOverDimensions) {
  // The second dimension never varies: half of the loss.
  const Tensor flat = Tensor::from({-1, 4, 1, 4}, {2, 2});
  const double expected = floor_of_two_points(1) / 2;
  EXPECT_NEAR(loss_floor(flat, 100000), expected, 0.005 * expected);
}

TEST(LossFloor, IsWhatTheOracleIsLeftWithBySampling) {
  autograd::manual_seed(5);
  expect_floor_by_chance(two_points(1), loss_floor(two_points(1)));
  const Tensor curve = data::sine_curve(50).points;
  expect_floor_by_chance(curve, loss_floor(curve));
}

// Each point must meet all times and all noises, however many points there are: here the number of
// points has the primes 2, 3 and 5 in it, and the points are not alike.
TEST(LossFloor, OfUnevenPointsIsWhatTheOracleIsLeftWithBySampling) {
  autograd::manual_seed(6);
  expect_floor_by_chance(uneven_points(), loss_floor(uneven_points()));
  const Tensor three = Tensor::from({0, 0.5, 10}, {3, 1});
  expect_floor_by_chance(three, loss_floor(three));
}

TEST(LossFloor, DoesNotDependOnTheOrderOfThePoints) {
  autograd::manual_seed(7);
  const double expected = loss_floor(uneven_points(), 20000);
  for (int shuffle = 0; shuffle < 3; ++shuffle) {
    const Tensor shuffled = index_select(uneven_points(), autograd::randperm(30));
    EXPECT_NEAR(loss_floor(shuffled, 20000), expected, 0.02 * expected);
  }
}

// The comparison by chance sees an error of a tenth.
TEST(LossFloor, TheEstimateByChanceIsSharpEnough) {
  autograd::manual_seed(8);
  const Tensor curve = data::sine_curve(50).points;
  const Estimate estimate = floor_by_chance(curve, 40000);
  EXPECT_GT(std::abs(1.1 * loss_floor(curve) - estimate.mean), 3 * estimate.standard_error);
}

TEST(LossFloor, IsTheSameAtEveryCall) {
  autograd::manual_seed(9);
  const double first = loss_floor(uneven_points(), 1000);
  autograd::manual_seed(10);
  EXPECT_EQ(loss_floor(uneven_points(), 1000), first);
}

TEST(LossFloor, OfTheDenseSineCurve) {
  EXPECT_NEAR(loss_floor(data::sine_curve(1000).points), 2.94, 0.03);
}

TEST(LossFloor, OfTheDenseSineCurveWithTenTags) {
  const TaggedPoints curve = data::sine_curve(1000);
  EXPECT_NEAR(loss_floor(curve.points, curve.tags), 0.334, 0.01);
}

TEST(LossFloor, WithOneTagIsTheFloorWithoutTags) {
  EXPECT_EQ(loss_floor(uneven_points(), autograd::zeros({30, 1}), 1000),
            loss_floor(uneven_points(), 1000));
}

TEST(LossFloor, WithATagForEachPointIsZero) {
  const Tensor tags = reshape(autograd::arange(0, 30), {30, 1});
  EXPECT_EQ(loss_floor(uneven_points(), tags, 1000), 0);
}

TEST(LossFloor, WeighsTagsByTheirPoints) {
  // Tag 0 has three quarters of the points, all in one place: its floor is 0.
  const Tensor points = Tensor::from({7, 7, 7, 7, 7, 7, -1, 1}, {8, 1});
  const Tensor tags = Tensor::from({0, 0, 0, 0, 0, 0, 1, 1}, {8, 1});
  const double expected = floor_of_two_points(1) / 4;
  EXPECT_NEAR(loss_floor(points, tags, 100000), expected, 0.01 * expected);
}

TEST(LossFloor, RefusesBadInput) {
  using autograd::ShapeError;
  using autograd::ValueError;
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        loss_floor(autograd::zeros({0, 2}));
      },
      {"oracle::loss_floor", "(0, 2)"}));
  EXPECT_TRUE(
      throws<ShapeError>([] { loss_floor(autograd::zeros({5})); }, {"oracle::loss_floor", "(5,)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        loss_floor(autograd::zeros({5, 2}), autograd::zeros({5}));
      },
      {"oracle::loss_floor", "(5, 2)", "tags (5,)"}));
  EXPECT_TRUE(throws<ValueError>(
      [] {
        loss_floor(autograd::zeros({5, 2}), Index{0});
      },
      {"oracle::loss_floor", "evaluation", "0"}));
  EXPECT_TRUE(throws<ValueError>(
      [] {
        loss_floor(autograd::zeros({5, 9}));
      },
      {"oracle::loss_floor", "8 dimensions", "9"}));
}

TEST(LossFloor, HoldsInOneAndInEightDimensions) {
  std::vector<double> corners(16);
  for (std::size_t d = 0; d < 8; ++d) {
    corners[d] = -1 / std::sqrt(8.0);
    corners[8 + d] = 1 / std::sqrt(8.0);
  }
  // Two points 2 apart in eight dimensions: the one-dimensional loss, shared by eight.
  const double expected = floor_of_two_points(1) / 8;
  EXPECT_NEAR(loss_floor(Tensor::from(corners, {2, 8}), 100000), expected, 0.01 * expected);
}

}  // namespace
}  // namespace flow::oracle
