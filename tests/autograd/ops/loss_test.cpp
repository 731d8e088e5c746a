#include "autograd/ops/loss.h"

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

Tensor fused(const Inputs& in) { return mse_loss(in[0], in[1]); }
Tensor composed(const Inputs& in) { return mean(square(in[0] - in[1])); }

// No term is negative, so the sum of absolute terms is the loss itself. The two forms add in
// different trees of at most 32 chains: 40 epsilons hold both.
TEST(MseLoss, EqualsTheComposition) {
  for (const Index n : lengths) {
    if (n == 0) continue;
    for (const Shape& shape : {Shape{n}, Shape{1, n}, Shape{n, 1}, Shape{3, n}, Shape{2, n, 2}}) {
      SCOPED_TRACE(to_string(shape));
      const Inputs inputs = {numbers(shape, -2, 2, 1), numbers(shape, -2, 2, 2)};
      EXPECT_EQ(fused(inputs).shape(), Shape{});
      EXPECT_TRUE(within(40, fused(inputs), values(composed(inputs))));
      const Inputs ours = gradients(fused, inputs, 3), theirs = gradients(composed, inputs, 3);
      for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(ours[i].shape(), shape);
        EXPECT_TRUE(within(4, ours[i], values(theirs[i]))) << "input " << i;
      }
      EXPECT_TRUE(equal(ours[1], -ours[0]));
    }
  }
}

TEST(MseLoss, IsTheMeanOfSquares) {
  const Tensor a = Tensor::from({1, 2, 3, 4}, {2, 2}), b = Tensor::from({1, 0, 6, 3}, {2, 2});
  EXPECT_EQ(mse_loss(a, b).item(), 3.5);  // (0 + 4 + 9 + 1) / 4
  EXPECT_EQ(mse_loss(b, a).item(), 3.5);
  const Inputs grads = gradients(fused, {a, b}, 2);
  EXPECT_TRUE(has_values(grads[0], {0, 2, -3, 1}));  // 2 (a - b) / 4 * 2
  EXPECT_TRUE(has_values(grads[1], {0, -2, 3, -1}));
}

TEST(MseLoss, OfTheSameTensorIsZero) {
  const Tensor x = whole_numbers({3, 5});
  const auto f = [](const Tensor& t) { return mse_loss(t, t); };
  EXPECT_EQ(f(x).item(), 0);
  EXPECT_TRUE(equal(gradient(f, x, 1), zeros({3, 5})));
}

TEST(MseLoss, OfNothingIsNan) {
  EXPECT_TRUE(std::isnan(mse_loss(zeros({0, 2}), zeros({0, 2})).item()));
  const Inputs grads = gradients(fused, {zeros({0, 2}), zeros({0, 2})}, 1);
  EXPECT_EQ(grads[0].shape(), (Shape{0, 2}));
  EXPECT_EQ(grads[1].shape(), (Shape{0, 2}));
}

TEST(MseLoss, KeepsNanAndInfinity) {
  for (const Index n : {2, 33}) {
    Tensor x = zeros({n});
    x.data()[n - 1] = static_cast<real>(infinity);
    EXPECT_EQ(mse_loss(x, zeros({n})).item(), infinity);
    EXPECT_TRUE(std::isnan(mse_loss(x, x).item()));
    x.data()[n - 1] = static_cast<real>(nan);
    EXPECT_TRUE(std::isnan(mse_loss(x, zeros({n})).item()));
    const Tensor dx = gradients(fused, {x, zeros({n})}, 1)[0];
    EXPECT_EQ(dx.data()[0], 0);
    EXPECT_TRUE(std::isnan(dx.data()[n - 1]));
  }
}

// The order of the batch changes the loss by its rounding only, and moves the gradient's rows.
TEST(MseLoss, APermutedBatchHasTheSameLoss) {
  const Index batch = 29;
  std::vector<Index> order;
  for (Index i = 0; i < batch; ++i) order.push_back(i * 12 % batch);
  const Tensor a = numbers({batch, 2}, -2, 2, 1), b = numbers({batch, 2}, -2, 2, 2);
  const Inputs permuted = {index_select(a, order), index_select(b, order)};
  EXPECT_TRUE(within(40, fused(permuted), {mse_loss(a, b).item()}));
  EXPECT_FALSE(within(40, mse_loss(permuted[0], b), {mse_loss(a, b).item()}));
  EXPECT_TRUE(
      equal(gradients(fused, permuted, 1)[0], index_select(gradients(fused, {a, b}, 1)[0], order)));
}

