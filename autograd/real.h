#pragma once

#include <cstdint>

/// The element type and the index type, chosen once for a whole build.
///
/// The library is built twice from the same source: with `float` for every use, and with `double`
/// (HANDFLOW_DOUBLE, targets ending in _f64) for gradient checks. Each build lives in an inline
/// namespace of its own, so that a program which links both by mistake fails at link time.
#ifdef HANDFLOW_DOUBLE
#define HANDFLOW_PRECISION f64
#else
#define HANDFLOW_PRECISION f32
#endif

namespace autograd::inline HANDFLOW_PRECISION {

#ifdef HANDFLOW_DOUBLE
using real = double;
#else
using real = float;
#endif

/// Sizes, positions and strides, counted in elements.
using Index = std::int64_t;

}  // namespace autograd::inline HANDFLOW_PRECISION
