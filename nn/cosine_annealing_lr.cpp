#include "nn/cosine_annealing_lr.h"

#include <cmath>
#include <numbers>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, Index T_max, double eta_min)
    : optimizer_(&optimizer), T_max_(T_max), eta_min_(eta_min), lr_0_(optimizer.lr()) {
  if (T_max < 1 || !std::isfinite(eta_min) || eta_min < 0) {
    throw autograd::ValueError(
        "CosineAnnealingLR: T_max must be positive and eta_min finite and not negative, got " +
        std::to_string(T_max) + " and " + std::to_string(eta_min));
  }
}

void CosineAnnealingLR::set_last_epoch(Index epoch) {
  if (epoch < 0) {
    throw autograd::ValueError("CosineAnnealingLR: epoch must not be negative, got " +
                               std::to_string(epoch));
  }
  const double half_turns = static_cast<double>(epoch) / static_cast<double>(T_max_);
  const double share = (1 + std::cos(std::numbers::pi * half_turns)) / 2;
  optimizer_->set_lr(eta_min_ + (lr_0_ - eta_min_) * share);
  last_epoch_ = epoch;
}

}  // namespace nn::inline HANDFLOW_PRECISION
