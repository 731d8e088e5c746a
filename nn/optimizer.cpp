#include "nn/optimizer.h"

#include <cmath>
#include <limits>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

Optimizer::Optimizer(std::vector<Tensor> parameters, double lr)
    : parameters_(std::move(parameters)) {
  set_lr(lr);
  if (parameters_.empty()) throw autograd::ValueError("optimizer: no parameters to optimise");
  for (const Tensor& parameter : parameters_) {
    if (!parameter.is_leaf()) {
      throw autograd::GraphError("optimizer: a parameter of shape " + to_string(parameter.shape()) +
                                 " was computed by an operation; only leaves can be optimised");
    }
  }
}

void Optimizer::zero_grad() {
  for (Tensor& parameter : parameters_) parameter.zero_grad();
}

void Optimizer::visit_state(StateVisitor& visit) {
  visit.number("lr", lr_, std::numeric_limits<double>::max());
}

void Optimizer::set_lr(double lr) {
  if (!std::isfinite(lr) || lr < 0) {
    throw autograd::ValueError(
        "optimizer: the learning rate must be finite and not negative, got " + std::to_string(lr));
  }
  lr_ = lr;
}

}  // namespace nn::inline HANDFLOW_PRECISION
