#include "tests/tensors.h"

#include <limits>

// The comparisons that other tests rest on see wrong values.

namespace tensors {
namespace {

const double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Tensors, LargestDifferenceIsTheLargest) {
  const Tensor a = Tensor::from({1, 2, 3}, {3});
  EXPECT_EQ(largest_difference(a, a), 0);
  EXPECT_EQ(largest_difference(a, Tensor::from({1, 2.5, 3}, {3})), 0.5);
  EXPECT_EQ(largest_difference(a, Tensor::from({1, 2.5, 2}, {3})), 1);
  EXPECT_EQ(largest_difference(Tensor::from({5, 2.5, 3}, {3}), a), 4);
}

TEST(Tensors, NanDiffersFromAll) {
  const Tensor good = Tensor::from({1, 2, 3}, {3});
  const Tensor bad = Tensor::from({1, nan, 3}, {3});
  EXPECT_EQ(largest_difference(good, bad), INFINITY);
  EXPECT_EQ(largest_difference(bad, good), INFINITY);
  EXPECT_EQ(largest_difference(bad, bad), INFINITY);
  EXPECT_FALSE(near(bad, bad, 1e9));
}

TEST(Tensors, ShapesMustBeEqual) {
  const Tensor a = Tensor::from({1, 1}, {2});
  EXPECT_FALSE(near(a, Tensor::from({1, 1}, {2, 1}), 1e9));
  EXPECT_FALSE(near(a, Tensor::from({1}, {1}), 1e9));
}

TEST(Tensors, NearHoldsUpToTheTolerance) {
  const Tensor a = Tensor::from({1, 2}, {2});
  const Tensor b = Tensor::from({1, 2.25}, {2});
  EXPECT_TRUE(near(a, b, 0.25));
  EXPECT_FALSE(near(a, b, 0.24));
  EXPECT_FALSE(equal(a, b));
  EXPECT_TRUE(equal(b, b.clone()));
}

TEST(Tensors, ASharedNodeIsNotACopy) {
  const Tensor a = Tensor::from({1, 2}, {2});
  const Tensor handle = a;
  EXPECT_TRUE(same_node(a, handle));
  EXPECT_FALSE(same_node(a, a.clone()));
  EXPECT_FALSE(same_node(a, a.detach()));
}

TEST(Tensors, ThrowsWantsTheTypeAndTheText) {
  const auto fails = [] { throw autograd::ShapeError("cat: shapes (2, 3) and (4,)"); };
  EXPECT_TRUE(throws<autograd::ShapeError>(fails, {"cat", "(4,)"}));
  EXPECT_FALSE(throws<autograd::ShapeError>(fails, {"cat", "(5,)"}));
  EXPECT_FALSE(throws<autograd::ValueError>(fails, {"cat"}));
  EXPECT_FALSE(throws<autograd::ShapeError>([] {}, {}));
}

}  // namespace
}  // namespace tensors
