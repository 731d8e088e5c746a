#include "flow/oracle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <vector>

namespace flow::inline HANDFLOW_PRECISION::oracle {
namespace {

using autograd::real;

constexpr double last_time = 1 - 1e-5;

double square(double x) { return x * x; }

void check_points(const char* operation, const Tensor& points) {
  if (points.rank() != 2 || points.numel() == 0) {
    throw autograd::ShapeError(std::string(operation) + ": points " + to_string(points.shape()) +
                               " must be (n, dim) with at least one point");
  }
}

// The distribution of the end point z given that the line is at x at time t.
class Posterior {
 public:
  explicit Posterior(const Tensor& points)
      : n_(points.size(0)),
        dim_(points.size(1)),
        z_(points.data(), points.data() + points.numel()),
        weights_(static_cast<std::size_t>(n_)),
        mean_(static_cast<std::size_t>(dim_)) {}

  void condition_on(const double* x, double t) {
    double largest = -INFINITY;
    for (Index i = 0; i < n_; ++i) {
      double squared = 0;
      for (Index d = 0; d < dim_; ++d) squared += square(x[d] - t * z(i, d));
      weight(i) = -squared / (2 * (1 - t) * (1 - t));
      largest = std::max(largest, weight(i));
    }
    double total = 0;
    for (Index i = 0; i < n_; ++i) total += weight(i) = std::exp(weight(i) - largest);
    std::fill(mean_.begin(), mean_.end(), 0.0);
    for (Index i = 0; i < n_; ++i) {
      weight(i) /= total;
      for (Index d = 0; d < dim_; ++d) mean_[static_cast<std::size_t>(d)] += weight(i) * z(i, d);
    }
  }

  double mean(Index d) const { return mean_[static_cast<std::size_t>(d)]; }

  double trace_of_covariance() {
    double trace = 0;
    for (Index i = 0; i < n_; ++i) {
      for (Index d = 0; d < dim_; ++d) trace += weight(i) * square(z(i, d) - mean(d));
    }
    return trace;
  }

  double z(Index i, Index d) const { return z_[static_cast<std::size_t>(i * dim_ + d)]; }

 private:
  double& weight(Index i) { return weights_[static_cast<std::size_t>(i)]; }

