#pragma once

#include "nn/optimizer.h"

namespace nn::inline HANDFLOW_PRECISION {

struct AdamOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
};

/// Adam (Kingma & Ba 2015, algorithm 1), with PyTorch's details: both moments corrected for their
/// start at zero, eps added to the corrected root.
///
///     m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
///     p = p - lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)
///
/// One detail of our own: where eps > 0, |m| below 1e-30 and v below 1.2e-38 become 0, far under
/// what eps lets through. PyTorch lets them shrink into the subnormal numbers, on which arithmetic
/// is slow.
class Adam : public Optimizer {
 public:
  /// Throws autograd::ValueError for betas outside of [0, 1) or a negative eps, and as Optimizer.
  explicit Adam(std::vector<Tensor> parameters, AdamOptions options = {});

  void step() override;
  const char* name() const override { return "Adam"; }
  void visit_state(StateVisitor& visit) override;

  /// What Adam remembers of one parameter. Before its first gradient that is step 0, and
  /// moments that are undefined, or 0 after a checkpoint.
  struct State {
    Tensor exp_avg;     ///< m
    Tensor exp_avg_sq;  ///< v
    Index step = 0;     ///< t
    double beta1_power = 1;
    double beta2_power = 1;
  };
  /// Of the parameter at this place in the list; throws autograd::ValueError if there is none.
  const State& state(Index parameter) const;
  /// Throws autograd::ShapeError unless both moments have the parameter's shape, and
  /// autograd::ValueError for a negative step or a parameter that is not there.
  void set_state(Index parameter, const Tensor& exp_avg, const Tensor& exp_avg_sq, Index step);

 private:
  static void advance(double& power, double beta);
  std::size_t place(Index parameter) const;

  AdamOptions options_;
  std::vector<State> states_;
};

}  // namespace nn::inline HANDFLOW_PRECISION
