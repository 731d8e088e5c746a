#include "nn/optimizer.h"

#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

Optimizer::Optimizer(std::vector<Tensor> parameters, double lr)
    : parameters_(std::move(parameters)) {
  set_lr(lr);
  if (parameters_.empty()) throw autograd::ValueError("optimizer: no parameters to optimise");
  std::map<const autograd::Node*, std::size_t> places;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Tensor& parameter = parameters_[i];
    if (!parameter.is_leaf()) {
      throw autograd::GraphError("optimizer: a parameter of shape " + to_string(parameter.shape()) +
                                 " was computed by an operation; only leaves can be optimised");
    }
    const auto [first, is_new] = places.emplace(&parameter.node(), i);
    if (!is_new) {
      throw autograd::ValueError("optimizer: parameters " + std::to_string(first->second) +
                                 " and " + std::to_string(i) + ", counted from 0, are the same " +
                                 "tensor of shape " + to_string(parameter.shape()) +
                                 ", which each step would move twice");
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
