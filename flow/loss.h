#pragma once

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// The conditional flow matching loss (Lipman et al. 2023, eq. 9) on straight lines: the mean of
/// (v(x_t, t) - (x1 - x0))^2 over the batch and the dimensions. `velocity` is anything that maps
/// (x_t, t) to (batch, dim); x0, x1 (batch, dim), t (batch, 1).
template <class Velocity>
Tensor cfm_loss(const Velocity& velocity, const Tensor& x0, const Tensor& x1, const Tensor& t) {
  const PathSample path = LinearPath().sample(x0, x1, t);
  return autograd::mse_loss(velocity(path.x_t, t), path.velocity);
}

}  // namespace flow::inline HANDFLOW_PRECISION
