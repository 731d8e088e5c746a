#include "autograd/ops/reduce.h"

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

Shape reduced(const Shape& shape, Index dim, bool keepdim) {
  return keepdim ? shape.with(dim, 1) : shape.without(dim);
}

// x's elements in groups: those that reducing `dim` joins into one, in order.
std::vector<std::vector<double>> groups(const Tensor& x, Index dim) {
  const Shape& shape = x.shape();
  const Shape kept = shape.with(dim, 1);
  std::vector<std::vector<double>> all(at(kept.numel()));
  for (Index i = 0; i < x.numel(); ++i) {
    all[at(repeated_from(i, shape, kept))].push_back(static_cast<double>(x.data()[i]));
  }
  return all;
}

double total(const std::vector<double>& terms) {
  double sum = 0;
  for (const double term : terms) sum += term;
  return sum;
}
double total_size(const std::vector<double>& terms) {
  double sum = 0;
  for (const double term : terms) sum += std::abs(term);
  return sum;
}

// As PyTorch has it: the first of equal ones, and a NaN is larger than anything.
Index position_of_largest(const std::vector<double>& x) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    if (x[i] > x[best] || (std::isnan(x[i]) && !std::isnan(x[best]))) best = i;
  }
  return static_cast<Index>(best);
}

// A sum in any order is off by at most (n - 1) epsilon / 2 times the sum of absolute terms; the
// trees here need far fewer. This bound catches a left out or doubled term among 1000.
constexpr double sum_k = 40;

std::vector<Shape> shapes() {
  std::vector<Shape> all = {{2, 3, 4, 5}, {4, 1, 3}, {1, 1}, {1, 40, 1}, {3, 2, 70}, {200, 64}};
  for (const Index n : lengths) {
    if (n == 0) continue;
    all.insert(all.end(), {{n}, {1, n}, {n, 1}, {3, n}, {n, 3}, {2, n, 2}});
  }
  return all;
}

TEST(Reduce, SumAndMeanOverOneDimension) {
  for (const Shape& shape : shapes()) {
    const Tensor x = numbers(shape, -2, 3);
    for (Index dim = -shape.rank(); dim < shape.rank(); ++dim) {
      SCOPED_TRACE(to_string(shape) + ", dimension " + std::to_string(dim));
      std::vector<double> sums, means, sum_scale, mean_scale;
      for (const std::vector<double>& group : groups(x, dim)) {
        const auto n = static_cast<double>(group.size());
        sums.push_back(total(group));
        means.push_back(total(group) / n);
        sum_scale.push_back(total_size(group));
        mean_scale.push_back(total_size(group) / n);
      }
      for (const bool keepdim : {false, true}) {
        EXPECT_EQ(sum(x, dim, keepdim).shape(), reduced(shape, dim, keepdim));
        EXPECT_EQ(mean(x, dim, keepdim).shape(), reduced(shape, dim, keepdim));
        EXPECT_TRUE(within(sum_k, sum(x, dim, keepdim), sums, sum_scale));
        EXPECT_TRUE(within(sum_k, mean(x, dim, keepdim), means, mean_scale));
      }
    }
    const std::vector<double> all = values(x);
    const auto n = static_cast<double>(x.numel());
    EXPECT_EQ(sum(x).shape(), Shape{});
    EXPECT_EQ(mean(x).shape(), Shape{});
    EXPECT_TRUE(within(sum_k, sum(x), {total(all)}, {total_size(all)}));
    EXPECT_TRUE(within(sum_k, mean(x), {total(all) / n}, {total_size(all) / n}));
  }
}

TEST(Reduce, TheBoundSeesAMissingTerm) {
  const Tensor x = numbers({1000}, -2, 3);
  const std::vector<double> all = values(x);
  for (const double term : all) {
    if (std::abs(term) < 0.05) continue;
    EXPECT_FALSE(within(sum_k, Tensor(total(all) - term), {total(all)}, {total_size(all)}));
  }
}

