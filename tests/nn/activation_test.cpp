#include "nn/activation.h"

#include <cmath>
#include <limits>

#include "tests/tensors.h"

namespace nn {
namespace {

using tensors::equal;
using tensors::near;
using tensors::values;

const double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Activation, HasNoParameters) {
  ReLU relu;
  SiLU silu;
  Tanh tanh;
  EXPECT_TRUE(relu.parameters().empty());
  EXPECT_TRUE(silu.parameters().empty());
  EXPECT_TRUE(tanh.parameters().empty());
}

TEST(Activation, ReluKeepsWhatIsPositive) {
  const Tensor y = ReLU()(Tensor::from({-2, -0.5, 0, 0.5, 2}, {5}));
  EXPECT_EQ(values(y), (std::vector<double>{0, 0, 0, 0.5, 2}));
}

TEST(Activation, ReluLetsNanThrough) { EXPECT_TRUE(std::isnan(ReLU()(Tensor(nan)).item())); }

TEST(Activation, ReluIsFlatAtZero) {
  Tensor x = Tensor::from({-1, 0, 1}, {3}).requires_grad_();
  ReLU()(x).backward(Tensor::from({5, 5, 5}, {3}));
  EXPECT_EQ(values(x.grad()), (std::vector<double>{0, 0, 5}));
}

TEST(Activation, SiluIsXTimesSigmoidOfX) {
  const Tensor x = Tensor::from({-3, -1, 0, 1, 3}, {5});
  const Tensor expected = Tensor::from({-3 / (1 + std::exp(3.0)), -1 / (1 + std::exp(1.0)), 0,
                                        1 / (1 + std::exp(-1.0)), 3 / (1 + std::exp(-3.0))},
                                       {5});
  EXPECT_TRUE(near(SiLU()(x), expected, tensors::rounding));
}

TEST(Activation, SiluStaysFiniteFarOut) {
  const Tensor y = SiLU()(Tensor::from({-1000, 1000}, {2}));
  EXPECT_TRUE(near(y, Tensor::from({0, 1000}, {2}), tensors::rounding));
}

TEST(Activation, TanhIsTanh) {
  const Tensor x = Tensor::from({-20, -1, 0, 0.25, 20}, {5});
  const Tensor expected = Tensor::from({-1, std::tanh(-1.0), 0, std::tanh(0.25), 1}, {5});
  EXPECT_TRUE(near(Tanh()(x), expected, tensors::rounding));
}

// An elementwise operation may write into its input's memory, but only when nobody else holds it.
template <class Layer>
void expect_input_kept(const Layer& layer) {
  const Tensor x = Tensor::from({-1, 2}, {2});
  const Tensor y = layer(x);
  EXPECT_EQ(values(x), (std::vector<double>{-1, 2}));
  EXPECT_FALSE(equal(y, x));
}

TEST(Activation, LeavesAnInputThatTheCallerHoldsAsItWas) {
  expect_input_kept(ReLU());
  expect_input_kept(SiLU());
  expect_input_kept(Tanh());
}

TEST(Activation, ZeroRows) {
  const Tensor empty = autograd::zeros({0, 3});
  EXPECT_EQ(ReLU()(empty).shape(), empty.shape());
  EXPECT_EQ(SiLU()(empty).shape(), empty.shape());
  EXPECT_EQ(Tanh()(empty).shape(), empty.shape());
}

#ifdef HANDFLOW_DOUBLE
template <class Layer>
void expect_right_gradient(const Layer& layer) {
  Tensor x = Tensor::from({-2.5, -1.1, -0.3, 0.2, 0.9, 3.1}, {2, 3}).requires_grad_();
  EXPECT_TRUE(autograd::gradcheck([&](const auto& inputs) { return layer(inputs[0]); }, {x}));
}

TEST(Activation, Gradcheck) {
  expect_right_gradient(ReLU());
  expect_right_gradient(SiLU());
  expect_right_gradient(Tanh());
}
#endif

}  // namespace
}  // namespace nn