  Index n_, dim_;
  std::vector<double> z_, weights_, mean_;
};

// x is (batch, dim), t (batch, 1) or a number.
bool are_batch(const Tensor& x, const Tensor& t, Index dim) {
  return x.rank() == 2 && x.size(1) == dim &&
         (t.rank() == 0 || t.shape() == autograd::Shape{x.size(0), 1});
}

double time_of(const Tensor& t, Index row) {
  const double time = t.data()[t.rank() == 0 ? 0 : row];
  if (time >= 0 && time <= 1) return time;
  throw autograd::ValueError("oracle::velocity: t must lie in [0, 1], got " + std::to_string(time));
}

// Entry `index` of the Halton sequence in a prime base: evenly spread over (0, 1), never random.
double halton(Index index, int base) {
  double value = 0;
  double digit = 1;
  for (; index > 0; index /= base) {
    digit /= base;
    value += digit * static_cast<double>(index % base);
  }
  return value;
}

}  // namespace

Tensor velocity(const Tensor& x, const Tensor& t, const Tensor& points) {
  check_points("oracle::velocity", points);
  if (!are_batch(x, t, points.size(1))) {
    throw autograd::ShapeError("oracle::velocity: x " + to_string(x.shape()) + ", t " +
                               to_string(t.shape()) + " and points " + to_string(points.shape()) +
                               " must be (batch, dim), (batch, 1) or a number, and (n, dim)");
  }
  const Index dim = x.size(1);
  Posterior posterior(points);
  Tensor u = Tensor::empty(x.shape());
  for (Index row = 0; row < x.size(0); ++row) {
    const double s = std::min(time_of(t, row), last_time);
    const std::vector<double> at(x.data() + row * dim, x.data() + (row + 1) * dim);
    posterior.condition_on(at.data(), s);
    for (Index d = 0; d < dim; ++d) {
      u.data()[row * dim + d] =
          static_cast<real>((posterior.mean(d) - at[static_cast<std::size_t>(d)]) / (1 - s));
    }
  }
  return u;
}

Tensor velocity(const Tensor& x, const Tensor& t, const GaussianMixture& data) {
  const Index dim = data.dim();
  if (!are_batch(x, t, dim)) {
    throw autograd::ShapeError("oracle::velocity: x " + to_string(x.shape()) + " and t " +
                               to_string(t.shape()) + " must be (batch, " + std::to_string(dim) +
                               ") and (batch, 1) or a number, for a mixture in " +
                               std::to_string(dim) + " dimensions");
  }
  Tensor u = Tensor::empty(x.shape());
  for (Index row = 0; row < x.size(0); ++row) {
    const double time = time_of(t, row);
    const std::vector<double> at(x.data() + row * dim, x.data() + (row + 1) * dim);
    const std::vector<double> posterior = data.at_time(time).posterior(at);
    std::vector<double> sum(static_cast<std::size_t>(dim));
    for (Index i = 0; i < data.components(); ++i) {
      const double variance = square(data.deviation(i));
      const double k =
          (time * variance - (1 - time)) / (square(time) * variance + square(1 - time));
      for (Index d = 0; d < dim; ++d) {
        const double m = data.mean(i, d);
        const auto entry = static_cast<std::size_t>(d);
        sum[entry] += posterior[static_cast<std::size_t>(i)] * (m + k * (at[entry] - time * m));
      }
    }
    for (Index d = 0; d < dim; ++d) {
      u.data()[row * dim + d] = static_cast<real>(sum[static_cast<std::size_t>(d)]);
    }
  }
  return u;
}

double loss_floor(const Tensor& points, Index evaluations) {
  check_points("oracle::loss_floor", points);
  // A base for the time, one for the point, and one for each dimension of the noise. A point picked
  // by counting would meet only some of the times, wherever their number has a base as a factor.
  constexpr std::array primes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29};
  constexpr std::size_t noise = 2;
  const Index n = points.size(0);
  const Index dim = points.size(1);
  if (dim > static_cast<Index>(primes.size() - noise) || evaluations < 1) {
    throw autograd::ValueError(
        "oracle::loss_floor: needs at most 8 dimensions and at least one "
        "evaluation, got " +
        std::to_string(dim) + " and " + std::to_string(evaluations));
  }
  Posterior posterior(points);
  std::vector<double> x(static_cast<std::size_t>(dim));
  double sum = 0;
  for (Index k = 1; k <= evaluations; ++k) {
    const double t = std::min(halton(k, primes[0]), last_time);
    const auto end = static_cast<Index>(halton(k, primes[1]) * static_cast<double>(n));
    for (Index d = 0; d < dim; ++d) {
      // Box-Muller makes two normals from two uniforms.
      const std::size_t base = noise + static_cast<std::size_t>(d - d % 2);
      const double radius = std::sqrt(-2 * std::log(halton(k, primes[base])));
      const double angle = 2 * std::numbers::pi * halton(k, primes[base + 1]);
      const double x0 = radius * (d % 2 == 0 ? std::cos(angle) : std::sin(angle));
      x[static_cast<std::size_t>(d)] = (1 - t) * x0 + t * posterior.z(end, d);
    }
    posterior.condition_on(x.data(), t);
    sum += posterior.trace_of_covariance() / ((1 - t) * (1 - t));
  }
  return sum / static_cast<double>(evaluations * dim);
}

double loss_floor(const Tensor& points, const Tensor& tags, Index evaluations) {
  check_points("oracle::loss_floor", points);
  if (tags.shape() != autograd::Shape{points.size(0), 1}) {
    throw autograd::ShapeError("oracle::loss_floor: points " + to_string(points.shape()) +
                               " and tags " + to_string(tags.shape()) +
                               " must be (n, dim) and (n, 1)");
  }
  std::map<real, std::vector<Index>> rows_of;
  for (Index i = 0; i < tags.numel(); ++i) rows_of[tags.data()[i]].push_back(i);
  const auto n = static_cast<double>(points.size(0));
  double floor = 0;
  for (const auto& [tag, rows] : rows_of) {
    const double weight = static_cast<double>(rows.size()) / n;
    const auto share = static_cast<Index>(std::ceil(weight * static_cast<double>(evaluations)));
    floor += weight * loss_floor(index_select(points, rows), share);
  }
  return floor;
}

}  // namespace flow::inline HANDFLOW_PRECISION::oracle
