#include "autograd/ops/shape.h"

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

// The elements source(0), source(1), ... of x.
template <class Source>
std::vector<double> picked(const Tensor& x, Index count, const Source& source) {
  std::vector<double> result;
  for (Index i = 0; i < count; ++i) {
    result.push_back(static_cast<double>(x.data()[source(i)]));
  }
  return result;
}

// Shapes of every rank, and lengths around the widths of vectors.
std::vector<Shape> shapes() {
  std::vector<Shape> all = {{1, 1}, {2, 3, 4}, {3, 1, 2}, {2, 3, 2, 5}, {4, 2, 1, 3}, {20, 36}};
  for (const Index n : lengths) all.insert(all.end(), {{n}, {1, n}, {n, 1}, {2, n}, {n, 3}});
  return all;
}

// --- Cat and slice ------------------------------------------------------------------------------

TEST(Cat, PutsTensorsSideBySide) {
  for (const Index n : lengths) {
    for (Index dim = 0; dim < 3; ++dim) {
      const Shape base{2, 3, 2};
      const Shape wide = base.with(dim, n);
      SCOPED_TRACE(to_string(wide) + ", dimension " + std::to_string(dim));
      const Tensor a = whole_numbers(base, 1), b = whole_numbers(wide, 2);
      const Tensor y = cat({a, b, a}, dim);
      EXPECT_TRUE(equal(y, cat({a, b, a}, dim - 3)));
      ASSERT_EQ(y.shape(), base.with(dim, 2 * base[dim] + n));
      for (Index i = 0; i < y.numel(); ++i) {
        Place place = place_of(i, y.shape());
        Index& along = place[at(dim)];
        const bool in_first = along < base[dim];
        const bool in_b = !in_first && along < base[dim] + n;
        if (!in_first) along -= base[dim];
        if (!in_first && !in_b) along -= n;
        const Tensor& from = in_b ? b : a;
        ASSERT_EQ(y.data()[i], from.data()[flat_of(place, from.shape())]);
      }
      EXPECT_TRUE(backward_is_adjoint([&](const Tensor& t) { return cat({a, t, b}, dim); }, wide));
      EXPECT_TRUE(backward_is_adjoint([&](const Tensor& t) { return cat({t, t, b}, dim); }, base));
    }
  }
}

TEST(Cat, OneTensorAndMany) {
  const Tensor x = whole_numbers({2, 3});
  const Tensor one = cat({x}, 1);
  EXPECT_TRUE(equal(one, x));
  EXPECT_NE(one.data(), x.data());
  std::vector<Tensor> many;
  std::vector<double> expected;
  for (int i = 0; i < 64; ++i) {
    many.push_back(full({1}, i).requires_grad_());
    expected.push_back(i);
  }
  const Tensor y = cat(many, 0);
  EXPECT_TRUE(has_values(y, expected));
  y.backward(arange(0, 64) + 1);
  for (const double i : expected) EXPECT_EQ(many[at(static_cast<Index>(i))].grad().item(), i + 1);
}

TEST(Cat, ZeroRows) {
  EXPECT_EQ(cat({zeros({0, 3}), zeros({0, 3})}, 0).shape(), (Shape{0, 3}));
  EXPECT_EQ(cat({zeros({0, 3}), zeros({0, 2})}, 1).shape(), (Shape{0, 5}));
  const auto f = [](const Tensor& x) { return cat({x, zeros({0, 2})}, 1); };
  EXPECT_EQ(gradient(f, zeros({0, 3}), zeros({0, 5})).shape(), (Shape{0, 3}));
  const auto g = [](const Tensor& x) { return cat({x, ones({2, 3})}, 0); };
  EXPECT_EQ(gradient(g, zeros({0, 3}), ones({2, 3})).shape(), (Shape{0, 3}));
}