TEST(Reduce, WholeNumbersAreExact) {
  for (const Index n : lengths) {
    const Tensor x = whole_numbers({n, 3});
    EXPECT_EQ(sum(x).item(), total(values(x)));
    EXPECT_EQ(sum(ones({n, 3})).item(), static_cast<double>(3 * n));
    if (n == 0) continue;
    EXPECT_EQ(mean(ones({n, 3})).item(), 1);
    EXPECT_TRUE(equal(mean(ones({3, n}), 1), ones({3})));
    EXPECT_TRUE(equal(mean(ones({n, 3}), 0), ones({3})));
  }
}

// <sum x, y> = <x, y repeated>
TEST(Reduce, SumsBackwardIsItsAdjoint) {
  for (const Shape& shape : {Shape{5}, Shape{2, 3}, Shape{1, 9}, Shape{9, 1}, Shape{2, 3, 4},
                             Shape{2, 3, 2, 2}, Shape{}, Shape{3, 33}}) {
    SCOPED_TRACE(to_string(shape));
    EXPECT_TRUE(backward_is_adjoint([](const Tensor& x) { return sum(x); }, shape));
    for (Index dim = 0; dim < shape.rank(); ++dim) {
      for (const bool keepdim : {false, true}) {
        EXPECT_TRUE(
            backward_is_adjoint([&](const Tensor& x) { return sum(x, dim, keepdim); }, shape));
      }
    }
  }
}

TEST(Reduce, TheAdjointIdentitySeesWrongGradients) {
  const auto with_gradient_of = [](const auto& f, const auto& wrong) {
    return backward_is_adjoint(
        [&](const Tensor& x) { return f(x).detach() + (wrong(x) - wrong(x).detach()); }, {2, 3});
  };
  const auto sum0 = [](const Tensor& x) { return sum(x, 0); };
  EXPECT_TRUE(with_gradient_of(sum0, sum0));
  EXPECT_FALSE(with_gradient_of(sum0, [](const Tensor& x) { return mean(x, 0); }));
  EXPECT_FALSE(with_gradient_of(sum0, [](const Tensor& x) { return -sum(x, 0); }));
  EXPECT_FALSE(with_gradient_of(sum0, [](const Tensor& x) { return max(x, 0); }));
}

TEST(Reduce, MeansGradientIsAnEqualPart) {
  for (const Shape& shape : {Shape{7}, Shape{2, 3}, Shape{3, 1, 5}}) {
    const Tensor x = whole_numbers(shape);
    EXPECT_TRUE(equal(gradient([](const Tensor& t) { return mean(t); }, x, 6),
                      full(shape, 6) / static_cast<double>(x.numel())));
    for (Index dim = 0; dim < shape.rank(); ++dim) {
      const auto f = [&](const Tensor& t) { return mean(t, dim, true); };
      const Tensor dy = whole_numbers(shape.with(dim, 1), 2);
      const Tensor expected = expand(dy, shape) / static_cast<double>(shape[dim]);
      EXPECT_TRUE(tensors::near(gradient(f, x, dy), expected, 9 * epsilon));
    }
  }
}

// Few different values, so that there are ties.
Tensor with_ties(const Shape& shape) {
  Tensor x = whole_numbers(shape);
  for (Index i = 0; i < x.numel(); ++i) x.data()[i] = std::floor(x.data()[i] / 4);
  return x;
}

