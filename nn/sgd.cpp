#include "nn/sgd.h"

#include <string>

namespace nn::inline HANDFLOW_PRECISION {

SGD::SGD(std::vector<Tensor> parameters, SGDOptions options)
    : Optimizer(std::move(parameters), options.lr),
      options_(options),
      momenta_(parameters_.size()) {
  if (!(options.momentum >= 0) || !(options.weight_decay >= 0)) {
    throw autograd::ValueError("SGD: momentum and weight decay must not be negative, got " +
                               std::to_string(options.momentum) + " and " +
                               std::to_string(options.weight_decay));
  }
}

void SGD::step() {
  const autograd::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& p = parameters_[i];
    Tensor d = p.grad();
    if (!d.defined()) continue;
    if (options_.weight_decay != 0) d = d + options_.weight_decay * p;
    if (options_.momentum != 0) {
      Tensor& b = momenta_[i];
      if (b.defined()) {
        b.mul_(options_.momentum).add_(d);
      } else {
        b = d.clone();
      }
      d = b;
    }
    p.add_(-lr() * d);
  }
}

void SGD::visit_state(StateVisitor& visit) {
  Optimizer::visit_state(visit);
  if (options_.momentum == 0) return;
  for (std::size_t i = 0; i < momenta_.size(); ++i) {
    visit.tensor(std::to_string(i) + ".momentum_buffer", momenta_[i], parameters_[i].shape());
  }
}

}  // namespace nn::inline HANDFLOW_PRECISION
