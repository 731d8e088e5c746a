#include "flow/mixture.h"

#include <cmath>
#include <numbers>

#include "tests/tensors.h"

namespace flow {
namespace {

using autograd::real;
using tensors::equal;
using tensors::near;
using tensors::throws;
using tensors::values;

// Unequal in everything.
GaussianMixture uneven() {
  return {Tensor::from({1, 2, 5}, {3}), Tensor::from({-2, 1, 0.5, -1, 3, 2}, {3, 2}),
          Tensor::from({0.5, 1, 0.75}, {3})};
}

GaussianMixture standard_normal(Index dim) {
  return {autograd::ones({1}), autograd::zeros({1, dim}), autograd::ones({1})};
}

double log_density_at(const GaussianMixture& mixture, std::initializer_list<double> point) {
  const auto dim = static_cast<Index>(point.size());
  return mixture.log_density(Tensor::from(point, {1, dim})).item();
}

// The sum of p over a grid from -10 to 10 in both directions, times the area of a field.
double integral(const GaussianMixture& mixture) {
  const Index n = 200;
  const double step = 20.0 / static_cast<double>(n);
  const Tensor line = autograd::linspace(-10 + step / 2, 10 - step / 2, n);
  const Tensor rows = autograd::expand(reshape(line, {n, 1, 1}), {n, n, 1});
  const Tensor columns = autograd::expand(reshape(line, {1, n, 1}), {n, n, 1});
  const Tensor grid = reshape(autograd::cat({rows, columns}, 2), {n * n, 2});
  double sum = 0;
  for (const double log_p : values(mixture.log_density(grid))) sum += std::exp(log_p);
  return sum * step * step;
}

// ---- The density ------------------------------------------------------------------------------

TEST(GaussianMixture, KnowsWhatItIsMadeOf) {
  const GaussianMixture m = uneven();
  EXPECT_EQ(m.components(), 3);
  EXPECT_EQ(m.dim(), 2);
  EXPECT_EQ(m.weight(0), 0.125);  // of a sum of 8
  EXPECT_EQ(m.weight(2), 0.625);
  EXPECT_EQ(m.mean(1, 0), 0.5);
  EXPECT_EQ(m.mean(2, 1), 2);
  EXPECT_EQ(m.deviation(2), 0.75);
}

TEST(GaussianMixture, DensityOfTheStandardNormalByHand) {
  const double log_root = std::log(2 * std::numbers::pi) / 2;
  EXPECT_NEAR(log_density_at(standard_normal(1), {0}), -log_root, tensors::rounding);
  EXPECT_NEAR(log_density_at(standard_normal(1), {2}), -log_root - 2, 5 * tensors::rounding);
  EXPECT_NEAR(log_density_at(standard_normal(3), {1, -2, 0.5}), -3 * log_root - 2.625,
              5 * tensors::rounding);
}

TEST(GaussianMixture, DensityIsTheWeightedSum) {
  for (const double x : {-3.0, 0.0, 1.5}) {
    for (const double y : {-1.0, 0.5, 4.0}) {
      const auto normal = [&](double m0, double m1, double s) {
        const double squared = (x - m0) * (x - m0) + (y - m1) * (y - m1);
        return std::exp(-squared / (2 * s * s)) / (2 * std::numbers::pi * s * s);
      };
      const double p = (normal(-2, 1, 0.5) + 2 * normal(0.5, -1, 1) + 5 * normal(3, 2, 0.75)) / 8;
      EXPECT_NEAR(log_density_at(uneven(), {x, y}), std::log(p), 20 * tensors::rounding);
    }
  }
}

TEST(GaussianMixture, DensityIntegratesToOne) {
  EXPECT_NEAR(integral(uneven()), 1, 1e-6);
  for (const double t : {0.0, 0.4, 0.9}) EXPECT_NEAR(integral(uneven().at_time(t)), 1, 1e-6);
}

TEST(GaussianMixture, DensityHoldsWhereItIsTooSmallForANumber) {
  // p = exp(-5e9) there, which no number holds; only the nearest component counts.
  const GaussianMixture two{autograd::ones({2}), Tensor::from({0, 1}, {2, 1}),
                            Tensor::from({1, 1}, {2})};
  const double expected = -99999.0 * 99999.0 / 2 - std::log(2 * std::numbers::pi) / 2 - std::log(2);
  EXPECT_NEAR(log_density_at(two, {1e5}), expected, 1e-7 * std::abs(expected));
  EXPECT_EQ(log_density_at(two, {INFINITY}), -INFINITY);
}

TEST(GaussianMixture, AComponentWithoutWeightDoesNotCount) {
  const GaussianMixture m{Tensor::from({0, 3}, {2}), Tensor::from({5, 0}, {2, 1}),
                          autograd::ones({2})};
  for (const double x : {-1.0, 0.0, 5.0}) {
    EXPECT_EQ(log_density_at(m, {x}), log_density_at(standard_normal(1), {x}));
  }
  EXPECT_EQ(m.posterior(std::vector<double>{5}), (std::vector<double>{0, 1}));
}

TEST(GaussianMixture, DensityHasARowForEachPoint) {
  EXPECT_EQ(uneven().log_density(autograd::zeros({7, 2})).shape(), (autograd::Shape{7, 1}));
  EXPECT_EQ(uneven().log_density(autograd::zeros({0, 2})).shape(), (autograd::Shape{0, 1}));
}

// ---- The posterior ----------------------------------------------------------------------------

TEST(GaussianMixture, PosteriorByHand) {
  // Components at -1 and 1, weights 1 and 3: the odds at x are 3 exp(2 x).
  const GaussianMixture m{Tensor::from({1, 3}, {2}), Tensor::from({-1, 1}, {2, 1}),
                          autograd::ones({2})};
  for (const double x : {-1.0, 0.0, 0.5}) {
    const double odds = 3 * std::exp(2 * x);
    const std::vector<double> p = m.posterior(std::vector<double>{x});
    ASSERT_EQ(p.size(), 2U);
    EXPECT_NEAR(p[0], 1 / (1 + odds), 1e-14);
    EXPECT_NEAR(p[1], odds / (1 + odds), 1e-14);
  }
}

TEST(GaussianMixture, PosteriorFarAwayIsTheWidestComponents) {
  const GaussianMixture m{autograd::ones({2}), autograd::zeros({2, 1}), Tensor::from({1, 2}, {2})};
  EXPECT_EQ(m.posterior(std::vector<double>{1e4}), (std::vector<double>{0, 1}));
}

// ---- Samples ----------------------------------------------------------------------------------

TEST(GaussianMixture, SamplesHaveTheirComponentsShareMeanAndDeviation) {
  autograd::manual_seed(1);
  const GaussianMixture m = uneven();
  const Index n = 20000;
  const TaggedPoints drawn = m.sample(n);
  ASSERT_EQ(drawn.points.shape(), (autograd::Shape{n, 2}));
  ASSERT_EQ(drawn.tags.shape(), (autograd::Shape{n, 1}));
  for (Index i = 0; i < m.components(); ++i) {
    double count = 0;
    double sum[2] = {0, 0};
    double squares = 0;
    double product = 0;
    for (Index row = 0; row < n; ++row) {
      if (drawn.tags.data()[row] != static_cast<real>(i)) continue;
      const double dx = drawn.points.data()[2 * row] - m.mean(i, 0);
      const double dy = drawn.points.data()[2 * row + 1] - m.mean(i, 1);
      ++count;
      sum[0] += dx;
      sum[1] += dy;
      squares += dx * dx + dy * dy;
      product += dx * dy;
    }
    const double s = m.deviation(i);
    const auto total = static_cast<double>(n);
    EXPECT_NEAR(count / total, m.weight(i), 4 * std::sqrt(m.weight(i) / total));
    EXPECT_NEAR(sum[0] / count, 0, 4 * s / std::sqrt(count));
    EXPECT_NEAR(sum[1] / count, 0, 4 * s / std::sqrt(count));
    EXPECT_NEAR(squares / count, 2 * s * s, 4 * 2 * s * s / std::sqrt(count));
    EXPECT_NEAR(product / count, 0, 4 * s * s / std::sqrt(count));
  }
}

TEST(GaussianMixture, SamplesAreDrawnFromTheDefaultStream) {
  autograd::manual_seed(2);
  const TaggedPoints drawn = uneven().sample(20);
  const Tensor next = autograd::rand({1});
  autograd::manual_seed(2);
  const Tensor pick = autograd::rand({20});
  const Tensor noise = autograd::randn({20, 2});
  EXPECT_TRUE(equal(autograd::rand({1}), next));
  for (Index row = 0; row < 20; ++row) {
    const double u = pick.data()[row];
    const Index i = u < 0.125 ? 0 : u < 0.375 ? 1 : 2;
    EXPECT_EQ(drawn.tags.data()[row], static_cast<real>(i));
    for (Index d = 0; d < 2; ++d) {
      EXPECT_NEAR(drawn.points.data()[2 * row + d],
                  uneven().mean(i, d) + uneven().deviation(i) * noise.data()[2 * row + d],
                  5 * tensors::rounding);
    }
  }
}

TEST(GaussianMixture, NeverDrawsAComponentWithoutWeight) {
  autograd::manual_seed(3);
  const GaussianMixture m{Tensor::from({0, 1, 0, 1, 0}, {5}), autograd::zeros({5, 1}),
                          autograd::ones({5})};
  for (const double tag : values(m.sample(1000).tags)) EXPECT_TRUE(tag == 1 || tag == 3) << tag;
}

TEST(GaussianMixture, DrawsNoneAndRefusesFewer) {
  EXPECT_EQ(uneven().sample(0).points.shape(), (autograd::Shape{0, 2}));
  EXPECT_TRUE(
      throws<autograd::ValueError>([] { uneven().sample(-3); }, {"GaussianMixture::sample", "-3"}));
}

// ---- On the way from noise --------------------------------------------------------------------

TEST(GaussianMixture, AtTimeZeroIsTheNoiseAndAtTimeOneItself) {
  autograd::manual_seed(4);
  const Tensor x = 2 * autograd::randn({10, 2});
  EXPECT_TRUE(near(uneven().at_time(0).log_density(x), standard_normal(2).log_density(x),
                   20 * tensors::rounding));
  EXPECT_TRUE(equal(uneven().at_time(1).log_density(x), uneven().log_density(x)));
}

TEST(GaussianMixture, AtTimeByHand) {
  const GaussianMixture there = uneven().at_time(0.25);
  EXPECT_EQ(there.mean(0, 0), -0.5);
  EXPECT_EQ(there.mean(2, 1), 0.5);
  EXPECT_NEAR(there.deviation(1), std::sqrt(0.0625 + 0.5625), 1e-15);
  EXPECT_EQ(there.weight(2), 0.625);
}

// Points on lines from noise to data are distributed as at_time says: they have its entropy, and
// the log density of another time does not fit them as well.
TEST(GaussianMixture, AtTimeIsWhereTheLinesAre) {
  autograd::manual_seed(5);
  const double t = 0.6;
  const Index n = 20000;
  const Tensor x1 = uneven().sample(n).points;
  const Tensor x0 = autograd::randn({n, 2});
  const Tensor x_t = (1 - t) * x0 + t * x1;
  const Tensor fresh = uneven().at_time(t).sample(n).points;
  const auto fit = [](const GaussianMixture& m, const Tensor& x) {
    return mean(m.log_density(x)).item();
  };
  // log p has a standard deviation near 1: the difference of two means, four standard errors.
  EXPECT_NEAR(fit(uneven().at_time(t), x_t), fit(uneven().at_time(t), fresh), 0.045);
  EXPECT_LT(fit(uneven().at_time(0.5), x_t), fit(uneven().at_time(t), x_t) - 0.045);
  EXPECT_LT(fit(uneven().at_time(0.7), x_t), fit(uneven().at_time(t), x_t) - 0.045);
}

// ---- Bad input --------------------------------------------------------------------------------

TEST(GaussianMixture, RefusesOtherShapes) {
  using autograd::ShapeError;
  const auto make = [](autograd::Shape weights, autograd::Shape means, autograd::Shape deviations) {
    return [=] {
      GaussianMixture(autograd::ones(weights), autograd::ones(means), autograd::ones(deviations));
    };
  };
  EXPECT_TRUE(throws<ShapeError>(make({3}, {2, 2}, {2}), {"GaussianMixture", "(3,)", "(2, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(make({2}, {2, 2}, {2, 1}), {"deviations (2, 1)", "(k,)"}));
  EXPECT_TRUE(throws<ShapeError>(make({2}, {2}, {2}), {"means (2,)", "(k, dim)"}));
  EXPECT_TRUE(throws<ShapeError>(make({0}, {0, 2}, {0}), {"(0, 2)", "at least one"}));
  EXPECT_TRUE(throws<ShapeError>(make({2}, {2, 0}, {2}), {"(2, 0)"}));

  EXPECT_TRUE(throws<ShapeError>(
      [] {
        uneven().log_density(autograd::zeros({3, 1}));
      },
      {"GaussianMixture::log_density", "(3, 1)", "(n, 2)"}));
  EXPECT_TRUE(throws<ShapeError>([] { uneven().log_density(autograd::zeros({2})); }, {"x (2,)"}));
  EXPECT_TRUE(throws<ShapeError>([] { uneven().posterior(std::vector<double>{1}); },
                                 {"GaussianMixture::posterior", "1 values", "2 dimensions"}));
}

TEST(GaussianMixture, RefusesOtherValues) {
  using autograd::ValueError;
  const auto make = [](double weight, double mean, double deviation) {
    return [=] {
      GaussianMixture(Tensor::from({weight, 0}, {2}), Tensor::from({0, mean}, {2, 1}),
                      Tensor::from({1, deviation}, {2}));
    };
  };
  make(1, 0, 1)();
  for (const double bad : {-0.5, std::nan(""), double{INFINITY}}) {
    EXPECT_TRUE(throws<ValueError>(make(bad, 0, 1), {"GaussianMixture", "weights"}));
    EXPECT_TRUE(throws<ValueError>(make(1, 0, bad), {"GaussianMixture", "deviations"}));
  }
  EXPECT_TRUE(throws<ValueError>(make(0, 0, 1), {"one weight at least"}));
  EXPECT_TRUE(throws<ValueError>(make(1, 0, 0), {"deviations", "positive", "0"}));
  EXPECT_TRUE(throws<ValueError>(make(1, std::nan(""), 1), {"means", "nan"}));
  for (const double t : {-0.1, 1.1, std::nan("")}) {
    EXPECT_TRUE(throws<ValueError>([=] { uneven().at_time(t); }, {"at_time", "[0, 1]"}));
  }
}

}  // namespace
}  // namespace flow
