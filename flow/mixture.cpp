#include "flow/mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <string>

namespace flow::inline HANDFLOW_PRECISION {
namespace {

using autograd::real;

std::vector<double> in_double(const Tensor& x) { return {x.data(), x.data() + x.numel()}; }

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

// log sum_i exp(x_i). The largest term is taken out, so that no exp overflows, nor all vanish.
double log_sum_exp(const std::vector<double>& x) {
  const double largest = *std::max_element(x.begin(), x.end());
  if (largest == -INFINITY) return -INFINITY;
  double total = 0;
  for (const double term : x) total += std::exp(term - largest);
  return largest + std::log(total);
}

}  // namespace

GaussianMixture::GaussianMixture(const Tensor& weights, const Tensor& means,
                                 const Tensor& deviations)
    : dim_(means.rank() == 2 ? means.size(1) : 0),
      weights_(in_double(weights)),
      means_(in_double(means)),
      deviations_(in_double(deviations)) {
  const autograd::Shape k{means.rank() == 2 ? means.size(0) : 0};
  if (means.numel() == 0 || means.rank() != 2 || weights.shape() != k || deviations.shape() != k) {
    throw autograd::ShapeError("GaussianMixture: weights " + to_string(weights.shape()) +
                               ", means " + to_string(means.shape()) + " and deviations " +
                               to_string(deviations.shape()) +
                               " must be (k,), (k, dim) and (k,), with at least one component");
  }
  const auto refuse = [](const std::string& what, double value) {
    throw autograd::ValueError("GaussianMixture: " + what + ", got " + std::to_string(value));
  };
  for (const double w : weights_) {
    if (!(w >= 0 && std::isfinite(w))) refuse("weights must be finite and not negative", w);
  }
  for (const double m : means_) {
    if (!std::isfinite(m)) refuse("means must be finite", m);
  }
  for (const double s : deviations_) {
    if (!(s > 0 && std::isfinite(s))) refuse("deviations must be finite and positive", s);
  }
  const double total = sum(weights_);
  if (total == 0) refuse("one weight at least must be positive", total);
  for (double& w : weights_) w /= total;
}

TaggedPoints GaussianMixture::sample(Index n) const {
  if (n < 0) {
    throw autograd::ValueError("GaussianMixture::sample: n must not be negative, got " +
                               std::to_string(n));
  }
  // Component i is picked by the numbers from one bound to the next.
  std::vector<double> bounds(weights_.size());
  std::partial_sum(weights_.begin(), weights_.end(), bounds.begin());
  for (double& bound : bounds) bound /= bounds.back();
  bounds.back() = 1;

  const Tensor pick = autograd::rand({n});
  const Tensor noise = autograd::randn({n, dim_});
  TaggedPoints drawn{.points = Tensor::empty({n, dim_}), .tags = Tensor::empty({n, 1})};
  for (Index row = 0; row < n; ++row) {
    const auto past = std::upper_bound(bounds.begin(), bounds.end(), double{pick.data()[row]});
    const Index i = past - bounds.begin();
    drawn.tags.data()[row] = static_cast<real>(i);
    for (Index d = 0; d < dim_; ++d) {
      const Index at = row * dim_ + d;
      drawn.points.data()[at] = static_cast<real>(mean(i, d) + deviation(i) * noise.data()[at]);
    }
  }
  return drawn;
}

// log( w_i N(point; m_i, s_i^2 I) ) for all i.
std::vector<double> GaussianMixture::log_joint(std::span<const double> point) const {
  std::vector<double> joint(weights_.size());
  for (Index i = 0; i < components(); ++i) {
    double squared = 0;
    for (Index d = 0; d < dim_; ++d) {
      const double deviations_away =
          (point[static_cast<std::size_t>(d)] - mean(i, d)) / deviation(i);
      squared += deviations_away * deviations_away;
    }
    joint[static_cast<std::size_t>(i)] =
        std::log(weight(i)) - squared / 2 -
        static_cast<double>(dim_) * std::log(deviation(i) * std::sqrt(2 * std::numbers::pi));
  }
  return joint;
}

Tensor GaussianMixture::log_density(const Tensor& x) const {
  if (x.rank() != 2 || x.size(1) != dim_) {
    throw autograd::ShapeError("GaussianMixture::log_density: x " + to_string(x.shape()) +
                               " must be (n, " + std::to_string(dim_) + ")");
  }
  Tensor log_p = Tensor::empty({x.size(0), 1});
  for (Index row = 0; row < x.size(0); ++row) {
    const std::vector<double> point(x.data() + row * dim_, x.data() + (row + 1) * dim_);
    log_p.data()[row] = static_cast<real>(log_sum_exp(log_joint(point)));
  }
  return log_p;
}

std::vector<double> GaussianMixture::posterior(std::span<const double> point) const {
  if (static_cast<Index>(point.size()) != dim_) {
    throw autograd::ShapeError("GaussianMixture::posterior: a point of " +
                               std::to_string(point.size()) + " values in " + std::to_string(dim_) +
                               " dimensions");
  }
  std::vector<double> probabilities = log_joint(point);
  const double log_p = log_sum_exp(probabilities);
  for (double& p : probabilities) p = std::exp(p - log_p);
  return probabilities;
}

GaussianMixture GaussianMixture::at_time(double t) const {
  if (!(t >= 0 && t <= 1)) {
    throw autograd::ValueError("GaussianMixture::at_time: t must lie in [0, 1], got " +
                               std::to_string(t));
  }
  GaussianMixture there = *this;
  for (double& m : there.means_) m *= t;
  for (double& s : there.deviations_) s = std::hypot(t * s, 1 - t);
  return there;
}

}  // namespace flow::inline HANDFLOW_PRECISION
