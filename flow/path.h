#pragma once

#include "autograd/autograd.h"

namespace flow::inline HANDFLOW_PRECISION {

using autograd::Index;
using autograd::Tensor;

/// Where a point is at time t, and how fast it moves there.
struct PathSample {
  Tensor x_t;
  Tensor velocity;
};

/// The straight line from noise to data (Lipman et al. 2023, with sigma_min = 0; Liu et al. 2023):
///
///     x_t = (1 - t) x0 + t x1          d x_t / dt = x1 - x0
///
/// Everywhere in this library t = 0 is noise and t = 1 is data.
struct LinearPath {
  /// x0, x1 (batch, dim); t (batch, 1), one time per row. Throws autograd::ShapeError otherwise: a
  /// t of shape (batch,) would broadcast against the wrong dimension.
  PathSample sample(const Tensor& x0, const Tensor& x1, const Tensor& t) const;
};

}  // namespace flow::inline HANDFLOW_PRECISION
