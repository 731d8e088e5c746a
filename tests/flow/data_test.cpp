#include "flow/data.h"

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

}  // namespace
}  // namespace flow::data
