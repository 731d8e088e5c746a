#pragma once

#include "nn/adam.h"

namespace nn::inline HANDFLOW_PRECISION {

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double eps = 1e-8;
  double weight_decay = 1e-2;
};

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), in PyTorch's order:
///
///     p = p - lr weight_decay p            then Adam's step with the gradient as it is
///
/// Added to the gradient instead, as SGD does it, the decay would be divided by Adam's root, too:
/// weights with large gradients would hardly shrink. A parameter without a gradient does not.
class AdamW : public Adam {
 public:
  /// Throws autograd::ValueError for a weight decay that is negative or not finite, and as Adam.
  explicit AdamW(std::vector<Tensor> parameters, AdamWOptions options = {});

  void step() override;
  const char* name() const override { return "AdamW"; }

 private:
  double weight_decay_;
};

}  // namespace nn::inline HANDFLOW_PRECISION
