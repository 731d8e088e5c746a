#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Numbers along one dimension made into probabilities. Negative dimensions count from the end. The
// largest x is subtracted first, so that nothing overflows. NaN or +infinity in x, or nothing but
// -infinity, make all of its row NaN, as in PyTorch; a single -infinity is a probability of 0.

/// e^x / sum of e^x along `dim`: positive, and 1 in total. Throws ShapeError for a dimension that
/// is not there.
Tensor softmax(const Tensor& x, Index dim);

/// ln softmax(x, dim), also where softmax itself would be rounded to 0. Throws as softmax does.
Tensor log_softmax(const Tensor& x, Index dim);

}  // namespace autograd::inline HANDFLOW_PRECISION