TEST(Cat, RefusesWhatDoesNotFit) {
  const Tensor a = whole_numbers({2, 3});
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        cat({a, zeros({2, 4})}, 0);
      },
      {"cat: ", "(2, 3)", "(2, 4)", "differ in more than dimension 0"}));
  EXPECT_TRUE(throws<ShapeError>([&] { cat({a, zeros({3})}, 0); }, {"cat: ", "(2, 3)", "(3,)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { cat({a, Tensor(1.0)}, 0); }, {"cat: ", "(2, 3)", "()"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        cat({Tensor(1.0), Tensor(1.0)}, 0);
      },
      {"cat: ", "()", "no dimension to join"}));
  EXPECT_TRUE(throws<ShapeError>([&] { cat({a, a}, 2); }, {"cat: ", "dimension 2", "(2, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { cat({a, a}, -3); }, {"cat: ", "dimension -3", "(2, 3)"}));
  EXPECT_TRUE(throws<ValueError>([] { cat(std::vector<Tensor>(), 0); }, {"cat: ", "got 0"}));
  EXPECT_TRUE(throws<ValueError>([&] { cat(std::vector<Tensor>(65, a), 0); }, {"cat: ", "got 65"}));
  EXPECT_TRUE(throws<GraphError>([&] { cat({a, a, a, Tensor()}, 0); }, {"cat: argument 4"}));
  EXPECT_TRUE(equal(a, whole_numbers({2, 3})));
  EXPECT_EQ(a.node().references, 1);
}

TEST(Slice, TakesStartToEnd) {
  for (const Shape& shape : shapes()) {
    for (Index dim = 0; dim < shape.rank(); ++dim) {
      const Index n = shape[dim];
      for (const auto& [start, end] : {std::pair(Index{0}, n), std::pair(n / 3, n),
                                       std::pair(Index{0}, n / 2), std::pair(n / 2, n / 2)}) {
        SCOPED_TRACE(to_string(shape) + ", dimension " + std::to_string(dim) + ", " +
                     std::to_string(start) + ".." + std::to_string(end));
        const Tensor x = whole_numbers(shape);
        const Tensor y = slice(x, dim, start, end);
        ASSERT_EQ(y.shape(), shape.with(dim, end - start));
        const Index from = start;
        EXPECT_TRUE(has_values(y, picked(x, y.numel(), [&](Index i) {
                                 Place place = place_of(i, y.shape());
                                 place[at(dim)] += from;
                                 return flat_of(place, shape);
                               })));
        EXPECT_TRUE(equal(slice(x, dim - shape.rank(), start, end), y));
      }
    }
  }
}

TEST(Slice, BackwardIsTheAdjoint) {
  for (Index dim = 0; dim < 3; ++dim) {
    EXPECT_TRUE(
        backward_is_adjoint([&](const Tensor& x) { return slice(x, dim, 1, 3); }, Shape{3, 4, 3}));
  }
  EXPECT_TRUE(backward_is_adjoint([](const Tensor& x) { return slice(x, 0, 2, 2); }, {4, 2}));
  // Two slices of one tensor that overlap.
  EXPECT_TRUE(backward_is_adjoint(
      [](const Tensor& x) { return slice(x, 1, 0, 2) + slice(x, 1, 1, 3); }, {2, 3}));
}

TEST(Slice, AnInfiniteGradientStaysInItsPlace) {
  const auto f = [](const Tensor& x) { return slice(x, 0, 1, 2); };
  EXPECT_TRUE(has_values(gradient(f, ones({3}), full({1}, infinity)), {0, infinity, 0}));
}

TEST(Slice, RefusesWhatIsOutside) {
  const Tensor x = whole_numbers({4, 3});
  const auto refused = [&](Index dim, Index start, Index end, const char* text) {
    return throws<ValueError>([=] { slice(x, dim, start, end); },
                              {"slice: ", text, "does not lie in dimension", "(4, 3)"});
  };
  EXPECT_TRUE(refused(0, -1, 2, "-1..2"));
  EXPECT_TRUE(refused(0, 3, 2, "3..2"));
  EXPECT_TRUE(refused(0, 0, 5, "0..5"));
  EXPECT_TRUE(refused(1, 5, 5, "5..5"));
  EXPECT_TRUE(refused(-1, 0, 4, "dimension 1"));
  EXPECT_TRUE(throws<ShapeError>([&] { slice(x, 2, 0, 1); }, {"slice: ", "dimension 2", "(4, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([] { slice(Tensor(1.0), 0, 0, 1); }, {"slice: ", "()"}));
}

// --- Reshape ------------------------------------------------------------------------------------

TEST(Reshape, KeepsOrderAndSharesMemory) {
  const Tensor x = whole_numbers({2, 6});
  for (const Tensor& y : {reshape(x, {12}), reshape(x, {3, 4}), reshape(x, {1, 2, 1, 6}),
                          reshape(x, {2, -1}), reshape(x, {-1}), reshape(x, {-1, 4, 3})}) {
    EXPECT_TRUE(has_values(y, values(x)));
    EXPECT_EQ(y.data(), x.data());
  }
  EXPECT_EQ(reshape(x, {-1, 4}).shape(), (Shape{3, 4}));
  EXPECT_EQ(reshape(x, {2, -1, 3}).shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(reshape(x, {-1, 12}).shape(), (Shape{1, 12}));
  EXPECT_EQ(reshape(ones({1, 1}), {}).shape(), Shape{});
  EXPECT_EQ(reshape(Tensor(1.0), {1, -1}).shape(), (Shape{1, 1}));
  EXPECT_EQ(reshape(zeros({0, 3}), {-1, 5}).shape(), (Shape{0, 5}));
  EXPECT_EQ(reshape(zeros({0, 3}), {2, 0}).shape(), (Shape{2, 0}));
}

TEST(Reshape, BackwardIsTheAdjoint) {
  EXPECT_TRUE(backward_is_adjoint([](const Tensor& x) { return reshape(x, {3, 4}); }, {2, 6}));
  EXPECT_TRUE(backward_is_adjoint([](const Tensor& x) { return reshape(x, {-1}) + 0; }, {2, 3}));
  EXPECT_TRUE(backward_is_adjoint(
      [](const Tensor& x) {
        return cat({reshape(x, {6}), reshape(x, {-1})}, 0);
      },
      {2, 3}));
}

TEST(Reshape, RefusesSizesThatAreNotFilled) {
  const Tensor x = whole_numbers({2, 6});
  const auto refused = [&](std::initializer_list<Index> sizes, const char* text) {
    return throws<ShapeError>([&] { reshape(x, sizes); },
                              {"reshape: the 12 elements of shape (2, 6) do not fill", text});
  };
  EXPECT_TRUE(refused({5}, "(5)"));
  EXPECT_TRUE(refused({5, -1}, "(5, -1)"));
  EXPECT_TRUE(refused({}, "()"));
  EXPECT_TRUE(refused({-1, -1}, "(-1, -1)"));
  EXPECT_TRUE(refused({-2, -6}, "(-2, -6)"));
  EXPECT_TRUE(refused({0, -1}, "(0, -1)"));
  EXPECT_TRUE(refused({Index{1} << 32, Index{1} << 32}, "(4294967296, 4294967296)"));
  EXPECT_TRUE(throws<ShapeError>([] { reshape(zeros({0}), {-1, 0}); }, {"reshape: ", "(-1, 0)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        reshape(x, {1, 1, 1, 2, 6});
      },
      {"reshape: ", "at most 4 dimensions", "5"}));
}

// --- Transpose ----------------------------------------------------------------------------------

TEST(Transpose, ExchangesTwoDimensions) {
  std::vector<Shape> all = shapes();
  all.insert(all.end(), {{17, 33}, {64, 65}, {3, 17, 19}});
  for (const Shape& shape : all) {
    if (shape.rank() < 2) continue;
    const Tensor x = whole_numbers(shape);
    for (int a = 0; a < shape.rank(); ++a) {
      for (int b = 0; b < shape.rank(); ++b) {
        SCOPED_TRACE(to_string(shape) + ", " + std::to_string(a) + " and " + std::to_string(b));
        const Tensor y = transpose(x, a, b);
        ASSERT_EQ(y.shape(), shape.with(a, shape[b]).with(b, shape[a]));
        EXPECT_TRUE(has_values(y, picked(x, y.numel(), [&](Index i) {
                                 Place place = place_of(i, y.shape());
                                 std::swap(place[at(a)], place[at(b)]);
                                 return flat_of(place, shape);
                               })));
        EXPECT_NE(y.data(), x.data());
        EXPECT_TRUE(equal(transpose(x, a - shape.rank(), b), y));
        EXPECT_TRUE(equal(transpose(y, a, b), x));
        // The adjoint of a permutation is its inverse.
        const Tensor dy = whole_numbers(y.shape(), 2);
        const auto f = [=](const Tensor& t) { return transpose(t, a, b); };
        EXPECT_TRUE(equal(gradient(f, x, dy), transpose(dy, a, b)));
        const auto twice = [=](const Tensor& t) { return transpose(t, a, b) + transpose(t, a, b); };
        EXPECT_TRUE(equal(gradient(twice, x, dy), 2 * transpose(dy, a, b)));
      }
    }
  }
}

TEST(Transpose, OfAMatrixByDefault) {
  EXPECT_TRUE(equal(transpose(Tensor::from({1, 2, 3, 4, 5, 6}, {2, 3})),
                    Tensor::from({1, 4, 2, 5, 3, 6}, {3, 2})));
  EXPECT_EQ(transpose(zeros({0, 3})).shape(), (Shape{3, 0}));
}

TEST(Transpose, RefusesDimensionsThatAreNotThere) {
  EXPECT_TRUE(
      throws<ShapeError>([] { transpose(zeros({3})); }, {"transpose: ", "dimension 1", "(3,)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        transpose(zeros({2, 3}), -3, 0);
      },
      {"transpose: ", "dimension -3", "(2, 3)"}));
}

// --- Index select -------------------------------------------------------------------------------

TEST(IndexSelect, TakesRowsInOrder) {
  for (const Shape& shape : shapes()) {
    if (shape[0] == 0) continue;
    const Index n = shape[0];
    const std::vector<Index> rows = {n - 1, 0, n / 2, 0, 0, n - 1};
    const Tensor x = whole_numbers(shape);
    const Tensor y = index_select(x, rows);
    ASSERT_EQ(y.shape(), shape.with(0, 6));
    const Index width = x.numel() / n;
    EXPECT_TRUE(has_values(
        y, picked(x, y.numel(), [&](Index i) { return rows[at(i / width)] * width + i % width; })));
  }
}

TEST(IndexSelect, RepeatedRowsAddUp) {
  const std::vector<Index> rows = {2, 0, 2, 2};
  const auto f = [&](const Tensor& x) { return index_select(x, rows); };
  EXPECT_TRUE(backward_is_adjoint(f, {4, 3}));
  EXPECT_TRUE(backward_is_adjoint(f, {3}));
  EXPECT_TRUE(backward_is_adjoint(f, {3, 2, 2, 2}));
  EXPECT_TRUE(backward_is_adjoint([&](const Tensor& x) { return f(x) + f(x); }, {4, 33}));
}

// The caller's list may be gone, or changed, when backward() runs.
TEST(IndexSelect, KeepsTheIndicesItself) {
  std::vector<Index> rows = {1, 1, 0};
  const Tensor x = leaf(ones({2, 1}));
  const Tensor y = index_select(x, rows);
  rows = {0, 0, 0};
  y.backward(Tensor::from({1, 10, 100}, {3, 1}));
  EXPECT_TRUE(has_values(x.grad(), {100, 11}));
}

TEST(IndexSelect, NoRowsAndEmptyRows) {
  const std::vector<Index> nothing;
  EXPECT_EQ(index_select(ones({4, 3}), nothing).shape(), (Shape{0, 3}));
  EXPECT_EQ(index_select(zeros({0, 3}), nothing).shape(), (Shape{0, 3}));
  const auto f = [&](const Tensor& x) { return index_select(x, nothing); };
  EXPECT_TRUE(equal(gradient(f, ones({4, 3}), zeros({0, 3})), zeros({4, 3})));
  const std::vector<Index> rows = {1, 1, 0};
  EXPECT_EQ(index_select(zeros({2, 0}), rows).shape(), (Shape{3, 0}));
}

TEST(IndexSelect, RefusesRowsThatAreNotThere) {
  const Tensor x = whole_numbers({4, 3});
  const auto refused = [&](std::vector<Index> rows, const char* text) {
    return throws<ValueError>([&] { index_select(x, rows); },
                              {"index_select: ", text, "4 rows", "(4, 3)"});
  };
  EXPECT_TRUE(refused({0, 4}, "index 4"));
  EXPECT_TRUE(refused({-1}, "index -1"));
  EXPECT_TRUE(refused({0, 1, Index{1} << 40}, "index 1099511627776"));
  const std::vector<Index> first = {0};
  EXPECT_TRUE(
      throws<ShapeError>([&] { index_select(Tensor(1.0), first); }, {"index_select: ", "()"}));
  EXPECT_TRUE(throws<ValueError>([&] { index_select(zeros({0, 3}), first); }, {"0 rows"}));
}

}  // namespace
}  // namespace autograd
