#pragma once

#include <vector>

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION::metrics {

/// Each point's distance to the curve y = sin x, 0 <= x <= 4 pi. points (n, 2); exact to 1e-5.
std::vector<double> distances_to_sine_curve(const Tensor& points);

double mean_distance_to_sine_curve(const Tensor& points);

/// The share of points at most `distance` away from the curve.
double share_near_sine_curve(const Tensor& points, double distance = 0.1);

/// The share of points whose x lies in the tenth of the range that their tag asks for; points
/// beyond the ends of the curve count as misses. points (n, 2), tags (n, 1).
double tag_accuracy(const Tensor& points, const Tensor& tags);

/// 2 E|a - b| - E|a - a'| - E|b - b'| over all pairs of two samples (n, dim) and (m, dim) (Szekely
/// & Rizzo 2013): 0 for equal samples, positive otherwise. Two samples of n points from one
/// distribution are about 2 E|a - a'| / n apart; print that self-distance beside it.
double energy_distance(const Tensor& a, const Tensor& b);

/// The squared 2-Wasserstein distance W2^2 (not its root) between two samples of n points (n, dim):
/// the mean of |a_i - b_j|^2 over the pairs of the best one-to-one assignment (assignment.h), exact
/// in double. In square units of the points. 0 for equal samples; two samples of n points from one
/// distribution are some way apart, and not always as far: print that self-distance and its spread
/// beside it. Takes memory for n^2 numbers. Throws autograd::ShapeError for samples of different
/// shape or without points, autograd::ValueError for a value that is not finite.
double squared_wasserstein2(const Tensor& a, const Tensor& b);

/// Root mean square over rows of the distance between a's row and b's. Both (n, dim).
double rms_distance(const Tensor& a, const Tensor& b);

}  // namespace flow::inline HANDFLOW_PRECISION::metrics
