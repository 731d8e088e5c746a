#include "nn/sgd.h"

#include "tests/nn/optimizers.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using optimizers::give_gradient;
using optimizers::nan;
using optimizers::parameter;
using tensors::near;
using tensors::throws;
using tensors::values;

// All numbers below are exact in float: a sum of few powers of two.

TEST(SGD, StepsAgainstTheGradient) {
  Tensor p = parameter({1, 2});
  SGD sgd({p}, {.lr = 0.5});
  give_gradient(p, Tensor::from({4, -1}, {2}));
  sgd.step();
  EXPECT_EQ(values(p), (std::vector<double>{-1, 2.5}));
  give_gradient(p, Tensor::from({4, -1}, {2}));
  sgd.step();
  EXPECT_EQ(values(p), (std::vector<double>{-3, 3}));
}

TEST(SGD, MomentumRemembersEarlierGradients) {
  Tensor p = parameter({0});
  SGD sgd({p}, {.lr = 1, .momentum = 0.5});
  give_gradient(p, Tensor(8));
  sgd.step();  // b = 8
  EXPECT_EQ(p.item(), -8);
  give_gradient(p, Tensor(2));
  sgd.step();  // b = 4 + 2
  EXPECT_EQ(p.item(), -14);
  give_gradient(p, Tensor(0));
  sgd.step();  // b = 3
  EXPECT_EQ(p.item(), -17);
}

TEST(SGD, WeightDecayPullsToZero) {
  Tensor p = parameter({8});
  SGD sgd({p}, {.lr = 0.5, .weight_decay = 0.25});
  give_gradient(p, Tensor(0));
  sgd.step();  // d = 0 + 2
  EXPECT_EQ(p.item(), 7);
  give_gradient(p, Tensor(1));
  sgd.step();  // d = 1 + 1.75
  EXPECT_EQ(p.item(), 5.625);
}

TEST(SGD, MomentumCollectsTheDecayToo) {
  Tensor p = parameter({8});
  SGD sgd({p}, {.lr = 1, .momentum = 0.5, .weight_decay = 0.25});
  give_gradient(p, Tensor(2));
  sgd.step();  // d = 2 + 2, b = 4
  EXPECT_EQ(p.item(), 4);
  give_gradient(p, Tensor(2));
  sgd.step();  // d = 2 + 1, b = 2 + 3
  EXPECT_EQ(p.item(), -1);
}

TEST(SGD, LeavesTheGradientAsItWas) {
  Tensor p = parameter({8});
  SGD sgd({p}, {.lr = 1, .momentum = 0.5, .weight_decay = 0.25});
  for (int t = 0; t < 3; ++t) {
    give_gradient(p, Tensor(2));
    sgd.step();
    EXPECT_EQ(p.grad().item(), 2);
  }
}

TEST(SGD, AParameterWithoutAGradientKeepsItsPlaceAndItsMomentum) {
  Tensor used = parameter({0});
  Tensor waiting = parameter({8});
  SGD sgd({used, waiting}, {.lr = 1, .momentum = 0.5, .weight_decay = 0.25});
  give_gradient(used, Tensor(4));
  sgd.step();
  EXPECT_EQ(used.item(), -4);
  EXPECT_EQ(waiting.item(), 8);
  used.zero_grad();
  sgd.step();
  EXPECT_EQ(used.item(), -4);
  give_gradient(used, Tensor(3));
  sgd.step();  // d = 3 - 1, b = 2 + 2
  EXPECT_EQ(used.item(), -8);
}

TEST(SGD, LeavesParametersLeavesThatRequireGradients) {
  Tensor p = parameter({1});
  SGD sgd({p}, {.lr = 0.5, .momentum = 0.5, .weight_decay = 0.5});
  give_gradient(p, Tensor(1));
  sgd.step();
  EXPECT_TRUE(p.is_leaf());
  EXPECT_TRUE(p.requires_grad());
}

TEST(SGD, RefusesBadOptions) {
  Tensor p = parameter({1});
  const auto with = [&](SGDOptions options) { return [&p, options] { SGD({p}, options); }; };
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>(with({.lr = -0.5}), {"rate", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.momentum = -0.5}), {"SGD", "momentum", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.momentum = nan}), {"SGD", "momentum", "nan"}));
  EXPECT_TRUE(throws<ValueError>(with({.weight_decay = -2}), {"SGD", "decay", "-2"}));
  EXPECT_TRUE(throws<ValueError>([] { SGD({}); }, {"no parameters"}));
  EXPECT_TRUE(throws<autograd::GraphError>([&] { SGD({p * 2}); }, {"(1,)", "leaves"}));
}

TEST(SGD, FindsTheMinimumOfABowl) {
  for (const double momentum : {0.0, 0.5}) {
    Tensor p = parameter({5, -3});
    const Tensor minimum = Tensor::from({1, 2}, {2});
    SGD sgd({p}, {.lr = 0.2, .momentum = momentum});
    for (int t = 0; t < 200; ++t) {
      sgd.zero_grad();
      mse_loss(p, minimum).backward();
      sgd.step();
    }
    EXPECT_TRUE(near(p, minimum, 1e-5));
  }
}

}  // namespace
}  // namespace nn
