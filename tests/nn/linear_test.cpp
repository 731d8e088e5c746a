#include "nn/linear.h"

#include <cmath>

#include "tests/tensors.h"

namespace nn {
namespace {

using tensors::equal;
using tensors::near;
using tensors::values;

// y = (x0 + 2 x1 + 10, 3 x0 + 4 x1 + 20, 5 x0 + 6 x1 + 30)
Linear hand_made() {
  Linear linear(2, 3);
  linear.weight = Tensor::from({1, 2, 3, 4, 5, 6}, {3, 2}).requires_grad_();
  linear.bias = Tensor::from({10, 20, 30}, {3}).requires_grad_();
  return linear;
}

TEST(Linear, ComputesXTimesWeightTransposedPlusBias) {
  const Linear linear = hand_made();
  const Tensor y = linear(Tensor::from({1, 1, 1, -1}, {2, 2}));
  EXPECT_EQ(y.shape(), (autograd::Shape{2, 3}));
  EXPECT_EQ(values(y), (std::vector<double>{13, 27, 41, 9, 19, 29}));
}

TEST(Linear, WorksOnTheLastDimensionOfAnyRank) {
  const Linear linear = hand_made();
  EXPECT_TRUE(equal(linear(Tensor::from({1, 1}, {2})), Tensor::from({13, 27, 41}, {3})));
  const Tensor y = linear(Tensor::from({1, 1, 1, -1}, {2, 1, 2}));
  EXPECT_TRUE(equal(y, Tensor::from({13, 27, 41, 9, 19, 29}, {2, 1, 3})));
}

TEST(Linear, GradientsByHand) {
  Linear linear = hand_made();
  Tensor x = Tensor::from({1, 2, 3, 4}, {2, 2}).requires_grad_();
  linear(x).backward(Tensor::from({1, 0, 0, 0, 1, 2}, {2, 3}));
  // Row 0 sends 1 to output 0; row 1 sends 1 to output 1 and 2 to output 2.
  EXPECT_EQ(values(linear.weight.grad()), (std::vector<double>{1, 2, 3, 4, 6, 8}));
  EXPECT_EQ(values(linear.bias.grad()), (std::vector<double>{1, 1, 2}));
  EXPECT_EQ(values(x.grad()), (std::vector<double>{1, 2, 13, 16}));
}

TEST(Linear, ZeroRowsGiveZeroRowsAndZeroGradients) {
  const Linear linear = hand_made();
  const Tensor y = linear(autograd::zeros({0, 2}));
  EXPECT_EQ(y.shape(), (autograd::Shape{0, 3}));
  sum(y).backward();
  EXPECT_TRUE(equal(linear.weight.grad(), autograd::zeros({3, 2})));
  EXPECT_TRUE(equal(linear.bias.grad(), autograd::zeros({3})));
}

TEST(Linear, DrawsTheWeightThenTheBias) {
  autograd::manual_seed(5);
  const Linear linear(3, 4);
  const double bound = 1 / std::sqrt(3.0);
  autograd::manual_seed(5);
  const Tensor weight = Tensor::empty({4, 3}).uniform_(-bound, bound);
  const Tensor bias = Tensor::empty({4}).uniform_(-bound, bound);
  EXPECT_TRUE(equal(linear.weight, weight));
  EXPECT_TRUE(equal(linear.bias, bias));
}

TEST(Linear, StartsWithinOneOverRootIn) {
  autograd::manual_seed(0);
  const Linear linear(16, 256);
  double smallest = 0;
  double largest = 0;
  for (const double w : values(linear.weight)) {
    smallest = std::min(smallest, w);
    largest = std::max(largest, w);
  }
  EXPECT_GE(smallest, -0.25);
  EXPECT_LE(largest, 0.25);
  EXPECT_LT(smallest, -0.249);  // the whole range is used
  EXPECT_GT(largest, 0.249);
  EXPECT_NEAR(mean(linear.weight).item(), 0, 0.01);  // 4 standard errors
}

TEST(Linear, HasTwoLeavesThatRequireGradients) {
  Linear linear(3, 4);
  for (const Tensor& parameter : linear.parameters()) {
    EXPECT_TRUE(parameter.requires_grad());
    EXPECT_TRUE(parameter.is_leaf());
  }
  EXPECT_EQ(linear.weight.shape(), (autograd::Shape{4, 3}));
  EXPECT_EQ(linear.bias.shape(), (autograd::Shape{4}));
}

TEST(Linear, WithoutABiasHasOneParameter) {
  Linear layer(3, 2);
  layer.bias = {};
  ASSERT_EQ(layer.parameters().size(), 1U);
  EXPECT_EQ(layer.named_parameters()[0].first, "weight");
  EXPECT_EQ(clone(layer).parameters().size(), 1U);
  EXPECT_TRUE(equal(layer(autograd::zeros({4, 3})), autograd::zeros({4, 2})));
}

TEST(Linear, RefusesEmptySizesAndDrawsNothing) {
  autograd::manual_seed(1);
  const Tensor expected = autograd::rand({4});
  autograd::manual_seed(1);
  using autograd::ValueError;
  EXPECT_TRUE(tensors::throws<ValueError>([] { Linear(0, 3); }, {"Linear", "0 and 3"}));
  EXPECT_TRUE(tensors::throws<ValueError>([] { Linear(3, -1); }, {"Linear", "3 and -1"}));
  EXPECT_TRUE(equal(autograd::rand({4}), expected));
}

TEST(Linear, NamesTheShapesThatDoNotMeet) {
  const Linear linear(3, 64);
  EXPECT_TRUE(tensors::throws<autograd::ShapeError>(
      [&] {
        linear(autograd::zeros({200, 4}));
      },
      {"linear: input (200, 4) and weight (64, 3): the last dimension of input must be 3"}));
}

#ifdef HANDFLOW_DOUBLE
TEST(Linear, Gradcheck) {
  autograd::manual_seed(2);
  Linear linear(3, 4);
  Tensor x = autograd::randn({5, 3}).requires_grad_();
  const auto f = [&](const std::vector<Tensor>& inputs) { return linear(inputs[0]); };
  EXPECT_TRUE(autograd::gradcheck(f, {x, linear.weight, linear.bias}));
}

TEST(Linear, GradcheckSeesAMissingBiasGradient) {
  autograd::manual_seed(2);
  const Linear linear(3, 4);
  const Tensor x = autograd::randn({5, 3});
  const auto f = [&](const std::vector<Tensor>&) {
    return autograd::linear(x, linear.weight, linear.bias.detach());
  };
  EXPECT_THROW(autograd::gradcheck(f, {linear.weight, linear.bias}), autograd::GradcheckError);
}
#endif

}  // namespace
}  // namespace nn
