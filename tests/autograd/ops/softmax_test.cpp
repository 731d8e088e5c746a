#include "autograd/ops/softmax.h"

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

// The formula by primitives; right as long as no x is far from 0.
Tensor composed(const Tensor& x, Index dim) { return exp(x) / sum(exp(x), dim, true); }

// Shapes around the widths of vectors, with each of their dimensions.
struct Along {
  Shape shape;
  Index dim;
};
std::vector<Along> all() {
  std::vector<Along> list;
  for (const Index n : lengths) {
    for (const Shape& shape :
         {Shape{n}, Shape{3, n}, Shape{n, 3}, Shape{2, n, 3}, Shape{2, 2, n}}) {
      for (Index d = 0; d < shape.rank(); ++d) list.push_back({shape, d});
    }
  }
  return list;
}

// Probabilities and dy are at most 2; n terms, each of a few roundings.
double roundings(const Along& a) { return 16 + static_cast<double>(a.shape[a.dim]); }

TEST(Softmax, EqualsTheComposition) {
  for (const Along& a : all()) {
    SCOPED_TRACE(to_string(a.shape) + ", dim " + std::to_string(a.dim));
    const Tensor x = numbers(a.shape, -2, 2, 1), dy = numbers(a.shape, -1, 1, 2);
    const std::vector<double> ones(at(x.numel()), 1);
    const auto ours = [&](const Tensor& t) { return softmax(t, a.dim); };
    const auto theirs = [&](const Tensor& t) { return composed(t, a.dim); };
    EXPECT_EQ(ours(x).shape(), a.shape);
    EXPECT_TRUE(within(roundings(a), ours(x), values(theirs(x)), ones));
    EXPECT_TRUE(within(roundings(a), gradient(ours, x, dy), values(gradient(theirs, x, dy)), ones));
  }
}

TEST(LogSoftmax, EqualsTheComposition) {
  for (const Along& a : all()) {
    SCOPED_TRACE(to_string(a.shape) + ", dim " + std::to_string(a.dim));
    const Tensor x = numbers(a.shape, -2, 2, 1), dy = numbers(a.shape, -1, 1, 2);
    const std::vector<double> eights(at(x.numel()), 8);  // ln 65 + 4 and less
    const auto ours = [&](const Tensor& t) { return log_softmax(t, a.dim); };
    const auto theirs = [&](const Tensor& t) { return log(composed(t, a.dim)); };
    EXPECT_TRUE(within(roundings(a), ours(x), values(theirs(x)), eights));
    EXPECT_TRUE(
        within(roundings(a), gradient(ours, x, dy), values(gradient(theirs, x, dy)), eights));
  }
}

// So a gradient of ones, which asks how the total changes, comes to nothing.
TEST(Softmax, IsOneInTotal) {
  for (const Along& a : all()) {
    if (a.shape[a.dim] == 0) continue;
    const Tensor x = numbers(a.shape, -20, 20);
    const Tensor total = sum(softmax(x, a.dim), a.dim);
    EXPECT_TRUE(within(roundings(a), total, values(ones(total.shape())))) << to_string(a.shape);
    const Tensor dx =
        gradient([&](const Tensor& t) { return softmax(t, a.dim); }, x, ones(a.shape));
    EXPECT_TRUE(within(roundings(a), dx, values(zeros(a.shape)), values(ones(a.shape))));
  }
}

// x + c has the same softmax. In whole numbers x - m is exact, so the bits are the same.
TEST(Softmax, AConstantMoreChangesNothing) {
  const Tensor x = whole_numbers({4, 9});
  for (const double c : {1.0, -3.0, 1000.0, 1e6, -1e6}) {
    for (const Index dim : {0, 1}) {
      EXPECT_TRUE(equal(softmax(x + c, dim), softmax(x, dim)));
      EXPECT_TRUE(equal(log_softmax(x + c, dim), log_softmax(x, dim)));
    }
  }
}

