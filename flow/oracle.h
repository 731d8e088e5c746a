#pragma once

#include "flow/mixture.h"

namespace flow::inline HANDFLOW_PRECISION::oracle {

// What a perfect network would answer. For data that is a finite set of points z_1 .. z_n and
// standard normal noise, the velocity that minimises the flow matching loss is known in closed form
// (Bertrand et al. 2025, arXiv 2506.03719, prop. 1):
//
//     u(x, t) = sum_i w_i (z_i - x) / (1 - t),     w = softmax_i( -|x - t z_i|^2 / (2 (1 - t)^2) )
//
// The weights are the probabilities that a line through x at time t ends at z_i.

/// u for x (batch, dim), t (batch, 1) or a number, points (n, dim); computed in double. t must lie
/// in [0, 1]; past 1 - 1e-5, where the formula divides by almost nothing, that time is taken.
/// Throws autograd::ShapeError and autograd::ValueError.
Tensor velocity(const Tensor& x, const Tensor& t, const Tensor& points);

/// u for data from a mixture of normal distributions, whose components share the line's end point
/// among them by their posterior at time t:
///
///     u(x, t) = sum_i w_i(x, t) (m_i + k_i (x - t m_i)),
///     k_i = (t s_i^2 - (1 - t)) / (t^2 s_i^2 + (1 - t)^2)
///
/// (for one component this is the velocity of x_t = t m + sqrt(t^2 s^2 + (1 - t)^2) n, n standard
/// normal). With s_i -> 0 it is the u above. x (batch, dim), t (batch, 1) or a number, in [0, 1];
/// computed in double. Throws autograd::ShapeError and autograd::ValueError.
Tensor velocity(const Tensor& x, const Tensor& t, const GaussianMixture& data);

/// The loss that the best possible network is left with: the mean over t, x_t and dimensions of the
/// variance of x1 - x0 given x_t, which is  trace Cov(z | x_t) / (1 - t)^2 / dim.
/// Evaluated at `evaluations` quasi-random (t, x0, z), the same ones at every call.
double loss_floor(const Tensor& points, Index evaluations = 20000);

/// The same for a network that is told the tag: the mean of the floors of the tags, each weighted
/// by its number of points. tags (n, 1).
double loss_floor(const Tensor& points, const Tensor& tags, Index evaluations = 20000);

}  // namespace flow::inline HANDFLOW_PRECISION::oracle
