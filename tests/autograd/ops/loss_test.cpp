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

}  // namespace
}  // namespace autograd