TEST(Softmax, NumbersByHand) {
  const double third = std::log(2.0);  // e^x = 2, 1, 1
  const Tensor x = Tensor::from({third, 0, 0}, {3});
  EXPECT_TRUE(within(4, softmax(x, 0), {0.5, 0.25, 0.25}));
  EXPECT_TRUE(within(4, log_softmax(x, 0), {-third, -2 * third, -2 * third}));
  // dx = y (dy - sum y dy), with sum y dy = 2
  const auto f = [](const Tensor& t) { return softmax(t, -1); };
  EXPECT_TRUE(within(8, gradient(f, x, Tensor::from({2, 0, 4}, {3})), {0, -0.5, 0.5}, {1, 1, 1}));
  // dx = dy - p sum dy, with sum dy = 6
  const auto g = [](const Tensor& t) { return log_softmax(t, -1); };
  EXPECT_TRUE(within(8, gradient(g, x, Tensor::from({2, 0, 4}, {3})), {-1, -1.5, 2.5}));
}

// Where the probability itself is rounded to 0, its logarithm still tells how far away it is.
TEST(LogSoftmax, SeesWhatSoftmaxRoundsAway) {
  const Tensor x = Tensor::from({0, -1000}, {2});
  EXPECT_EQ(softmax(x, 0).data()[1], 0);
  EXPECT_EQ(log_softmax(x, 0).data()[1], -1000);
  EXPECT_TRUE(has_values(log(softmax(x, 0)), {0, -infinity}));
}

TEST(Softmax, OfNothing) {
  for (const Shape& shape : {Shape{0}, Shape{0, 3}, Shape{3, 0}, Shape{2, 0, 3}}) {
    for (Index d = 0; d < shape.rank(); ++d) {
      EXPECT_EQ(softmax(zeros(shape), d).shape(), shape);
      const auto f = [=](const Tensor& t) { return log_softmax(t, d); };
      EXPECT_EQ(gradient(f, zeros(shape), zeros(shape)).shape(), shape);
    }
  }
}

// The graph may be run twice, and both runs find what was kept.
TEST(Softmax, RetainedGraphsGiveTheSameGradientAgain) {
  const Tensor start = numbers({3, 5}, -2, 2), dy = numbers({3, 5}, -1, 1, 2);
  for (const auto f : {softmax, log_softmax}) {
    Tensor x = leaf(start);
    const Tensor y = f(x, 1);
    y.backward(dy, {.retain_graph = true});
    const Tensor once = x.grad().clone();
    y.backward(dy);
    EXPECT_TRUE(equal(x.grad(), once + once));
  }
}

// An operation may write where a temporary argument stood, but not where a derivative reads.
TEST(Softmax, ATemporaryThatBackwardReadsIsNotOverwritten) {
  const Tensor start = numbers({3, 5}, -2, 2), dy = numbers({3, 5}, -1, 1, 2);
  for (const auto f : {softmax, log_softmax}) {
    const auto chained = [=](const Tensor& x) { return relu(-f(x + 0, 1) * 2); };
    Inputs held;
    const auto named = [&](const Tensor& x) {
      held = {x + 0};
      held.push_back(f(held[0], 1));
      held.push_back(-held[1]);
      held.push_back(held[2] * 2);
      return relu(held[3]);
    };
    EXPECT_TRUE(equal(chained(start), named(start)));
    EXPECT_TRUE(equal(gradient(chained, start, dy), gradient(named, start, dy)));
  }
}

TEST(Softmax, RefusesADimensionThatIsNotThere) {
  const Tensor x = zeros({2, 3});
  EXPECT_TRUE(throws<ShapeError>([&] { softmax(x, 2); }, {"softmax: dimension 2", "(2, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { softmax(x, -3); }, {"softmax: dimension -3", "(2, 3)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { softmax(Tensor(1), 0); }, {"softmax: dimension 0", "()"}));
  EXPECT_TRUE(
      throws<ShapeError>([&] { log_softmax(x, 2); }, {"log_softmax: dimension 2", "(2, 3)"}));
}

}  // namespace
}  // namespace autograd
