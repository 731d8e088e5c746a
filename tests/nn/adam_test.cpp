#include "nn/adam.h"

#include <cmath>
#include <set>
#include <type_traits>

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

// The gradient that step t gives element i: different at each.
double gradient_at(int t, std::size_t i) {
  return std::sin(1.7 * t + static_cast<double>(i)) * std::pow(10.0, static_cast<double>(i) - 2);
}

// The algorithm from its definition, in double, with the powers of beta from pow.
std::vector<double> adam_by_definition(std::vector<double> p, int steps, AdamOptions o) {
  std::vector<double> m(p.size());
  std::vector<double> v(p.size());
  for (int t = 1; t <= steps; ++t) {
    for (std::size_t i = 0; i < p.size(); ++i) {
      const double g = gradient_at(t, i);
      m[i] = o.beta1 * m[i] + (1 - o.beta1) * g;
      v[i] = o.beta2 * v[i] + (1 - o.beta2) * g * g;
      const double m_hat = m[i] / (1 - std::pow(o.beta1, t));
      const double v_hat = v[i] / (1 - std::pow(o.beta2, t));
      p[i] -= o.lr * m_hat / (std::sqrt(v_hat) + o.eps);
    }
  }
  return p;
}

void take_steps(Adam& adam, const Tensor& p, int first, int last) {
  for (int t = first; t <= last; ++t) {
    std::vector<double> g(static_cast<std::size_t>(p.numel()));
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = gradient_at(t, i);
    give_gradient(p, Tensor::from(g, p.shape()));
    adam.step();
  }
}

TEST(Adam, TheFirstStepIsTheRateAgainstTheSign) {
  Tensor p = parameter({1, 1, 1});
  Adam adam({p}, {.lr = 0.25});
  give_gradient(p, Tensor::from({1000, -0.001, 3}, {3}));
  adam.step();
  // lr g / (|g| + eps): the size of the gradient does not matter.
  EXPECT_TRUE(near(p, Tensor::from({0.75, 1.25, 0.75}, {3}), 1e-5));
}

TEST(Adam, FollowsTheDefinition) {
  for (const AdamOptions options :
       {AdamOptions{}, AdamOptions{.lr = 0.05}, AdamOptions{.lr = 0.01, .beta1 = 0, .beta2 = 0.5},
        AdamOptions{.lr = 0.01, .beta1 = 0.5, .beta2 = 0, .eps = 0.1}}) {
    Tensor p = parameter({0.5, -1, 2, 0, 1});
    const std::vector<double> expected = adam_by_definition(values(p), 20, options);
    Adam adam({p}, options);
    take_steps(adam, p, 1, 20);
    EXPECT_TRUE(near(p, Tensor::from(expected, {5}), tensors::in_double ? 1e-13 : 2e-6));
  }
}

// The test above would see each of these: all move a parameter by five times what it allows.
TEST(Adam, TheDefinitionDependsOnEveryOption) {
  const std::vector<double> start{0.5, -1, 2, 0, 1};
  const AdamOptions usual{.lr = 0.05, .eps = 1e-3};
  const auto distance = [&](AdamOptions changed) {
    const auto a = adam_by_definition(start, 20, usual);
    const auto b = adam_by_definition(start, 20, changed);
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
  };
  EXPECT_GT(distance({.lr = 0.0501, .eps = 1e-3}), 1e-5);
  EXPECT_GT(distance({.lr = 0.05, .beta1 = 0.91, .eps = 1e-3}), 1e-5);
  EXPECT_GT(distance({.lr = 0.05, .beta2 = 0.998, .eps = 1e-3}), 1e-5);
  EXPECT_GT(distance({.lr = 0.05, .eps = 1.1e-3}), 1e-5);
}

