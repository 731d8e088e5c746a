#include "flow/metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "flow/assignment.h"
#include "flow/data.h"

namespace flow::inline HANDFLOW_PRECISION::metrics {
namespace {

void check_points(const char* operation, const Tensor& points, Index dim) {
  if (points.rank() == 2 && points.size(0) > 0 && points.size(1) == dim) return;
  throw autograd::ShapeError(std::string(operation) + ": points " + to_string(points.shape()) +
                             " must be (n, " + std::to_string(dim) + ") with at least one point");
}

// The same in any number of dimensions.
void check_points(const char* operation, const Tensor& points) {
  if (points.rank() == 2) return check_points(operation, points, points.size(1));
  throw autograd::ShapeError(std::string(operation) + ": points " + to_string(points.shape()) +
                             " must be (n, dim)");
}

void check_same_shape(const char* operation, const Tensor& a, const Tensor& b) {
  if (a.shape() == b.shape()) return;
  throw autograd::ShapeError(std::string(operation) + ": shapes " + to_string(a.shape()) + " and " +
                             to_string(b.shape()) + " must be equal");
}

void check_finite(const char* operation, const Tensor& points) {
  for (Index i = 0; i < points.numel(); ++i) {
    if (std::isfinite(points.data()[i])) continue;
    throw autograd::ValueError(std::string(operation) + ": points " + to_string(points.shape()) +
                               " must be finite, got " + std::to_string(points.data()[i]) +
                               " in row " + std::to_string(i / points.size(1)));
  }
}

// Mean over rows of the squared distance between a's row and b's.
double mean_squared_distance(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (Index i = 0; i < a.numel(); ++i) {
    const double difference = static_cast<double>(a.data()[i]) - b.data()[i];
    sum += difference * difference;
  }
  return sum / static_cast<double>(a.size(0));
}

// Mean distance between the rows of a and the rows of b.
double mean_distance(const Tensor& a, const Tensor& b) {
  const Index dim = a.size(1), rows_of_a = a.size(0), rows_of_b = b.size(0);
  const autograd::real *of_a = a.data(), *of_b = b.data();
  double sum = 0;
  for (Index i = 0; i < rows_of_a; ++i) {
    for (Index j = 0; j < rows_of_b; ++j) {
      double squared = 0;
      for (Index d = 0; d < dim; ++d) {
        const double difference = static_cast<double>(of_a[i * dim + d]) - of_b[j * dim + d];
        squared += difference * difference;
      }
      sum += std::sqrt(squared);
    }
  }
  return sum / static_cast<double>(rows_of_a) / static_cast<double>(rows_of_b);
}

}  // namespace

std::vector<double> distances_to_sine_curve(const Tensor& points) {
  check_points("distances_to_sine_curve", points, 2);
  // The curve as 4000 short chords, which stay within 2e-6 of it.
  constexpr int chords = 4000;
  std::vector<double> curve_x(chords + 1);
  std::vector<double> curve_y(chords + 1);
  for (std::size_t i = 0; i <= chords; ++i) {
    curve_x[i] = data::sine_curve_end * static_cast<double>(i) / chords;
    curve_y[i] = std::sin(curve_x[i]);
  }
  std::vector<double> distances;
  for (Index row = 0; row < points.size(0); ++row) {
    const double x = points.data()[2 * row];
    const double y = points.data()[2 * row + 1];
    double nearest = INFINITY;
    for (std::size_t i = 0; i < chords; ++i) {
      const double chord_x = curve_x[i + 1] - curve_x[i];
      const double chord_y = curve_y[i + 1] - curve_y[i];
      const double along = ((x - curve_x[i]) * chord_x + (y - curve_y[i]) * chord_y) /
                           (chord_x * chord_x + chord_y * chord_y);
      const double s = along < 0 ? 0 : along > 1 ? 1 : along;
      const double dx = x - curve_x[i] - s * chord_x;
      const double dy = y - curve_y[i] - s * chord_y;
      nearest = std::min(nearest, dx * dx + dy * dy);
    }
    distances.push_back(std::sqrt(nearest));
  }
  return distances;
}

double mean_distance_to_sine_curve(const Tensor& points) {
  const std::vector<double> distances = distances_to_sine_curve(points);
  return std::accumulate(distances.begin(), distances.end(), 0.0) /
         static_cast<double>(distances.size());
}

double share_near_sine_curve(const Tensor& points, double distance) {
  const std::vector<double> distances = distances_to_sine_curve(points);
  const auto near =
      std::count_if(distances.begin(), distances.end(), [=](double d) { return d <= distance; });
  return static_cast<double>(near) / static_cast<double>(distances.size());
}

double tag_accuracy(const Tensor& points, const Tensor& tags) {
  check_points("tag_accuracy", points, 2);
  if (tags.shape() != autograd::Shape{points.size(0), 1}) {
    throw autograd::ShapeError("tag_accuracy: points " + to_string(points.shape()) + " and tags " +
                               to_string(tags.shape()) + " must be (n, 2) and (n, 1)");
  }
  constexpr double end = static_cast<autograd::real>(data::sine_curve_end);  // a float is beyond it
  Index hits = 0;
  for (Index i = 0; i < points.size(0); ++i) {
    const double x = points.data()[2 * i];
    const double wanted = tags.data()[i];
    hits += x >= 0 && x <= end && data::sine_curve_tag(x) == wanted;
  }
  return static_cast<double>(hits) / static_cast<double>(points.size(0));
}

double energy_distance(const Tensor& a, const Tensor& b) {
  check_points("energy_distance", a);
  check_points("energy_distance", b, a.size(1));
  return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b);
}

double squared_wasserstein2(const Tensor& a, const Tensor& b) {
  check_points("squared_wasserstein2", a);
  check_same_shape("squared_wasserstein2", a, b);
  check_finite("squared_wasserstein2", a);
  check_finite("squared_wasserstein2", b);
  return mean_squared_distance(a, index_select(b.detach(), optimal_assignment(a, b)));
}

double rms_distance(const Tensor& a, const Tensor& b) {
  check_points("rms_distance", a);
  check_same_shape("rms_distance", a, b);
  return std::sqrt(mean_squared_distance(a, b));
}

}  // namespace flow::inline HANDFLOW_PRECISION::metrics
