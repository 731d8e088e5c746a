#pragma once

#include "autograd/kernels/kernels.h"

/// The matrix product, on as many threads as set_num_threads() allows.

namespace autograd::inline HANDFLOW_PRECISION {

/// C = start + A B with the epilogue applied; see Gemm for the layout. An element of C depends on
/// its row of A, its column of B, its start, and on n and k, never on the number of threads. `c`
/// may be `start` itself (with the same strides) and must not overlap A or B.
void gemm(const Gemm& g);

/// The same from its definition: three loops, summed in double. What tests compare with.
void gemm_reference(const Gemm& g);

}  // namespace autograd::inline HANDFLOW_PRECISION