TEST(Adam, RemembersBothMomentsAndTheStep) {
  Tensor p = parameter({1, 2});
  Adam adam({p}, {.beta1 = 0.75, .beta2 = 0.5});
  EXPECT_EQ(adam.state(0).step, 0);
  EXPECT_FALSE(adam.state(0).exp_avg.defined());
  give_gradient(p, Tensor::from({4, -8}, {2}));
  adam.step();
  EXPECT_EQ(adam.state(0).step, 1);
  EXPECT_EQ(values(adam.state(0).exp_avg), (std::vector<double>{1, -2}));
  EXPECT_EQ(values(adam.state(0).exp_avg_sq), (std::vector<double>{8, 32}));
  give_gradient(p, Tensor::from({1, 2}, {2}));
  adam.step();
  EXPECT_EQ(adam.state(0).step, 2);
  EXPECT_EQ(values(adam.state(0).exp_avg), (std::vector<double>{1, -1}));
  EXPECT_EQ(values(adam.state(0).exp_avg_sq), (std::vector<double>{4.5, 18}));
}

TEST(Adam, KeepsThePowersOfBetaAsRunningProducts) {
  Tensor p = parameter({1});
  Adam adam({p});
  double beta1_power = 1;
  double beta2_power = 1;
  for (int t = 1; t <= 600; ++t) {
    give_gradient(p, Tensor(1));
    adam.step();
    beta1_power *= 0.9;
    beta2_power *= 0.999;
  }
  EXPECT_EQ(adam.state(0).beta1_power, beta1_power);
  EXPECT_EQ(adam.state(0).beta2_power, beta2_power);
  EXPECT_NEAR(beta2_power, std::pow(0.999, 600), 1e-14);
}

// A power that no longer counts beside 1 becomes 0 before it is subnormal.
TEST(Adam, ItsPowersOfBetaEndAtZero) {
  Tensor p = parameter({1});
  Adam adam({p}, {.beta1 = 0.5});
  std::set<int> kinds;
  for (int t = 1; t <= 1100; ++t) {
    give_gradient(p, Tensor(1));
    adam.step();
    kinds.insert(std::fpclassify(adam.state(0).beta1_power));
  }
  EXPECT_EQ(kinds, (std::set<int>{FP_NORMAL, FP_ZERO}));
  EXPECT_EQ(adam.state(0).beta1_power, 0);
}

TEST(Adam, AParameterWithoutAGradientWaits) {
  Tensor used = parameter({1});
  Tensor waiting = parameter({1});
  Adam adam({used, waiting}, {.lr = 0.125});
  for (int t = 0; t < 3; ++t) {
    give_gradient(used, Tensor(2));
    adam.step();
  }
  EXPECT_EQ(adam.state(0).step, 3);
  EXPECT_EQ(adam.state(1).step, 0);
  EXPECT_FALSE(adam.state(1).exp_avg.defined());
  EXPECT_EQ(waiting.item(), 1);

  // Its first step is corrected as a first step, not as a fourth one.
  used.zero_grad();
  const double used_before = used.item();
  give_gradient(waiting, Tensor(2));
  adam.step();
  EXPECT_EQ(adam.state(0).step, 3);
  EXPECT_EQ(adam.state(1).step, 1);
  EXPECT_EQ(used.item(), used_before);
  EXPECT_NEAR(waiting.item(), 0.875, 1e-6);
}

TEST(Adam, ZeroGradSetsGradientsToNone) {
  Tensor p = parameter({1});
  Adam adam({p});
  give_gradient(p, Tensor(2));
  adam.zero_grad();
  EXPECT_FALSE(p.grad().defined());
  adam.step();  // nothing to do
  EXPECT_EQ(p.item(), 1);
  EXPECT_EQ(adam.state(0).step, 0);
}

TEST(Adam, LeavesTheGradientAsItWas) {
  Tensor p = parameter({1, 2});
  Adam adam({p});
  give_gradient(p, Tensor::from({3, 4}, {2}));
  adam.step();
  EXPECT_EQ(values(p.grad()), (std::vector<double>{3, 4}));
}

