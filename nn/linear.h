#pragma once

#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

/// y = x W^T + b for x (..., in): y (..., out).
///
/// Weight (out, in) first, then bias (out,), are drawn from U(-1/sqrt(in), 1/sqrt(in)) of the
/// default stream, so that the first weights are PyTorch's, bit for bit.
struct Linear : Module {
  /// Throws autograd::ValueError unless in and out are positive.
  Linear(Index in, Index out);

  Tensor operator()(const Tensor& x) const { return autograd::linear(x, weight, bias); }
  void visit_parameters(const Visitor& visit) override;

  Tensor weight;
  Tensor bias;  ///< may be set to undefined: then there is none
};

}  // namespace nn::inline HANDFLOW_PRECISION
