#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// Mean over all elements of (prediction - target)^2, one node, rank 0; NaN for no elements. Both
/// must have the same shape: a forgotten dimension would broadcast to a wrong loss. Throws
/// ShapeError.
Tensor mse_loss(const Tensor& prediction, const Tensor& target);

}  // namespace autograd::inline HANDFLOW_PRECISION
