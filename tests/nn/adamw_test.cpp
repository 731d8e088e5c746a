#include "nn/adamw.h"

#include "nn/nn.h"
#include "tests/nn/optimizers.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using optimizers::give_gradient;
using optimizers::nan;
using optimizers::parameter;
using tensors::equal;
using tensors::near;
using tensors::throws;
using tensors::values;

// Without a gradient's push, each step takes lr weight_decay of what is there, whatever its size.
TEST(AdamW, AloneTheDecayShrinks) {
  Tensor p = parameter({8, -1024, 0});
  AdamW adamw({p}, {.lr = 0.5, .weight_decay = 0.5});
  give_gradient(p, autograd::zeros({3}));
  adamw.step();
  EXPECT_EQ(values(p), (std::vector<double>{6, -768, 0}));
  give_gradient(p, autograd::zeros({3}));
  adamw.step();
  EXPECT_EQ(values(p), (std::vector<double>{4.5, -576, 0}));
}

// The gradient does not know of the decay: the moments are those of Adam, and so is the move.
TEST(AdamW, IsAdamAfterAShrink) {
  Tensor p = parameter({2, -3});
  Tensor q = parameter({2, -3});
  AdamW adamw({p}, {.lr = 0.125, .weight_decay = 0.5});
  Adam adam({q}, {.lr = 0.125});
  for (int t = 0; t < 5; ++t) {
    const Tensor gradient = Tensor::from({1.0 + t, 0.25 * t - 1}, {2});
    {
      const autograd::NoGradGuard no_grad;
      q.mul_(1 - 0.0625);
    }
    give_gradient(p, gradient);
    give_gradient(q, gradient);
    adamw.step();
    adam.step();
    EXPECT_TRUE(equal(p, q)) << "step " << t;
  }
  EXPECT_TRUE(equal(adamw.state(0).exp_avg, adam.state(0).exp_avg));
  EXPECT_TRUE(equal(adamw.state(0).exp_avg_sq, adam.state(0).exp_avg_sq));
  EXPECT_EQ(adamw.state(0).step, 5);
}

TEST(AdamW, WithoutDecayIsAdam) {
  Tensor p = parameter({2, -3});
  Tensor q = parameter({2, -3});
  AdamW adamw({p}, {.lr = 0.1, .weight_decay = 0});
  Adam adam({q}, {.lr = 0.1});
  for (int t = 0; t < 5; ++t) {
    give_gradient(p, Tensor::from({1, 2}, {2}));
    give_gradient(q, Tensor::from({1, 2}, {2}));
    adamw.step();
    adam.step();
  }
  EXPECT_TRUE(equal(p, q));
}

TEST(AdamW, DecaysByOneHundredthIfNotToldOtherwise) {
  Tensor p = parameter({1000});
  AdamW adamw({p});
  give_gradient(p, Tensor(0));
  adamw.step();
  EXPECT_TRUE(near(p, Tensor::from({1000 * (1 - 1e-3 * 1e-2)}, {1}), 1000 * tensors::rounding));
  EXPECT_LT(p.item(), 1000);
}

TEST(AdamW, AParameterWithoutAGradientStaysWhereItIs) {
  Tensor used = parameter({1});
  Tensor waiting = parameter({1});
  AdamW adamw({used, waiting}, {.lr = 0.5, .weight_decay = 0.5});
  give_gradient(used, Tensor(0));
  adamw.step();
  EXPECT_EQ(used.item(), 0.75);
  EXPECT_EQ(waiting.item(), 1);
  EXPECT_EQ(adamw.state(1).step, 0);
}

// The decay follows a new rate.
TEST(AdamW, DecaysByTheRateInForce) {
  Tensor p = parameter({8});
  AdamW adamw({p}, {.lr = 0.5, .weight_decay = 0.5});
  adamw.set_lr(0.25);
  give_gradient(p, Tensor(0));
  adamw.step();
  EXPECT_EQ(p.item(), 7);
}

TEST(AdamW, AStepBetweenForwardAndBackwardIsSeen) {
  Tensor w = parameter({1});
  AdamW adamw({w});
  give_gradient(w, Tensor(1));
  const Tensor loss = sum(square(w));
  adamw.step();
  EXPECT_TRUE(throws<autograd::GraphError>([&] { loss.backward(); }, {"changed in place"}));
}

TEST(AdamW, RefusesBadOptions) {
  Tensor p = parameter({1});
  const auto with = [&](AdamWOptions options) { return [&p, options] { AdamW({p}, options); }; };
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>(with({.weight_decay = -0.5}), {"AdamW", "decay", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.weight_decay = nan}), {"AdamW", "decay", "nan"}));
  EXPECT_TRUE(throws<ValueError>(with({.weight_decay = INFINITY}), {"AdamW", "decay", "inf"}));
  EXPECT_TRUE(throws<ValueError>(with({.lr = -1}), {"rate", "-1"}));
  EXPECT_TRUE(throws<ValueError>(with({.beta1 = 2}), {"betas", "2.0"}));
  EXPECT_TRUE(throws<ValueError>(with({.eps = -1}), {"eps", "-1"}));
}

}  // namespace
}  // namespace nn