TEST(Adam, UpdatesTheTensorThatAllHandlesShare) {
  Linear linear(2, 1);
  const Linear copy = linear;
  Adam adam(linear.parameters(), {.lr = 0.5});
  const double before = copy.bias.item();
  sum(linear(autograd::ones({1, 2}))).backward();
  adam.step();
  EXPECT_NEAR(copy.bias.item(), before - 0.5, 1e-6);
}

TEST(Adam, TakesANewRateFromTheNextStepOn) {
  Tensor p = parameter({1});
  Adam adam({p}, {.lr = 0.5});
  EXPECT_EQ(adam.lr(), 0.5);
  adam.set_lr(0.125);
  EXPECT_EQ(adam.lr(), 0.125);
  give_gradient(p, Tensor(2));
  adam.step();
  EXPECT_NEAR(p.item(), 0.875, 1e-6);
}

TEST(Adam, RateZeroMovesNothing) {
  Tensor p = parameter({1});
  Adam adam({p}, {.lr = 0});
  give_gradient(p, Tensor(2));
  adam.step();
  EXPECT_EQ(p.item(), 1);
  EXPECT_EQ(adam.state(0).step, 1);
}

// The derivative of w^2 needs w as it was.
TEST(Adam, AStepBetweenForwardAndBackwardIsSeen) {
  Tensor w = parameter({1});
  Adam adam({w});
  give_gradient(w, Tensor(1));
  const Tensor loss = sum(square(w));
  adam.step();
  EXPECT_TRUE(throws<autograd::GraphError>([&] { loss.backward(); }, {"changed in place"}));
}

TEST(Adam, ContinuesFromASavedStateBitForBit) {
  Tensor straight = parameter({0.5, -1, 2});
  Adam whole({straight}, {.lr = 0.05});
  take_steps(whole, straight, 1, 12);

  Tensor p = parameter({0.5, -1, 2});
  Adam first({p}, {.lr = 0.05});
  take_steps(first, p, 1, 7);
  const Adam::State& state = first.state(0);
  Adam second({p}, {.lr = 0.05});
  second.set_state(0, state.exp_avg, state.exp_avg_sq, state.step);
  EXPECT_EQ(second.state(0).step, 7);
  EXPECT_EQ(second.state(0).beta1_power, state.beta1_power);
  EXPECT_EQ(second.state(0).beta2_power, state.beta2_power);
  take_steps(second, p, 8, 12);
  EXPECT_TRUE(equal(p, straight));
}

TEST(Adam, SetStateCopiesTheMoments) {
  Tensor p = parameter({1});
  Adam adam({p});
  Tensor m = Tensor::from({0.5}, {1});
  Tensor v = Tensor::from({0.25}, {1});
  adam.set_state(0, m, v, 3);
  m.fill_(9);
  v.fill_(9);
  EXPECT_EQ(adam.state(0).exp_avg.item(), 0.5);
  EXPECT_EQ(adam.state(0).exp_avg_sq.item(), 0.25);
}

// Moments that were set count, also before the first step.
TEST(Adam, StartsFromTheMomentsThatWereSet) {
  Tensor p = parameter({1});
  Adam adam({p}, {.beta1 = 0.5, .beta2 = 0.5});
  adam.set_state(0, Tensor::from({4}, {1}), Tensor::from({2}, {1}), 0);
  give_gradient(p, Tensor(2));
  adam.step();
  EXPECT_EQ(adam.state(0).step, 1);
  EXPECT_EQ(adam.state(0).exp_avg.item(), 3);
  EXPECT_EQ(adam.state(0).exp_avg_sq.item(), 3);
}

static_assert(!std::is_copy_constructible_v<Adam> && std::is_move_constructible_v<Adam>);

