#include "flow/data.h"

#include <algorithm>
#include <cmath>

#include "flow/metrics.h"
#include "tests/tensors.h"

namespace flow::data {
namespace {

using autograd::real;
using tensors::equal;
using tensors::throws;

double x_of(const TaggedPoints& d, Index i) { return d.points.data()[2 * i]; }
double y_of(const TaggedPoints& d, Index i) { return d.points.data()[2 * i + 1]; }

std::vector<int> counts_of_tags(const TaggedPoints& d) {
  std::vector<int> counts(sine_curve_tags);
  for (Index i = 0; i < d.tags.numel(); ++i) {
    ++counts.at(static_cast<std::size_t>(d.tags.data()[i]));
  }
  return counts;
}

TEST(SineCurve, HasAPointAndATagPerRow) {
  const TaggedPoints d = sine_curve(200);
  EXPECT_EQ(d.points.shape(), (autograd::Shape{200, 2}));
  EXPECT_EQ(d.tags.shape(), (autograd::Shape{200, 1}));
}

TEST(SineCurve, RunsFromZeroToFourPi) {
  const TaggedPoints d = sine_curve(1000);
  const double end = 4 * std::acos(-1.0);
  EXPECT_EQ(sine_curve_end, end);
  EXPECT_EQ(x_of(d, 0), 0);
  EXPECT_EQ(y_of(d, 0), 0);
  EXPECT_EQ(x_of(d, 999), static_cast<real>(end));
  EXPECT_NEAR(y_of(d, 999), 0, 1e-15);  // the sine of the number in double, rounded once
}

TEST(SineCurve, IsEvenlySpacedAsLinspaceIs) {
  for (const Index n : {2, 3, 200, 1000}) {
    const TaggedPoints d = sine_curve(n);
    const Tensor x = slice(d.points, 1, 0, 1);
    EXPECT_TRUE(equal(reshape(x, {n}), autograd::linspace(0, sine_curve_end, n)));
  }
}

TEST(SineCurve, LiesOnTheSine) {
  const TaggedPoints d = sine_curve(1000);
  for (Index i = 0; i < 1000; ++i) {
    EXPECT_NEAR(y_of(d, i), std::sin(x_of(d, i)), tensors::in_double ? 0 : 1e-6);
  }
}

TEST(SineCurve, TagsAreTenthsOfTheRange) {
  const TaggedPoints d = sine_curve(1000);
  EXPECT_EQ(counts_of_tags(d), std::vector<int>(10, 100));
  for (Index i = 0; i < 1000; ++i) EXPECT_EQ(d.tags.data()[i], static_cast<real>(i / 100));
}

TEST(SineCurve, TheLastPointBelongsToTheLastTag) {
  for (const Index n : {2, 200, 1000}) {
    const TaggedPoints d = sine_curve(n);
    EXPECT_EQ(d.tags.data()[0], 0);
    EXPECT_EQ(d.tags.data()[n - 1], 9);
  }
}

// Points on the border of two tenths, and the last one, too: 11, 101 and 1001 points hit borders.
TEST(SineCurve, EachPointLiesInTheTenthOfItsTag) {
  for (const Index n : {2, 11, 101, 200, 1000, 1001}) {
    const TaggedPoints d = sine_curve(n);
    EXPECT_EQ(metrics::tag_accuracy(d.points, d.tags), 1) << n << " points";
  }
}

TEST(SineCurve, RefusesFewerThanTwoPoints) {
  EXPECT_TRUE(
      throws<autograd::ValueError>([] { sine_curve(1); }, {"sine_curve", "at least 2", "1"}));
  EXPECT_TRUE(throws<autograd::ValueError>([] { sine_curve(-5); }, {"sine_curve", "-5"}));
}

TEST(SineCurve, DrawsNothing) {
  autograd::manual_seed(1);
  const Tensor expected = autograd::rand({4});
  autograd::manual_seed(1);
  sine_curve(10);
  EXPECT_TRUE(equal(autograd::rand({4}), expected));
}

TEST(SineCurveTag, IsTheTenthWhereXLies) {
  const double width = sine_curve_end / 10;
  for (int tag = 0; tag < 10; ++tag) EXPECT_EQ(sine_curve_tag((tag + 0.5) * width), tag);
  EXPECT_EQ(sine_curve_tag(0), 0);
  EXPECT_EQ(sine_curve_tag(width * 0.999), 0);
  EXPECT_EQ(sine_curve_tag(width * 1.001), 1);
}

TEST(SineCurveTag, IsClampedAtTheRightAndNegativeAtTheLeft) {
  EXPECT_EQ(sine_curve_tag(sine_curve_end), 9);
  EXPECT_EQ(sine_curve_tag(sine_curve_end + 1), 9);
  EXPECT_EQ(sine_curve_tag(-0.001), -1);
  EXPECT_EQ(sine_curve_tag(-2), -2);
}

// Where a sampler with a bad network goes.
TEST(SineCurveTag, HoldsForNumbersThatNoIntHolds) {
  EXPECT_EQ(sine_curve_tag(1e30), 9);
  EXPECT_EQ(sine_curve_tag(INFINITY), 9);
  EXPECT_LT(sine_curve_tag(-1e30), 0);
  EXPECT_LT(sine_curve_tag(-INFINITY), 0);
  EXPECT_EQ(sine_curve_tag(NAN), -1);
}

TEST(RandomSineCurve, IsUniformOnTheCurve) {
  autograd::manual_seed(1);
  const TaggedPoints d = random_sine_curve(10000);
  EXPECT_EQ(d.points.shape(), (autograd::Shape{10000, 2}));
  EXPECT_EQ(d.tags.shape(), (autograd::Shape{10000, 1}));
  for (Index i = 0; i < 10000; ++i) {
    ASSERT_GE(x_of(d, i), 0);
    ASSERT_LE(x_of(d, i), static_cast<real>(sine_curve_end));
    ASSERT_NEAR(y_of(d, i), std::sin(x_of(d, i)), 1e-6);
  }
  for (const int count : counts_of_tags(d)) EXPECT_NEAR(count, 1000, 120);  // 4 sigma
  EXPECT_EQ(metrics::tag_accuracy(d.points, d.tags), 1);
}

TEST(RandomSineCurve, DrawsOneUniformNumberPerPoint) {
  autograd::manual_seed(2);
  const TaggedPoints d = random_sine_curve(20);
  const Tensor next = autograd::rand({1});
  autograd::manual_seed(2);
  const Tensor u = autograd::rand({21});
  for (Index i = 0; i < 20; ++i) {
    EXPECT_EQ(x_of(d, i), static_cast<real>(sine_curve_end * u.data()[i]));
  }
  EXPECT_EQ(next.item(), u.data()[20]);
}

TEST(RandomSineCurve, RefusesANegativeNumberOfPoints) {
  EXPECT_THROW(random_sine_curve(-1), autograd::Error);
  EXPECT_EQ(random_sine_curve(0).points.shape(), (autograd::Shape{0, 2}));
}

// ---- Moons ------------------------------------------------------------------------------------

TEST(Moons, WithoutNoiseAreTwoHalfCircles) {
  autograd::manual_seed(3);
  const TaggedPoints d = moons(2000, 0);
  ASSERT_EQ(d.points.shape(), (autograd::Shape{2000, 2}));
  ASSERT_EQ(d.tags.shape(), (autograd::Shape{2000, 1}));
  int lower_ones = 0;
  for (Index i = 0; i < 2000; ++i) {
    const bool lower = d.tags.data()[i] == 1;
    ASSERT_TRUE(lower || d.tags.data()[i] == 0);
    lower_ones += lower;
    const double right = x_of(d, i) - (lower ? 2 : -1);
    const double up = y_of(d, i) - (lower ? 0.5 : -1);
    EXPECT_NEAR(std::hypot(right, up), 3, 1e-5);
    EXPECT_GE(lower ? -up : up, -1e-5);
  }
  EXPECT_NEAR(lower_ones, 1000, 4 * std::sqrt(500));  // 4 sigma
}

TEST(Moons, AnglesAreEven) {
  autograd::manual_seed(4);
  const TaggedPoints d = moons(10000, 0);
  std::vector<int> counts(10);
  for (Index i = 0; i < 10000; ++i) {
    const bool lower = d.tags.data()[i] == 1;
    const double right = x_of(d, i) - (lower ? 2 : -1);
    const double angle = std::acos(std::clamp(right / 3, -1.0, 1.0));
    ++counts.at(static_cast<std::size_t>(std::min(9.0, angle / std::acos(-1.0) * 10)));
  }
  for (const int count : counts) EXPECT_NEAR(count, 1000, 120);  // 4 sigma
}

// With one seed the noise is what the points differ by: normal, three times its size on the unit
// circles, and independent in the two coordinates.
TEST(Moons, NoiseIsNormalInEachCoordinate) {
  const Index n = 10000;
  autograd::manual_seed(5);
  const Tensor clean = moons(n, 0).points;
  autograd::manual_seed(5);
  const Tensor noisy = moons(n, 0.05).points;
  const std::vector<double> noise = tensors::values(noisy - clean);
  double squares[2] = {0, 0};
  double product = 0;
  int beyond_one_sigma = 0;
  for (std::size_t i = 0; i < noise.size(); i += 2) {
    squares[0] += noise[i] * noise[i];
    squares[1] += noise[i + 1] * noise[i + 1];
    product += noise[i] * noise[i + 1];
    beyond_one_sigma += std::abs(noise[i]) > 0.15;
  }
  const double variance = 0.15 * 0.15;
  for (const double sum : squares) EXPECT_NEAR(sum / 10000, variance, 0.06 * variance);
  EXPECT_NEAR(product / 10000, 0, 0.04 * variance);
  EXPECT_NEAR(beyond_one_sigma, 3173, 190);  // 31.73 % of a normal distribution
}

TEST(Moons, DrawsWhatItSays) {
  autograd::manual_seed(6);
  const TaggedPoints d = moons(20, 0.1);
  const Tensor next = autograd::rand({1});
  autograd::manual_seed(6);
  const Tensor u = autograd::rand({20, 2});
  const Tensor normal = autograd::randn({20, 2});
  EXPECT_TRUE(equal(autograd::rand({1}), next));
  for (Index i = 0; i < 20; ++i) {
    const double angle = std::acos(-1.0) * u.data()[2 * i + 1];
    const bool lower = u.data()[2 * i] >= 0.5;
    EXPECT_EQ(d.tags.data()[i], lower);
    const double y = (lower ? 0.5 - std::sin(angle) : std::sin(angle));
    EXPECT_NEAR(y_of(d, i), 3 * y - 1 + 0.3 * normal.data()[2 * i + 1], 5 * tensors::rounding);
  }
}

TEST(Moons, RefusesBadNoiseAndDrawsNothing) {
  autograd::manual_seed(7);
  const Tensor expected = autograd::rand({4});
  autograd::manual_seed(7);
  for (const double noise : {-0.1, std::nan(""), double{INFINITY}}) {
    EXPECT_TRUE(throws<autograd::ValueError>([=] { moons(10, noise); }, {"moons", "noise"}));
  }
  EXPECT_TRUE(throws<autograd::ValueError>([] { moons(-1); }, {"moons", "-1"}));
  EXPECT_TRUE(equal(autograd::rand({4}), expected));
  EXPECT_EQ(moons(0).points.shape(), (autograd::Shape{0, 2}));
}

// ---- Eight Gaussians --------------------------------------------------------------------------

TEST(EightGaussians, LieAroundACircle) {
  autograd::manual_seed(8);
  const Index n = 16000;
  const TaggedPoints d = eight_gaussians(n);
  ASSERT_EQ(d.points.shape(), (autograd::Shape{n, 2}));
  const double s = std::pow(0.1, 0.25);
  for (int tag = 0; tag < 8; ++tag) {
    const double angle = tag * std::acos(-1.0) / 4;
    double count = 0;
    double sum[2] = {0, 0};
    double squares = 0;
    for (Index i = 0; i < n; ++i) {
      if (d.tags.data()[i] != static_cast<real>(tag)) continue;
      const double dx = x_of(d, i) - 5 * std::cos(angle);
      const double dy = y_of(d, i) - 5 * std::sin(angle);
      ++count;
      sum[0] += dx;
      sum[1] += dy;
      squares += dx * dx + dy * dy;
    }
    EXPECT_NEAR(count, 2000, 170);  // 4 sigma
    EXPECT_NEAR(sum[0] / count, 0, 4 * s / std::sqrt(count));
    EXPECT_NEAR(sum[1] / count, 0, 4 * s / std::sqrt(count));
    EXPECT_NEAR(std::sqrt(squares / count / 2), s, 0.04 * s);
  }
}

TEST(EightGaussians, AreAMixtureWithAKnownDensity) {
  const GaussianMixture mixture = eight_gaussian_mixture();
  EXPECT_EQ(mixture.components(), 8);
  autograd::manual_seed(9);
  const TaggedPoints d = eight_gaussians(50);
  autograd::manual_seed(9);
  const TaggedPoints drawn = mixture.sample(50);
  EXPECT_TRUE(equal(d.points, drawn.points));
  EXPECT_TRUE(equal(d.tags, drawn.tags));
  // At a centre the others are too far away to count: 1 / (8 * 2 pi s^2).
  EXPECT_NEAR(mixture.log_density(Tensor::from({0, -5}, {1, 2})).item(),
              -std::log(16 * std::acos(-1.0) * std::sqrt(0.1)), 1e-5);
}

// ---- Checkerboard -----------------------------------------------------------------------------

TEST(Checkerboard, IsUniformOnTheBlackFields) {
  autograd::manual_seed(10);
  const TaggedPoints d = checkerboard(16000);
  ASSERT_EQ(d.points.shape(), (autograd::Shape{16000, 2}));
  std::vector<int> counts(8);
  std::vector<int> quarters(4);
  for (Index i = 0; i < 16000; ++i) {
    const double x = 0.45 * x_of(d, i);
    const double y = 0.45 * y_of(d, i);
    // The fields of facebookresearch/flow_matching: y less 0 or 1, by the column, is in [-2, -1) or
    // [0, 1). A rounding may put a point on the border.
    const double column = std::floor(x);
    const double shifted = y - (column == -1 || column == 1 ? 1 : 0);
    const bool lower = shifted >= -2 - 1e-6 && shifted <= -1 + 1e-6;
    const bool upper = shifted >= -1e-6 && shifted <= 1 + 1e-6;
    ASSERT_TRUE(lower != upper) << x << ", " << y;
    ASSERT_TRUE(x >= -2 && x <= 2);
    EXPECT_EQ(d.tags.data()[i], static_cast<real>(2 * (column + 2) + (upper ? 1 : 0)));
    ++counts.at(static_cast<std::size_t>(d.tags.data()[i]));
    const bool right = x - column >= 0.5;
    const bool high = y - std::floor(y) >= 0.5;
    ++quarters.at(static_cast<std::size_t>(2 * right + high));
  }
  for (const int count : counts) EXPECT_NEAR(count, 2000, 170);    // 4 sigma
  for (const int count : quarters) EXPECT_NEAR(count, 4000, 220);  // of a field
}

TEST(Checkerboard, DrawsThreeUniformNumbersPerPoint) {
  autograd::manual_seed(11);
  const TaggedPoints d = checkerboard(20);
  const Tensor next = autograd::rand({1});
  autograd::manual_seed(11);
  const Tensor u = autograd::rand({61});
  for (Index i = 0; i < 20; ++i) {
    EXPECT_EQ(d.tags.data()[i], std::floor(8 * u.data()[3 * i]));
    const double across = 0.45 * x_of(d, i);
    EXPECT_NEAR(across - std::floor(across), u.data()[3 * i + 1], 1e-5);
  }
  EXPECT_EQ(next.item(), u.data()[60]);
}

TEST(ToyDistributions, RefuseANegativeNumberOfPoints) {
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([] { random_sine_curve(-1); }, {"random_sine_curve", "-1"}));
  EXPECT_TRUE(throws<ValueError>([] { eight_gaussians(-2); }, {"eight_gaussians", "-2"}));
  EXPECT_TRUE(throws<ValueError>([] { checkerboard(-3); }, {"checkerboard", "-3"}));
  EXPECT_EQ(checkerboard(0).points.shape(), (autograd::Shape{0, 2}));
  EXPECT_EQ(eight_gaussians(0).tags.shape(), (autograd::Shape{0, 1}));
}

}  // namespace
}  // namespace flow::data
