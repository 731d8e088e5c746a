#pragma once

#include <span>
#include <vector>

#include "flow/tagged_points.h"

namespace flow::inline HANDFLOW_PRECISION {

/// A weighted sum of normal distributions, each round: p(x) = sum_i w_i N(x; m_i, s_i^2 I). Data of
/// which everything is known: its density, what it becomes on the way from noise, and the velocity
/// that carries it there (oracle.h).
class GaussianMixture {
 public:
  /// weights (k,), not negative, divided by their sum; means (k, dim); deviations (k,), positive:
  /// the s_i, the same in every direction. Throws autograd::ShapeError and autograd::ValueError.
  GaussianMixture(const Tensor& weights, const Tensor& means, const Tensor& deviations);

  Index components() const { return static_cast<Index>(weights_.size()); }
  Index dim() const { return dim_; }
  double weight(Index i) const { return weights_[static_cast<std::size_t>(i)]; }
  double mean(Index i, Index d) const { return means_[static_cast<std::size_t>(i * dim_ + d)]; }
  double deviation(Index i) const { return deviations_[static_cast<std::size_t>(i)]; }

  /// n independent points from the default stream: n uniform numbers pick the components, which
  /// are the tags; n x dim normal ones are the noise. Throws autograd::ValueError for n < 0.
  TaggedPoints sample(Index n) const;

  /// log p of each row of x (n, dim), as (n, 1). Computed in double by log-sum-exp, so that it
  /// holds where p itself would be 0, and rounded once. Throws autograd::ShapeError.
  Tensor log_density(const Tensor& x) const;

  /// P(component i | point), for all i; the point has dim values. Throws autograd::ShapeError.
  std::vector<double> posterior(std::span<const double> point) const;

  /// The distribution of x_t = (1 - t) x0 + t x1 for standard normal x0 and x1 from this mixture:
  /// again a mixture, with means t m_i and deviations sqrt(t^2 s_i^2 + (1 - t)^2). Throws
  /// autograd::ValueError for t outside of [0, 1].
  GaussianMixture at_time(double t) const;

 private:
  std::vector<double> log_joint(std::span<const double> point) const;

  Index dim_;
  std::vector<double> weights_, means_, deviations_;
};

}  // namespace flow::inline HANDFLOW_PRECISION
