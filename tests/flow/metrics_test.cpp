#include "flow/metrics.h"

#include <algorithm>
#include <cmath>

#include "flow/data.h"
#include "tests/tensors.h"

namespace flow::metrics {
namespace {

using tensors::throws;

const double end = data::sine_curve_end;
const double width = end / 10;

Tensor point(double x, double y) { return Tensor::from({x, y}, {1, 2}); }

// ---- Distance to the curve --------------------------------------------------------------------

TEST(DistanceToSineCurve, IsZeroOnTheCurve) {
  for (const double d : distances_to_sine_curve(data::sine_curve(777).points)) EXPECT_LT(d, 1e-5);
}

TEST(DistanceToSineCurve, ByHand) {
  const double pi = end / 4;
  const Tensor points = Tensor::from({pi / 2, 3,         // above the top: 2
                                      3 * pi / 2, -1.5,  // below the bottom: 0.5
                                      -3, -3,            // beyond the start: to (0, 0)
                                      end + 4, -4},      // beyond the end: to (4 pi, 0)
                                     {4, 2});
  const std::vector<double> d = distances_to_sine_curve(points);
  ASSERT_EQ(d.size(), 4U);
  EXPECT_NEAR(d[0], 2, 1e-5);
  EXPECT_NEAR(d[1], 0.5, 1e-5);
  EXPECT_NEAR(d[2], std::sqrt(18.0), 1e-5);
  EXPECT_NEAR(d[3], std::sqrt(32.0), 1e-5);
}

TEST(DistanceToSineCurve, IsMeasuredAtRightAnglesNotStraightDown) {
  // From the curve at x = pi, where its slope is -1, 0.1 along the normal (1, 1) / sqrt 2.
  const double step = 0.1 / std::sqrt(2.0);
  const std::vector<double> d = distances_to_sine_curve(point(end / 4 + step, step));
  EXPECT_NEAR(d[0], 0.1, 1e-4);
}

TEST(DistanceToSineCurve, AgreesWithADenseSearch) {
  autograd::manual_seed(1);
  const Tensor points = 5 * autograd::randn({20, 2}) + 5;
  const std::vector<double> distances = distances_to_sine_curve(points);
  for (Index row = 0; row < 20; ++row) {
    double nearest = INFINITY;
    for (int i = 0; i <= 200000; ++i) {
      const double x = end * i / 200000;
      nearest = std::min(nearest, std::hypot(points.data()[2 * row] - x,
                                             points.data()[2 * row + 1] - std::sin(x)));
    }
    EXPECT_NEAR(distances[static_cast<std::size_t>(row)], nearest, 1e-5);
  }
}

TEST(DistanceToSineCurve, MeanOverThePoints) {
  const Tensor points = Tensor::from({end / 8, 3, 0, 0, 0, -0.0, end / 8, 2}, {4, 2});
  EXPECT_NEAR(mean_distance_to_sine_curve(points), 0.75, 1e-5);
}

TEST(DistanceToSineCurve, ShareOfPointsNearby) {
  const double top = end / 8;
  const Tensor points = Tensor::from({top, 1, top, 1.05, top, 1.5, top, 3}, {4, 2});
  EXPECT_EQ(share_near_sine_curve(points), 0.5);
  EXPECT_EQ(share_near_sine_curve(points, 0.01), 0.25);
  EXPECT_EQ(share_near_sine_curve(points, 1), 0.75);
  EXPECT_EQ(share_near_sine_curve(points, 5), 1);
}

TEST(DistanceToSineCurve, APointThatIsNoNumberIsNotNear) {
  EXPECT_EQ(share_near_sine_curve(point(std::nan(""), 0), 1e9), 0);
  EXPECT_FALSE(mean_distance_to_sine_curve(point(0, std::nan(""))) < 1e9);
}

TEST(DistanceToSineCurve, RefusesOtherShapes) {
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        distances_to_sine_curve(autograd::zeros({3, 3}));
      },
      {"distances_to_sine_curve", "(3, 3)", "(n, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        mean_distance_to_sine_curve(autograd::zeros({0, 2}));
      },
      {"(0, 2)", "at least one point"}));
}

// ---- Tags -------------------------------------------------------------------------------------

double accuracy_of(double x, double tag) {
  return tag_accuracy(point(x, 0), Tensor::from({tag}, {1, 1}));
}

