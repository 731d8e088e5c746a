#include "nn/adamw.h"

#include <cmath>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

AdamW::AdamW(std::vector<Tensor> parameters, AdamWOptions options)
    : Adam(std::move(parameters),
           {.lr = options.lr, .beta1 = options.beta1, .beta2 = options.beta2, .eps = options.eps}),
      weight_decay_(options.weight_decay) {
  if (!std::isfinite(weight_decay_) || weight_decay_ < 0) {
    throw autograd::ValueError("AdamW: weight decay must be finite and not negative, got " +
                               std::to_string(weight_decay_));
  }
}

void AdamW::step() {
  const autograd::NoGradGuard no_grad;
  for (Tensor& p : parameters_) {
    if (p.grad().defined()) p.mul_(1 - lr() * weight_decay_);
  }
  Adam::step();
}

}  // namespace nn::inline HANDFLOW_PRECISION
