#include "autograd/shape.h"

#include "tests/tensors.h"

namespace autograd {
namespace {

using tensors::throws;

constexpr Index largest = Shape::max_numel;

TEST(Shape, RankZeroHoldsOneNumber) {
  EXPECT_EQ(Shape().rank(), 0);
  EXPECT_EQ(Shape().numel(), 1);
  EXPECT_EQ(Shape{}, Shape());
}

TEST(Shape, HoldsSizesFromEitherEnd) {
  const Shape shape{2, 3, 5, 7};
  EXPECT_EQ(shape.rank(), 4);
  EXPECT_EQ(shape.numel(), 210);
  for (Index d = 0; d < 4; ++d) EXPECT_EQ(shape[d], shape[d - 4]);
  EXPECT_EQ(shape[0], 2);
  EXPECT_EQ(shape[-1], 7);
  EXPECT_EQ(shape.dimension(-4), 0);
  EXPECT_EQ(shape.dimension(3), 3);
  EXPECT_EQ(Shape({3, 0, 5}).numel(), 0);
}

TEST(Shape, DimensionsOutsideThrow) {
  const Shape shape{2, 3};
  EXPECT_TRUE(throws<ShapeError>([&] { shape[2]; }, {"dimension 2", "(2, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { shape[-3]; }, {"dimension -3", "(2, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { shape.dimension(5, "cat"); }, {"cat: dimension 5"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape()[0]; }, {"dimension 0", "()"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape()[-1]; }, {"dimension -1", "()"}));
}

TEST(Shape, ImpossibleSizesThrow) {
  EXPECT_TRUE(throws<ShapeError>([] { Shape{1, 1, 1, 1, 1}; }, {"at most 4 dimensions"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{2, -1}; }, {"cannot be negative", "-1"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{largest + 1}; }, {"more than 2^36"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{largest / 2, 3}; }, {"more than 2^36"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{largest, largest, largest, largest}; }, {"2^36"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{INT64_MAX, INT64_MAX}; }, {"2^36"}));
  EXPECT_EQ(Shape({largest}).numel(), largest);
  EXPECT_EQ(Shape({largest / 4, 2, 2}).numel(), largest);
}

// Where one size is 0, products of the others must not overflow either.
TEST(Shape, AZeroDoesNotHideImpossibleSizes) {
  EXPECT_TRUE(throws<ShapeError>([] { Shape{0, largest, largest}; }, {"2^36"}));
  EXPECT_TRUE(throws<ShapeError>([] { Shape{largest, 0, 2}; }, {"2^36"}));
  EXPECT_EQ(Shape({0, largest}).numel(), 0);
  EXPECT_EQ(Shape({0, largest}).product(1, 2), largest);
}

TEST(Shape, ProductsOfNeighbours) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.product(0, 3), 30);
  EXPECT_EQ(shape.product(1, 3), 15);
  EXPECT_EQ(shape.product(0, 1), 2);
  EXPECT_EQ(shape.product(2, 2), 1);
}

TEST(Shape, WithAndWithoutADimension) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.with(1, 7), (Shape{2, 7, 5}));
  EXPECT_EQ(shape.with(-1, 0), (Shape{2, 3, 0}));
  EXPECT_EQ(shape.without(0), (Shape{3, 5}));
  EXPECT_EQ(shape.without(-1), (Shape{2, 3}));
  EXPECT_EQ(Shape{4}.without(0), Shape());
  EXPECT_EQ(shape, (Shape{2, 3, 5}));
  EXPECT_TRUE(throws<ShapeError>([&] { shape.with(3, 1); }, {"dimension 3"}));
  EXPECT_TRUE(throws<ShapeError>([&] { shape.without(-4); }, {"dimension -4"}));
  EXPECT_TRUE(throws<ShapeError>([&] { shape.with(0, -2); }, {"-2"}));
}

TEST(Shape, EqualityLooksAtRankAndSizes) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2}), (Shape{2, 1}));
  EXPECT_NE((Shape{1}), Shape());
  EXPECT_NE((Shape{0}), Shape());
  EXPECT_NE((Shape{5, 0}), (Shape{5}));
}

TEST(Shape, PrintsAsPythonTuples) {
  EXPECT_EQ(to_string(Shape()), "()");
  EXPECT_EQ(to_string(Shape{5}), "(5,)");
  EXPECT_EQ(to_string(Shape{2, 3}), "(2, 3)");
  EXPECT_EQ(to_string(Shape{1, 0, 3, 4}), "(1, 0, 3, 4)");
}

TEST(Broadcast, FollowsNumPy) {
  const auto both = [](Shape a, Shape b, Shape c) {
    EXPECT_EQ(broadcast("add", a, b), c) << to_string(a) << " and " << to_string(b);
    EXPECT_EQ(broadcast("add", b, a), c) << to_string(b) << " and " << to_string(a);
  };
  both({}, {}, {});
  both({2, 3}, {2, 3}, {2, 3});
  both({2, 3}, {}, {2, 3});
  both({2, 3}, {3}, {2, 3});
  both({2, 3}, {2, 1}, {2, 3});
  both({2, 1}, {1, 3}, {2, 3});
  both({4}, {2, 1, 1}, {2, 1, 4});
  both({1}, {}, {1});
  both({1, 1, 1, 1}, {5, 4, 3, 2}, {5, 4, 3, 2});
  // A 1 gives way to 0, too.
  both({0}, {1}, {0});
  both({0, 3}, {3}, {0, 3});
  both({5, 1}, {0}, {5, 0});
}

TEST(Broadcast, NamesWhatDoesNotFit) {
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        broadcast("mul", {2, 3}, {2});
      },
      {"mul: shapes (2, 3) and (2,) do not broadcast", "dimension -1 has sizes 3 and 2"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        broadcast("mul", {4, 1}, {3, 1});
      },
      {"dimension -2 has sizes 4 and 3"}));
  EXPECT_TRUE(throws<ShapeError>([] { broadcast("mul", {0}, {2}); }, {"sizes 0 and 2"}));
  EXPECT_TRUE(throws<ShapeError>([] { broadcast("mul", {largest, 1}, {1, largest}); }, {"2^36"}));
}

}  // namespace
}  // namespace autograd
