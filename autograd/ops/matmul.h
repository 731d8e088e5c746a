#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// C = A B for A (m, k) and B (k, n). Throws ShapeError for other ranks or sizes that do not meet.
Tensor matmul(const Tensor& a, const Tensor& b);

/// y = x W^T + b, one node, as torch.nn.functional.linear: x (..., in), weight (out, in), bias
/// (out,) or undefined for none; y (..., out). Throws ShapeError.
Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

/// relu(linear(x, weight, bias)), bit for bit, in one node: the product stores what relu would have
/// read again. Sequential uses it where a ReLU follows a Linear. Throws ShapeError.
Tensor linear_relu(const Tensor& x, const Tensor& weight, const Tensor& bias = {});

}  // namespace autograd::inline HANDFLOW_PRECISION
