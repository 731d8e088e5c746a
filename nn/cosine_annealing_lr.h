#pragma once

#include "nn/optimizer.h"

namespace nn::inline HANDFLOW_PRECISION {

/// A learning rate that falls along half a cosine (Loshchilov & Hutter 2017, equation 5, without
/// restarts): with lr_0 the optimiser's rate when this is made, at epoch e
///
///     lr = eta_min + (lr_0 - eta_min) (1 + cos(pi e / T_max)) / 2
///
/// so lr_0 at e = 0, eta_min at T_max, and up again after that, as in PyTorch. Always computed from
/// this formula, in double: a rate that set_lr() put in between is gone with the next step().
class CosineAnnealingLR {
 public:
  /// Keeps a reference: the optimiser must outlive this and stay where it is. Throws
  /// autograd::ValueError unless T_max is positive and eta_min finite and not negative.
  CosineAnnealingLR(Optimizer& optimizer, Index T_max, double eta_min = 0);

  /// The next epoch, which is whatever the caller counts by T_max: call it after optimizer.step().
  void step() { set_last_epoch(last_epoch_ + 1); }

  /// How often step() was called.
  Index last_epoch() const { return last_epoch_; }
  /// Goes on from there, as a run does that was stopped and taken up again: sets the rate. Throws
  /// autograd::ValueError for a negative epoch.
  void set_last_epoch(Index epoch);

 private:
  Optimizer* optimizer_;
  Index T_max_;
  double eta_min_;
  double lr_0_;
  Index last_epoch_ = 0;
};

}  // namespace nn::inline HANDFLOW_PRECISION
