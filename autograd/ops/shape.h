#pragma once

#include <initializer_list>
#include <span>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Operations that move elements and compute nothing. Dimensions may be negative: -1 is the last.

/// The tensors side by side along `dim`; all other sizes must be equal. Throws ShapeError (also for
/// rank 0, which has no dimension to join along) and ValueError for an empty list or more than 64.
Tensor cat(std::initializer_list<Tensor> tensors, Index dim);
Tensor cat(std::span<const Tensor> tensors, Index dim);

/// The same elements in the same order, in another shape of as many elements; shares memory. One
/// size may be -1: whatever is left. Throws ShapeError if the elements do not fill the sizes.
Tensor reshape(Tensor x, std::initializer_list<Index> sizes);

/// Dimensions a and b exchanged. A copy: all tensors here are contiguous.
Tensor transpose(const Tensor& x, Index a = 0, Index b = 1);

/// Elements start..end-1 along `dim`. Throws ValueError unless 0 <= start <= end <= size.
Tensor slice(const Tensor& x, Index dim, Index start, Index end);

/// Rows (entries of dimension 0) in the order of `indices`, which may repeat: (n, ...) to
/// (indices.size(), ...). Throws ValueError for an index outside of 0..n-1.
Tensor index_select(const Tensor& x, std::span<const Index> indices);

/// x repeated to `shape` by the rules of broadcasting. Throws ShapeError.
Tensor expand(const Tensor& x, const Shape& shape);

// Broadcasting and its adjoint on plain arrays; `from` must broadcast to `to`, and `to` to `from`.

/// y = x repeated from shape `from` to shape `to`.
void expand_to(const Shape& to, const real* x, const Shape& from, real* y);
/// y (+)= x of shape `from`, summed over all that broadcasting from `to` to `from` would repeat.
void sum_to(const Shape& to, const real* x, const Shape& from, real* y, bool add);

}  // namespace autograd::inline HANDFLOW_PRECISION
