#pragma once

#include <span>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// Mean over all elements of (prediction - target)^2, one node, rank 0; NaN for no elements. Both
/// must have the same shape: a forgotten dimension would broadcast to a wrong loss. Throws
/// ShapeError.
Tensor mse_loss(const Tensor& prediction, const Tensor& target);

/// Mean over n rows of -ln softmax(row)[target of the row], one node, rank 0; NaN for no rows. What
/// a classifier minimises: logits (n, classes) are any numbers, one row for each example, and
/// target holds its right class, 0..classes-1. (torch.nn.functional.cross_entropy, which also skips
/// rows whose target is -100; here that is an error.) Throws ShapeError unless there is one target
/// for each row, and ValueError, naming value and row, for one that is no class.
Tensor cross_entropy(const Tensor& logits, std::span<const Index> target);

}  // namespace autograd::inline HANDFLOW_PRECISION
