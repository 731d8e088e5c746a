#pragma once

#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

/// What optimisers share: the parameters and the learning rate. They can be moved, not copied: a
/// copy would step the same parameters with the same moments and a count of its own.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Forgets all gradients (PyTorch's set_to_none): the next backward() writes instead of adding.
  void zero_grad();

  /// Updates each parameter that has a gradient.
  virtual void step() = 0;

  double lr() const { return lr_; }
  /// Throws autograd::ValueError unless lr is finite and not negative.
  void set_lr(double lr);

 protected:
  /// Throws autograd::ValueError for an empty list, a tensor that stands in it twice (PyTorch
  /// warns) or a bad rate, autograd::GraphError for a tensor that is not a leaf.
  Optimizer(std::vector<Tensor> parameters, double lr);
  Optimizer(Optimizer&&) noexcept = default;
  Optimizer& operator=(Optimizer&&) noexcept = default;

  std::vector<Tensor> parameters_;

 private:
  double lr_ = 0;
};

}  // namespace nn::inline HANDFLOW_PRECISION