TEST(TagAccuracy, CountsTheHits) {
  const Tensor points =
      Tensor::from({0.5 * width, 0, 1.5 * width, 9, 2.5 * width, 0, 3, 0}, {4, 2});
  EXPECT_EQ(tag_accuracy(points, Tensor::from({0, 1, 2, 2}, {4, 1})), 1);
  EXPECT_EQ(tag_accuracy(points, Tensor::from({0, 1, 3, 2}, {4, 1})), 0.75);
  EXPECT_EQ(tag_accuracy(points, Tensor::from({1, 0, 3, 3}, {4, 1})), 0);
}

TEST(TagAccuracy, EdgesOfATenth) {
  EXPECT_EQ(accuracy_of(2.999 * width, 2), 1);
  EXPECT_EQ(accuracy_of(3.001 * width, 2), 0);
  EXPECT_EQ(accuracy_of(3.001 * width, 3), 1);
}

TEST(TagAccuracy, TheEndsOfTheCurveAreHits) {
  EXPECT_EQ(accuracy_of(0, 0), 1);
  EXPECT_EQ(accuracy_of(end, 9), 1);  // the number nearest to 4 pi, above it in float
}

TEST(TagAccuracy, BeyondTheEndsAreMisses) {
  EXPECT_EQ(accuracy_of(-0.001, 0), 0);
  EXPECT_EQ(accuracy_of(end + 0.001, 9), 0);
  EXPECT_EQ(accuracy_of(-0.001, -1), 0);  // no such tag can be asked for
  EXPECT_EQ(accuracy_of(1e30, 9), 0);
  EXPECT_EQ(accuracy_of(-1e30, 0), 0);
  EXPECT_EQ(accuracy_of(std::nan(""), 0), 0);
  EXPECT_EQ(accuracy_of(std::nan(""), -1), 0);
  EXPECT_EQ(accuracy_of(0, std::nan("")), 0);
}

TEST(TagAccuracy, RefusesOtherShapes) {
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        tag_accuracy(autograd::zeros({3, 2}), autograd::zeros({3}));
      },
      {"tag_accuracy", "(3, 2)", "(3,)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        tag_accuracy(autograd::zeros({3, 2}), autograd::zeros({2, 1}));
      },
      {"tag_accuracy", "(2, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        tag_accuracy(autograd::zeros({0, 2}), autograd::zeros({0, 1}));
      },
      {"tag_accuracy", "(0, 2)"}));
}

// ---- Energy distance --------------------------------------------------------------------------

TEST(EnergyDistance, OfASampleToItselfIsZero) {
  autograd::manual_seed(2);
  const Tensor a = autograd::randn({50, 2});
  EXPECT_EQ(energy_distance(a, a), 0);
  EXPECT_NEAR(energy_distance(a, index_select(a, autograd::randperm(50))), 0, 1e-12);
}

TEST(EnergyDistance, OfTwoPointsIsTwiceTheirDistance) {
  EXPECT_EQ(energy_distance(point(0, 0), point(3, 4)), 10);
}

TEST(EnergyDistance, ByHand) {
  // a: 0 and 4; b: 1. E|a - b| = 2, E|a - a'| = 2, E|b - b'| = 0.
  const Tensor a = Tensor::from({0, 4}, {2, 1});
  const Tensor b = Tensor::from({1}, {1, 1});
  EXPECT_EQ(energy_distance(a, b), 2);
}

// The definition, written out for one dimension.
double energy_by_definition(const std::vector<double>& a, const std::vector<double>& b) {
  const auto mean_distance = [](const std::vector<double>& p, const std::vector<double>& q) {
    double sum = 0;
    for (const double x : p) {
      for (const double y : q) sum += std::abs(x - y);
    }
    return sum / static_cast<double>(p.size() * q.size());
  };
  return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b);
}

TEST(EnergyDistance, OfTinySamplesByDefinition) {
  const std::vector<double> a{0.5, -1, 3};
  const std::vector<double> b{2, 2.5, -4, 1, 0};
  EXPECT_NEAR(energy_distance(Tensor::from(a, {3, 1}), Tensor::from(b, {5, 1})),
              energy_by_definition(a, b), 1e-12);
}

TEST(EnergyDistance, IsSymmetric) {
  autograd::manual_seed(3);
  const Tensor a = autograd::randn({30, 2});
  const Tensor b = autograd::randn({40, 2}) + 1;
  EXPECT_NEAR(energy_distance(a, b), energy_distance(b, a), 1e-12);
}

TEST(EnergyDistance, StaysWhenBothMove) {
  autograd::manual_seed(4);
  const Tensor a = autograd::randn({30, 2});
  const Tensor b = autograd::randn({40, 2}) + 1;
  const Tensor shift = Tensor::from({5, -7}, {2});
  EXPECT_NEAR(energy_distance(a + shift, b + shift), energy_distance(a, b), 1e-5);
}

