#pragma once

#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

/// Is shown what an optimiser remembers from step to step, each thing by its name, to read it or to
/// put something else in its place. For checkpoints.
class StateVisitor {
 public:
  /// A number from 0 to `most`.
  virtual void number(const std::string& name, double& number, double most) = 0;
  /// A count of steps, from 0.
  virtual void count(const std::string& name, Index& count) = 0;
  /// A tensor of this shape; undefined stands for zeros.
  virtual void tensor(const std::string& name, Tensor& tensor, const autograd::Shape& shape) = 0;

 protected:
  ~StateVisitor() = default;
};

/// What optimisers share: the parameters and the learning rate. They can be moved, not copied: a
/// copy would step the same parameters with the same moments and a count of its own.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Forgets all gradients (PyTorch's set_to_none): the next backward() writes instead of adding.
  void zero_grad();

  /// Updates each parameter that has a gradient.
  virtual void step() = 0;

  /// "Adam": what a checkpoint calls it, and compares.
  virtual const char* name() const = 0;

  /// Shows all that step() and set_lr() change, always in the same order. The options of the
  /// constructor are not among it, but the rate is.
  virtual void visit_state(StateVisitor& visit);

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
