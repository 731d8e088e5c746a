#include "nn/cosine_annealing_lr.h"

#include <cmath>

#include "nn/nn.h"
#include "tests/nn/optimizers.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using optimizers::nan;
using tensors::throws;

SGD optimizer_with(double lr) { return SGD({autograd::zeros({1}).requires_grad_()}, {.lr = lr}); }

TEST(CosineAnnealingLR, FallsFromTheOptimisersRateToTheLeast) {
  SGD sgd = optimizer_with(0.5);
  CosineAnnealingLR schedule(sgd, 4, 0.1);
  EXPECT_EQ(sgd.lr(), 0.5);
  EXPECT_EQ(schedule.last_epoch(), 0);
  const double root = std::sqrt(0.5);
  const double expected[] = {0.1 + 0.2 * (1 + root), 0.3, 0.1 + 0.2 * (1 - root), 0.1};
  for (Index epoch = 1; epoch <= 4; ++epoch) {
    schedule.step();
    EXPECT_EQ(schedule.last_epoch(), epoch);
    EXPECT_NEAR(sgd.lr(), expected[epoch - 1], 1e-16) << epoch;
  }
  EXPECT_EQ(sgd.lr(), 0.1);  // at T_max exactly
}

TEST(CosineAnnealingLR, EndsAtZeroIfNotToldOtherwise) {
  SGD sgd = optimizer_with(0.5);
  CosineAnnealingLR schedule(sgd, 7);
  for (int epoch = 0; epoch < 7; ++epoch) schedule.step();
  EXPECT_EQ(sgd.lr(), 0);
}

TEST(CosineAnnealingLR, ComesBackUpAfterThat) {
  SGD sgd = optimizer_with(0.5);
  CosineAnnealingLR schedule(sgd, 10);
  std::vector<double> rates{sgd.lr()};
  for (int epoch = 0; epoch < 40; ++epoch) {
    schedule.step();
    rates.push_back(sgd.lr());
  }
  for (std::size_t i = 0; i <= 20; ++i) {
    EXPECT_NEAR(rates[20 - i], rates[i], 1e-15);
    EXPECT_NEAR(rates[20 + i], rates[i], 1e-15);
  }
  for (std::size_t i = 1; i <= 10; ++i) EXPECT_LT(rates[i], rates[i - 1]);
}

// A least rate above the optimiser's: a warm-up.
TEST(CosineAnnealingLR, MayRise) {
  SGD sgd = optimizer_with(0);
  CosineAnnealingLR schedule(sgd, 2, 0.5);
  schedule.step();
  EXPECT_NEAR(sgd.lr(), 0.25, 1e-16);
  schedule.step();
  EXPECT_EQ(sgd.lr(), 0.5);
}

TEST(CosineAnnealingLR, TheOptimizerStepsByTheNewRate) {
  Tensor p = autograd::zeros({1}).requires_grad_();
  SGD sgd({p}, {.lr = 1});
  CosineAnnealingLR schedule(sgd, 2);
  for (const double expected : {-1.0, -1.5, -1.5}) {  // rates 1, 1/2, 0
    sgd.zero_grad();
    sum(p).backward();
    sgd.step();
    schedule.step();
    EXPECT_NEAR(p.item(), expected, tensors::rounding);
  }
}

TEST(CosineAnnealingLR, GoesOnFromAnyEpoch) {
  SGD sgd = optimizer_with(0.5), other = optimizer_with(0.5);
  CosineAnnealingLR straight(sgd, 9, 0.01), resumed(other, 9, 0.01);
  for (int epoch = 0; epoch < 5; ++epoch) straight.step();
  resumed.set_last_epoch(5);
  EXPECT_EQ(resumed.last_epoch(), 5);
  EXPECT_EQ(other.lr(), sgd.lr());
  straight.step();
  resumed.step();
  EXPECT_EQ(other.lr(), sgd.lr());
}

TEST(CosineAnnealingLR, ForgetsARateThatWasSetInBetween) {
  SGD sgd = optimizer_with(0.5);
  CosineAnnealingLR schedule(sgd, 2);
  sgd.set_lr(100);
  schedule.step();
  EXPECT_NEAR(sgd.lr(), 0.25, 1e-16);
}

TEST(CosineAnnealingLR, RefusesBadNumbersAndChangesNothing) {
  SGD sgd = optimizer_with(0.5);
  const auto with = [&](Index T_max, double eta_min) {
    return [&sgd, T_max, eta_min] { CosineAnnealingLR(sgd, T_max, eta_min); };
  };
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>(with(0, 0), {"CosineAnnealingLR", "T_max", "0 and"}));
  EXPECT_TRUE(throws<ValueError>(with(-3, 0), {"T_max", "-3"}));
  EXPECT_TRUE(throws<ValueError>(with(3, -0.5), {"eta_min", "-0.5"}));
  EXPECT_TRUE(throws<ValueError>(with(3, nan), {"eta_min", "nan"}));
  EXPECT_TRUE(throws<ValueError>(with(3, INFINITY), {"eta_min", "inf"}));
  CosineAnnealingLR schedule(sgd, 2);
  EXPECT_TRUE(throws<ValueError>([&] { schedule.set_last_epoch(-1); }, {"epoch", "-1"}));
  EXPECT_EQ(schedule.last_epoch(), 0);
  EXPECT_EQ(sgd.lr(), 0.5);
}

}  // namespace
}  // namespace nn