TEST(EnergyDistance, GrowsWhenOneMovesAway) {
  autograd::manual_seed(5);
  const Tensor a = autograd::randn({100, 2});
  double before = 0;
  for (const double shift : {0.5, 1.0, 2.0, 4.0}) {
    const double distance = energy_distance(a, a + shift);
    EXPECT_GT(distance, before);
    before = distance;
  }
  // Far away only the shift counts: 2 |shift| less twice the spread.
  const double far = energy_distance(a, a + Tensor::from({1000, 0}, {2}));
  EXPECT_NEAR(far, 2000 - 2 * 1.77, 1);
}

TEST(EnergyDistance, RefusesOtherShapes) {
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        energy_distance(autograd::zeros({3, 2}), autograd::zeros({3, 1}));
      },
      {"energy_distance", "(3, 1)", "(n, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        energy_distance(autograd::zeros({3, 2}), autograd::zeros({0, 2}));
      },
      {"energy_distance", "(0, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        energy_distance(autograd::zeros({3}), autograd::zeros({3, 2}));
      },
      {"energy_distance", "(3,)"}));
}

// ---- Squared 2-Wasserstein distance -----------------------------------------------------------

TEST(SquaredWasserstein2, ByHand) {
  // 0 goes to 1, 4 to 6: (1 + 4) / 2. A square, not its root, and a mean, not a sum.
  const Tensor a = Tensor::from({0, 4}, {2, 1});
  const Tensor b = Tensor::from({6, 1}, {2, 1});
  EXPECT_EQ(squared_wasserstein2(a, b), 2.5);
  EXPECT_EQ(squared_wasserstein2(point(0, 0), point(3, 4)), 25);
}

TEST(SquaredWasserstein2, OfASampleToItselfIsZero) {
  autograd::manual_seed(6);
  const Tensor a = autograd::randn({100, 2});
  EXPECT_EQ(squared_wasserstein2(a, a), 0);
  EXPECT_EQ(squared_wasserstein2(a, index_select(a, autograd::randperm(100))), 0);
}

// The best plan for a moved sample moves every point alike. With whole numbers nothing is rounded.
TEST(SquaredWasserstein2, OfAMovedSampleIsTheSquareOfTheShift) {
  autograd::manual_seed(7);
  std::vector<double> numbers;
  for (const Index k : autograd::randint(-50, 50, 300)) numbers.push_back(static_cast<double>(k));
  const Tensor a = Tensor::from(numbers, {150, 2});
  for (const double shift : {0.25, 1.0, 30.0, 1000.0}) {
    const Tensor moved =
        index_select(a + Tensor::from({3 * shift, -4 * shift}, {2}), autograd::randperm(150));
    EXPECT_EQ(squared_wasserstein2(a, moved), 25 * shift * shift);
  }
}

TEST(SquaredWasserstein2, OnALineJoinsInOrder) {
  autograd::manual_seed(8);
  std::vector<double> a = tensors::values(autograd::randn({300}));
  std::vector<double> b = tensors::values(3 * autograd::rand({300}));
  const double distance =
      squared_wasserstein2(Tensor::from(a, {300, 1}), Tensor::from(b, {300, 1}));
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  EXPECT_NEAR(distance, sum / 300, 1e-12);
}