TEST(Adam, SetStateRefusesOtherShapesAndChangesNothing) {
  Tensor p = parameter({1, 2});
  Adam adam({p});
  const Tensor two = Tensor::from({1, 2}, {2});
  adam.set_state(0, two, two, 3);
  const Tensor column = autograd::zeros({2, 1});
  const auto with = [&](const Tensor& m, const Tensor& v) { adam.set_state(0, m, v, 5); };
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>([&] { with(column, two); }, {"Adam", "(2, 1)", "(2,)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { with(two, column); }, {"Adam", "(2, 1)", "(2,)"}));
  EXPECT_EQ(adam.state(0).step, 3);
  EXPECT_TRUE(equal(adam.state(0).exp_avg, two));
}

TEST(Adam, SetStateRefusesANegativeStep) {
  Tensor p = parameter({1});
  Adam adam({p});
  const Tensor zero = autograd::zeros({1});
  EXPECT_TRUE(throws<autograd::ValueError>([&] { adam.set_state(0, zero, zero, -1); }, {"-1"}));
  EXPECT_EQ(adam.state(0).step, 0);
}

TEST(Adam, NamesAParameterThatItDoesNotHave) {
  Tensor p = parameter({1});
  Adam adam({p});
  const Tensor zero = autograd::zeros({1});
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([&] { adam.state(1); }, {"Adam", "1"}));
  EXPECT_TRUE(throws<ValueError>([&] { adam.state(-1); }, {"Adam", "-1"}));
  EXPECT_TRUE(throws<ValueError>([&] { adam.set_state(2, zero, zero, 1); }, {"Adam", "2"}));
}

TEST(Adam, RefusesBadOptions) {
  Tensor p = parameter({1});
  const auto with = [&](AdamOptions options) { return [&p, options] { Adam({p}, options); }; };
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>(with({.lr = -0.5}), {"rate", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.lr = nan}), {"rate", "nan"}));
  EXPECT_TRUE(throws<ValueError>(with({.lr = INFINITY}), {"rate", "inf"}));
  EXPECT_TRUE(throws<ValueError>(with({.beta1 = 1}), {"Adam", "betas", "1.0"}));
  EXPECT_TRUE(throws<ValueError>(with({.beta1 = -0.5}), {"Adam", "betas", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.beta2 = 1.5}), {"Adam", "betas", "1.5"}));
  EXPECT_TRUE(throws<ValueError>(with({.beta2 = nan}), {"Adam", "betas", "nan"}));
  EXPECT_TRUE(throws<ValueError>(with({.eps = -1}), {"Adam", "eps", "-1"}));
  EXPECT_TRUE(throws<ValueError>(with({.eps = nan}), {"Adam", "eps", "nan"}));
}

TEST(Adam, RefusesAnEmptyListAndWhatIsNoLeaf) {
  Tensor p = parameter({1, 2});
  const Tensor computed = p * 2;
  EXPECT_TRUE(throws<autograd::ValueError>([] { Adam({}); }, {"no parameters"}));
  EXPECT_TRUE(throws<autograd::GraphError>([&] { Adam({p, computed}); }, {"(2,)", "leaves"}));
  EXPECT_TRUE(throws<autograd::GraphError>([&] { Adam({p, Tensor()}); }, {"undefined"}));
}

TEST(Adam, RefusesABadNewRateAndKeepsTheOld) {
  Tensor p = parameter({1});
  Adam adam({p}, {.lr = 0.5});
  EXPECT_TRUE(throws<autograd::ValueError>([&] { adam.set_lr(-1); }, {"-1"}));
  EXPECT_TRUE(throws<autograd::ValueError>([&] { adam.set_lr(nan); }, {"nan"}));
  EXPECT_EQ(adam.lr(), 0.5);
}

TEST(Adam, FindsTheMinimumOfABowl) {
  Tensor p = parameter({5, -3});
  const Tensor minimum = Tensor::from({1, 2}, {2});
  Adam adam({p}, {.lr = 0.1});
  for (int t = 0; t < 500; ++t) {
    adam.zero_grad();
    mse_loss(p, minimum).backward();
    adam.step();
  }
  EXPECT_TRUE(near(p, minimum, 1e-3));
}

}  // namespace
}  // namespace nn