// PyTorch broadcasts here, with a warning; (n, 1) against (n,) would be an n by n table.
TEST(MseLoss, RefusesUnequalShapes) {
  const Tensor a = leaf(whole_numbers({5, 1}));
  EXPECT_TRUE(throws<ShapeError>([&] { mse_loss(a, zeros({5})); },
                                 {"mse_loss: prediction (5, 1) and target (5,) must have the same "
                                  "shape"}));
  EXPECT_TRUE(throws<ShapeError>([&] { mse_loss(a, 0); }, {"(5, 1)", "()"}));
  EXPECT_TRUE(throws<GraphError>([&] { mse_loss(a, Tensor()); }, {"mse_loss: argument 2"}));
  EXPECT_TRUE(equal(a, whole_numbers({5, 1})));
  EXPECT_EQ(a.node().references, 1);
}

// ---- cross_entropy -----------------------------------------------------------------------------

using Targets = std::vector<Index>;

// Some class for each row, not the same for all.
Targets targets(Index n, Index classes) {
  Targets list;
  for (Index i = 0; i < n; ++i) list.push_back((7 * i + 3) % classes);
  return list;
}

Tensor one_hot(const Targets& target, Index classes) {
  std::vector<double> values(target.size() * at(classes));
  for (std::size_t i = 0; i < target.size(); ++i) values[i * at(classes) + at(target[i])] = 1;
  return Tensor::from(values, {static_cast<Index>(target.size()), classes});
}

// By primitives: the mean over rows of -sum onehot ln softmax.
Tensor composed_entropy(const Tensor& logits, const Targets& target) {
  return -mean(sum(one_hot(target, logits.size(1)) * log_softmax(logits, 1), 1));
}

TEST(CrossEntropy, EqualsTheComposition) {
  for (const Index n : lengths) {
    if (n == 0) continue;
    for (const Index classes : {1, 2, 10, 33}) {
      SCOPED_TRACE(to_string(Shape{n, classes}));
      const Tensor x = numbers({n, classes}, -4, 4);
      const Targets target = targets(n, classes);
      const auto ours = [&](const Tensor& t) { return cross_entropy(t, target); };
      const auto theirs = [&](const Tensor& t) { return composed_entropy(t, target); };
      EXPECT_EQ(ours(x).shape(), Shape{});
      EXPECT_TRUE(within(40, ours(x), values(theirs(x))));  // no term is negative
      // p - onehot and shares of 3 / n, which are at most 3.
      EXPECT_TRUE(within(8, gradient(ours, x, 3), values(gradient(theirs, x, 3)),
                         std::vector<double>(at(x.numel()), 3)));
    }
  }
}

TEST(CrossEntropy, NumbersByHand) {
  const double two = std::log(2.0);  // the probabilities are 1/2, 1/4, 1/4 and 1/3 each
  const Tensor x = Tensor::from({two, 0, 0, 5, 5, 5}, {2, 3});
  EXPECT_TRUE(within(4, cross_entropy(x, Targets{2, 0}), {(2 * two + std::log(3.0)) / 2}));
  const auto f = [](const Tensor& t) { return cross_entropy(t, Targets{2, 0}); };
  EXPECT_TRUE(within(4, gradient(f, x, 12), {3, 1.5, -4.5, -4, 2, 2}));  // 12 (p - onehot) / 2
}

// A row in which the target is certain costs nothing and asks for nothing; one class always is.
TEST(CrossEntropy, OfCertaintyIsZero) {
  EXPECT_EQ(cross_entropy(Tensor::from({1000, 0, -1000}, {1, 3}), Targets{0}).item(), 0);
  const Tensor one = whole_numbers({4, 1});
  const auto f = [](const Tensor& t) { return cross_entropy(t, Targets{0, 0, 0, 0}); };
  EXPECT_EQ(f(one).item(), 0);
  EXPECT_FALSE(std::signbit(f(one).item()));
  EXPECT_TRUE(equal(gradient(f, one, 1), zeros({4, 1})));
}