TEST(Reduce, MaxAndArgmaxOverOneDimension) {
  std::vector<Shape> all = shapes();
  all.insert(all.end(), {{2, 130}, {130, 2}, {3, 300}});
  for (const Shape& shape : all) {
    for (Tensor x : {numbers(shape, -2, 3), with_ties(shape)}) {
      for (Index dim = -shape.rank(); dim < shape.rank(); ++dim) {
        SCOPED_TRACE(to_string(shape) + ", dimension " + std::to_string(dim));
        std::vector<double> largest, position;
        for (const std::vector<double>& group : groups(x, dim)) {
          position.push_back(static_cast<double>(position_of_largest(group)));
          largest.push_back(group[at(position_of_largest(group))]);
        }
        for (const bool keepdim : {false, true}) {
          EXPECT_EQ(max(x, dim, keepdim).shape(), reduced(shape, dim, keepdim));
          EXPECT_EQ(argmax(x, dim, keepdim).shape(), reduced(shape, dim, keepdim));
          EXPECT_TRUE(has_values(max(x, dim, keepdim), largest));
          EXPECT_TRUE(has_values(argmax(x, dim, keepdim), position));
        }
        // The gradient goes to that position alone.
        const Shape kept = shape.with(dim, 1);
        const Tensor dy = whole_numbers(kept, 2);
        std::vector<double> dx(at(x.numel()));
        for (Index i = 0; i < kept.numel(); ++i) {
          Place place = place_of(i, kept);
          place[at(shape.dimension(dim))] = static_cast<Index>(position[at(i)]);
          dx[at(flat_of(place, shape))] = values(dy)[at(i)];
        }
        EXPECT_TRUE(
            has_values(gradient([&](const Tensor& t) { return max(t, dim, true); }, x, dy), dx));
      }
      const std::vector<double> elements = values(x);
      EXPECT_EQ(max(x).item(), elements[at(position_of_largest(elements))]);
    }
  }
}

TEST(Reduce, MaxOfAllSharesItsGradientAmongEquals) {
  const auto dx = [](const Tensor& x, double dy) {
    return gradient([](const Tensor& t) { return max(t); }, x, dy);
  };
  EXPECT_TRUE(has_values(dx(Tensor::from({1, 5, 5, 0, 5, 5}, {2, 3}), 8), {0, 2, 2, 0, 2, 2}));
  EXPECT_TRUE(has_values(dx(Tensor::from({-2, -1}, {2}), 3), {0, 3}));
  EXPECT_TRUE(has_values(dx(full({1, 1}, -infinity), 3), {3}));
  EXPECT_TRUE(has_values(dx(Tensor::from({1, nan, nan}, {3}), 3), {0, 1.5, 1.5}));
  // Selected, not multiplied.
  EXPECT_TRUE(has_values(dx(Tensor::from({1, 2}, {2}), infinity), {0, infinity}));
  const auto by_row = [](const Tensor& t) { return max(t, 1); };
  EXPECT_TRUE(has_values(gradient(by_row, Tensor::from({1, 2}, {1, 2}), full({1}, infinity)),
                         {0, infinity}));
}

TEST(Reduce, NanIsTheLargest) {
  for (const Index n : lengths) {
    for (const Index place : {Index{0}, n / 2, n - 1}) {
      if (n == 0) continue;
      SCOPED_TRACE(std::to_string(n) + " elements, NaN at " + std::to_string(place));
      Tensor x = numbers({n}, -2, 3);
      x.data()[n - 1] = static_cast<real>(infinity);
      x.data()[place] = static_cast<real>(nan);
      EXPECT_TRUE(std::isnan(max(x).item()));
      EXPECT_TRUE(std::isnan(max(x, 0).item()));
      EXPECT_EQ(argmax(x, 0).item(), static_cast<double>(place));
      EXPECT_TRUE(std::isnan(sum(x).item()));
      EXPECT_TRUE(std::isnan(mean(x).item()));
      const Tensor column = cat({reshape(x, {n, 1}), zeros({n, 1})}, 1);
      EXPECT_TRUE(has_values(argmax(column, 0), {static_cast<double>(place), 0}));
    }
  }
  EXPECT_TRUE(has_values(max(full({3, 2}, -infinity), 0), {-infinity, -infinity}));
  EXPECT_TRUE(has_values(argmax(full({3, 2}, -infinity), 0), {0, 0}));
}

