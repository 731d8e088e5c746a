#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Reductions: over all elements, to rank 0, or over one dimension, which then disappears, or stays
// with size 1 if keepdim is set. Negative dimensions count from the end.

/// Zero for no elements.
Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, Index dim, bool keepdim = false);

/// NaN for no elements.
Tensor mean(const Tensor& x);
Tensor mean(const Tensor& x, Index dim, bool keepdim = false);

/// The largest element; NaN if there is one. Its gradient goes to the first of equal elements, and
/// in the form without a dimension to all of them in equal parts, as in PyTorch. Throws ShapeError
/// for no elements.
Tensor max(const Tensor& x);
Tensor max(const Tensor& x, Index dim, bool keepdim = false);

/// The position of the first largest element along `dim`, as numbers; not differentiable. Throws
/// ShapeError for no elements.
Tensor argmax(const Tensor& x, Index dim, bool keepdim = false);

}  // namespace autograd::inline HANDFLOW_PRECISION
