#include "nn/linear.h"

#include <cmath>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

Linear::Linear(Index in, Index out) {
  if (in < 1 || out < 1) {
    throw autograd::ValueError("Linear: in and out must be at least 1, got " + std::to_string(in) +
                               " and " + std::to_string(out));
  }
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  weight = Tensor::empty({out, in}).uniform_(-bound, bound).requires_grad_();
  bias = Tensor::empty({out}).uniform_(-bound, bound).requires_grad_();
}

void Linear::visit_parameters(const Visitor& visit) {
  visit("weight", weight);
  if (bias.defined()) visit("bias", bias);
}

}  // namespace nn::inline HANDFLOW_PRECISION