TEST(Reduce, NoElements) {
  EXPECT_EQ(sum(zeros({0, 3})).item(), 0);
  EXPECT_TRUE(std::isnan(mean(zeros({0, 3})).item()));
  EXPECT_TRUE(has_values(sum(zeros({0, 3}), 0), {0, 0, 0}));
  EXPECT_TRUE(has_values(mean(zeros({0, 3}), 0), {nan, nan, nan}));
  EXPECT_TRUE(has_values(sum(zeros({3, 0}), 1), {0, 0, 0}));
  for (const Shape& shape : {Shape{2, 0}, Shape{5, 0}, Shape{2, 3, 0}}) {
    for (const bool keepdim : {false, true}) {
      EXPECT_EQ(sum(zeros(shape), 0, keepdim).shape(), reduced(shape, 0, keepdim));
      EXPECT_EQ(mean(zeros(shape), 0, keepdim).shape(), reduced(shape, 0, keepdim));
      EXPECT_EQ(max(zeros(shape), 0, keepdim).shape(), reduced(shape, 0, keepdim));
      EXPECT_EQ(argmax(zeros(shape), 0, keepdim).shape(), reduced(shape, 0, keepdim));
      const auto grad_of = [&](auto f) {
        const auto call = [&](const Tensor& x) { return f(x, 0, keepdim); };
        return gradient(call, zeros(shape), zeros(reduced(shape, 0, keepdim)));
      };
      using Reduction = Tensor (*)(const Tensor&, Index, bool);
      for (const Reduction f : {Reduction(sum), Reduction(mean), Reduction(max)}) {
        EXPECT_EQ(grad_of(f).shape(), shape);
      }
    }
  }
  EXPECT_EQ(gradient([](const Tensor& x) { return sum(x, 0); }, zeros({0, 3}), ones({3})).shape(),
            (Shape{0, 3}));
}

TEST(Reduce, RankZero) {
  EXPECT_EQ(sum(Tensor(3.0)).item(), 3);
  EXPECT_EQ(mean(Tensor(3.0)).item(), 3);
  EXPECT_EQ(max(Tensor(3.0)).item(), 3);
}

TEST(Reduce, RefusesDimensionsThatAreNotThere) {
  const Tensor x = whole_numbers({2, 3});
  using Reduction = Tensor (*)(const Tensor&, Index, bool);
  const std::pair<const char*, Reduction> all[] = {
      {"sum: ", sum}, {"mean: ", mean}, {"max: ", max}, {"argmax: ", argmax}};
  for (const auto& [name, f] : all) {
    for (const auto& [dim, text] : {std::pair(2, "dimension 2"), std::pair(-3, "dimension -3")}) {
      const auto call = [f = f, x, dim = dim] { f(x, dim, false); };
      EXPECT_TRUE(throws<ShapeError>(call, {name, text, "(2, 3)"}));
    }
    const auto of_a_number = [f = f] { f(Tensor(1.0), 0, false); };
    EXPECT_TRUE(throws<ShapeError>(of_a_number, {name, "dimension 0", "()"}));
  }
  EXPECT_TRUE(equal(x, whole_numbers({2, 3})));
}

TEST(Reduce, RefusesToChooseFromNothing) {
  const char* text = "no elements to choose from in shape (0, 3)";
  const Tensor nothing = zeros({0, 3});
  EXPECT_TRUE(throws<ShapeError>([&] { max(nothing); }, {"max: ", text}));
  EXPECT_TRUE(throws<ShapeError>([&] { max(nothing, 0); }, {"max: ", text}));
  EXPECT_TRUE(throws<ShapeError>([&] { argmax(nothing, 0); }, {"argmax: ", text}));
  EXPECT_EQ(max(nothing, 1).shape(), Shape{0});
}

TEST(Reduce, ArgmaxIsOutsideOfTheGraph) {
  const Tensor x = leaf(whole_numbers({2, 3}));
  EXPECT_FALSE(argmax(x, 1).requires_grad());
  EXPECT_EQ(x.node().references, 1);
}

}  // namespace
}  // namespace autograd