TEST(CrossEntropy, OfWrongCertaintyIsTheDistance) {
  const Tensor x = Tensor::from({1000, 0, -1000}, {1, 3});
  EXPECT_EQ(cross_entropy(x, Targets{2}).item(), 2000);
  const auto f = [](const Tensor& t) { return cross_entropy(t, Targets{2}); };
  EXPECT_TRUE(has_values(gradient(f, x, 1), {1, 0, -1}));
}

TEST(CrossEntropy, OfNoRowsIsNan) {
  EXPECT_TRUE(std::isnan(cross_entropy(zeros({0, 3}), {}).item()));
  const auto f = [](const Tensor& t) { return cross_entropy(t, {}); };
  EXPECT_EQ(gradient(f, zeros({0, 3}), 1).shape(), (Shape{0, 3}));
}

TEST(CrossEntropy, APermutedBatchHasTheSameLoss) {
  const Index batch = 29;
  Targets order, target = targets(batch, 5), permuted;
  for (Index i = 0; i < batch; ++i) order.push_back(i * 12 % batch);
  for (const Index i : order) permuted.push_back(target[at(i)]);
  const Tensor x = numbers({batch, 5}, -2, 2), y = index_select(x, order);
  EXPECT_TRUE(within(40, cross_entropy(y, permuted), {cross_entropy(x, target).item()}));
  EXPECT_FALSE(within(40, cross_entropy(y, target), {cross_entropy(x, target).item()}));
  const auto f = [&](const Tensor& t) { return cross_entropy(t, target); };
  const auto g = [&](const Tensor& t) { return cross_entropy(t, permuted); };
  EXPECT_TRUE(equal(gradient(g, y, 1), index_select(gradient(f, x, 1), order)));
}

// What backward needs is the loss's own: the caller may do as he likes with targets and logits.
TEST(CrossEntropy, KeepsWhatItNeeds) {
  Targets target = targets(6, 4);
  const Tensor start = numbers({6, 4}, -2, 2);
  const Tensor expected =
      gradient([&](const Tensor& t) { return cross_entropy(t, target); }, start, 1);
  Tensor x = leaf(start);
  const Tensor loss = cross_entropy(x, target);
  std::fill(target.begin(), target.end(), -1);
  {
    const NoGradGuard no_grad;
    x.zero_();
  }
  loss.backward({.retain_graph = true});
  EXPECT_TRUE(equal(x.grad(), expected));
  loss.backward();
  EXPECT_TRUE(equal(x.grad(), expected + expected));
}

TEST(CrossEntropy, RefusesATargetThatIsNoClass) {
  const Tensor x = leaf(numbers({3, 4}, -2, 2));
  EXPECT_TRUE(throws<ValueError>(
      [&] {
        cross_entropy(x, Targets{0, 4, 1});
      },
      {"cross_entropy: target 4 of row 1 is none of the 4 classes of "
       "logits (3, 4)"}));
  EXPECT_TRUE(throws<ValueError>(
      [&] {
        cross_entropy(x, Targets{0, 1, -100});
      },
      {"target -100 of row 2"}));
  EXPECT_TRUE(throws<ValueError>(
      [&] {
        cross_entropy(zeros({1, 0}), Targets{0});
      },
      {"target 0 of row 0", "0 classes"}));
  EXPECT_EQ(x.node().references, 1);
}

TEST(CrossEntropy, RefusesShapesThatDoNotMeet) {
  const Targets three = {0, 1, 2};
  const auto with = [&](const Shape& shape) {
    return [&, shape] { cross_entropy(zeros(shape), three); };
  };
  EXPECT_TRUE(throws<ShapeError>(with({4, 3}), {"cross_entropy: logits (4, 3) and 3 targets"}));
  EXPECT_TRUE(throws<ShapeError>(with({3}), {"logits (3,)"}));
  EXPECT_TRUE(throws<ShapeError>(with({3, 3, 3}), {"logits (3, 3, 3)"}));
  EXPECT_TRUE(throws<ShapeError>(with({}), {"logits ()"}));
}

}  // namespace
}  // namespace autograd