TEST(SquaredWasserstein2, IsTheBestOfAllPlans) {
  autograd::manual_seed(9);
  for (int repeat = 0; repeat < 5; ++repeat) {
    const Tensor a = autograd::randn({6, 2});
    const Tensor b = autograd::randn({6, 2});
    std::vector<Index> order{0, 1, 2, 3, 4, 5};
    double best = INFINITY;
    do {
      best = std::min(best, rms_distance(a, index_select(b, order)));
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_NEAR(squared_wasserstein2(a, b), best * best, 1e-12);
  }
}

TEST(SquaredWasserstein2, AGreedyPlanIsDearer) {
  // 0 takes 1, its nearest; 2 is left with -9 and pays 121. In order: 81 and 1.
  const Tensor a = Tensor::from({0, 2}, {2, 1});
  const Tensor greedy = Tensor::from({1, -9}, {2, 1});
  EXPECT_EQ(std::round(2 * std::pow(rms_distance(a, greedy), 2)), 1 + 121);
  EXPECT_EQ(2 * squared_wasserstein2(a, greedy), 81 + 1);
}

TEST(SquaredWasserstein2, IsSymmetricAndInSquareUnits) {
  autograd::manual_seed(10);
  const Tensor a = autograd::randn({80, 3});
  const Tensor b = autograd::randn({80, 3}) + 1;
  const double distance = squared_wasserstein2(a, b);
  EXPECT_NEAR(squared_wasserstein2(b, a), distance, 1e-12);
  EXPECT_NEAR(squared_wasserstein2(8 * a, 8 * b), 64 * distance, 1e-10);
}

// N(0, I) and N(c, s^2 I) are |c|^2 + dim (1 - s)^2 apart.
TEST(SquaredWasserstein2, OfTwoNormalSamplesIsNearTheirDistributions) {
  autograd::manual_seed(11);
  const Tensor a = autograd::randn({400, 2});
  const Tensor b = 3 * autograd::randn({400, 2}) + Tensor::from({2, 0}, {2});
  EXPECT_NEAR(squared_wasserstein2(a, b), 4 + 2 * 4, 2);
  // Two samples of one distribution are not 0 apart, and less with more points.
  const double few = squared_wasserstein2(autograd::randn({50, 2}), slice(a, 0, 0, 50));
  const double many = squared_wasserstein2(autograd::randn({400, 2}), a);
  EXPECT_GT(many, 0.01);
  EXPECT_GT(few, 2 * many);
}

TEST(SquaredWasserstein2, RefusesOtherShapes) {
  using autograd::ShapeError;
  const auto of = [](autograd::Shape a, autograd::Shape b) {
    return [=] { squared_wasserstein2(autograd::zeros(a), autograd::zeros(b)); };
  };
  EXPECT_TRUE(throws<ShapeError>(of({3, 2}, {4, 2}), {"squared_wasserstein2", "(3, 2)", "(4, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(of({3, 2}, {3, 1}), {"squared_wasserstein2", "(3, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(of({0, 2}, {0, 2}), {"squared_wasserstein2", "at least one"}));
  EXPECT_TRUE(throws<ShapeError>(of({3}, {3}), {"squared_wasserstein2", "(3,)"}));
}

TEST(SquaredWasserstein2, RefusesPointsThatAreNotFinite) {
  for (const double bad : {std::nan(""), double{INFINITY}, -double{INFINITY}}) {
    const Tensor good = autograd::zeros({2, 2});
    const Tensor one_bad = Tensor::from({0, 0, 0, bad}, {2, 2});
    for (const bool first : {true, false}) {
      EXPECT_TRUE(throws<autograd::ValueError>(
          [&] { squared_wasserstein2(first ? one_bad : good, first ? good : one_bad); },
          {"squared_wasserstein2", "finite", "row 1"}));
    }
  }
}

// ---- Distance row by row ----------------------------------------------------------------------

TEST(RmsDistance, ByHand) {
  const Tensor a = Tensor::from({0, 0, 1, 1}, {2, 2});
  const Tensor b = Tensor::from({3, 4, 1, 1}, {2, 2});
  EXPECT_EQ(rms_distance(a, a), 0);
  EXPECT_NEAR(rms_distance(a, b), std::sqrt(25 / 2.0), 1e-12);
}

TEST(RmsDistance, ComparesRowWithRow) {
  const Tensor a = Tensor::from({0, 0, 1, 1}, {2, 2});
  const Tensor swapped = Tensor::from({1, 1, 0, 0}, {2, 2});
  EXPECT_NEAR(rms_distance(a, swapped), std::sqrt(2.0), 1e-12);
  EXPECT_EQ(energy_distance(a, swapped), 0);  // the same sample
}

TEST(RmsDistance, RefusesOtherShapes) {
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [] {
        rms_distance(autograd::zeros({3, 2}), autograd::zeros({2, 2}));
      },
      {"rms_distance", "(3, 2)", "(2, 2)"}));
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [] { rms_distance(autograd::zeros({3}), autograd::zeros({3})); }, {"rms_distance", "(3,)"}));
}

TEST(Metrics, SayWhatShapeTheyWant) {
  const Tensor row = autograd::zeros({3});
  const std::initializer_list<const char*> text = {"points (3,) must be (n, dim)"};
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>([&] { energy_distance(row, row); }, text));
  EXPECT_TRUE(throws<ShapeError>([&] { squared_wasserstein2(row, row); }, text));
  EXPECT_TRUE(throws<ShapeError>([&] { rms_distance(row, row); }, text));
}

}  // namespace
}  // namespace flow::metrics
