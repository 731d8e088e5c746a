#pragma once

#include "nn/optimizer.h"

namespace nn::inline HANDFLOW_PRECISION {

struct SGDOptions {
  double lr = 1e-3;
  double momentum = 0;
  double weight_decay = 0;
};

/// Gradient descent with PyTorch's momentum: d = g + weight_decay p; b = momentum b + d (b = d at
/// the first step); p = p - lr b.
class SGD : public Optimizer {
 public:
  /// Throws autograd::ValueError for a negative momentum or weight decay, and as Optimizer.
  explicit SGD(std::vector<Tensor> parameters, SGDOptions options = {});

  void step() override;
  const char* name() const override { return "SGD"; }
  void visit_state(StateVisitor& visit) override;

 private:
  SGDOptions options_;
  std::vector<Tensor> momenta_;  // b; undefined before a parameter's first step
};

}  // namespace nn::inline HANDFLOW_PRECISION
