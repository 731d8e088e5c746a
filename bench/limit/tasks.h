#pragma once

#include <cmath>
#include <memory>

#include "autograd/autograd.h"
#include "bench/limit/loops.h"
#include "bench/workloads.h"
#include "nn/nn.h"

/// What the limit's tasks share.

namespace bench::fused {

/// Puts the generator where the library's stands.
inline void start(Generator& generator) {
  const autograd::RngState state = autograd::rng_state();
  loops().start(generator, state.twister.data(), static_cast<int>(state.used));
}

/// Adam's steps, t = 1, 2, ... The powers of beta are running products, which end at 0, as in
/// nn/adam.cpp.
class AdamSteps {
 public:
  explicit AdamSteps(double lr) : lr_(lr) {}

  Adam next() {
    beta1_power_ = beta1_power_ < 1e-30 ? 0 : beta1_power_ * options_.beta1;
    beta2_power_ = beta2_power_ < 1e-30 ? 0 : beta2_power_ * options_.beta2;
    const double c = std::sqrt(1 - beta2_power_);
    return {.beta1 = static_cast<float>(options_.beta1),
            .one_minus_beta1 = static_cast<float>(1 - options_.beta1),
            .beta2 = static_cast<float>(options_.beta2),
            .one_minus_beta2 = static_cast<float>(1 - options_.beta2),
            .step_size = static_cast<float>(lr_ * c / (1 - beta1_power_)),
            .eps_c = static_cast<float>(options_.eps * c)};
  }

 private:
  nn::AdamOptions options_;
  double lr_;
  double beta1_power_ = 1, beta2_power_ = 1;
};

/// C: with the matrix products of OpenBLAS, where it was found.
std::unique_ptr<Task> large_training(const Training& setup, unsigned seed);

}  // namespace bench::fused
