#include "flow/data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace flow::inline HANDFLOW_PRECISION::data {
namespace {

using autograd::real;

void check_count(const char* operation, Index n) {
  if (n >= 0) return;
  throw autograd::ValueError(std::string(operation) + ": n must not be negative, got " +
                             std::to_string(n));
}

// Here and below, each coordinate is computed in double and rounded once.
template <class XOf>
TaggedPoints on_the_curve(Index n, XOf x_of) {
  TaggedPoints data{.points = Tensor::empty({n, 2}), .tags = Tensor::empty({n, 1})};
  for (Index i = 0; i < n; ++i) {
    const double x = x_of(i);
    data.points.data()[2 * i] = static_cast<real>(x);
    data.points.data()[2 * i + 1] = static_cast<real>(std::sin(x));
    data.tags.data()[i] = static_cast<real>(sine_curve_tag(data.points.data()[2 * i]));
  }
  return data;
}

}  // namespace

int sine_curve_tag(double x) {
  if (std::isnan(x)) return -1;
  const double tenth = std::floor(x / (sine_curve_end / sine_curve_tags));
  constexpr double lowest = std::numeric_limits<int>::min();
  return static_cast<int>(std::clamp(tenth, lowest, sine_curve_tags - 1.0));
}

TaggedPoints sine_curve(Index n) {
  if (n < 2)
    throw autograd::ValueError("sine_curve: n must be at least 2, got " + std::to_string(n));
  const double spacing = sine_curve_end / static_cast<double>(n - 1);
  return on_the_curve(
      n, [&](Index i) { return i == n - 1 ? sine_curve_end : static_cast<double>(i) * spacing; });
}

TaggedPoints random_sine_curve(Index n) {
  check_count("random_sine_curve", n);
  const Tensor u = autograd::rand({n});
  return on_the_curve(n, [&](Index i) { return sine_curve_end * u.data()[i]; });
}

TaggedPoints moons(Index n, double noise) {
  check_count("moons", n);
  if (!(noise >= 0 && std::isfinite(noise))) {
    throw autograd::ValueError("moons: noise must be finite and not negative, got " +
                               std::to_string(noise));
  }
  const Tensor u = autograd::rand({n, 2});
  const Tensor normal = autograd::randn({n, 2});
  TaggedPoints data{.points = Tensor::empty({n, 2}), .tags = Tensor::empty({n, 1})};
  for (Index i = 0; i < n; ++i) {
    const bool lower = u.data()[2 * i] >= 0.5;
    const double angle = std::numbers::pi * u.data()[2 * i + 1];
    const double x = lower ? 1 - std::cos(angle) : std::cos(angle);
    const double y = lower ? 0.5 - std::sin(angle) : std::sin(angle);
    data.points.data()[2 * i] = static_cast<real>(3 * (x + noise * normal.data()[2 * i]) - 1);
    data.points.data()[2 * i + 1] =
        static_cast<real>(3 * (y + noise * normal.data()[2 * i + 1]) - 1);
    data.tags.data()[i] = lower ? 1 : 0;
  }
  return data;
}

TaggedPoints eight_gaussians(Index n) {
  check_count("eight_gaussians", n);
  return eight_gaussian_mixture().sample(n);
}

GaussianMixture eight_gaussian_mixture() {
  std::vector<double> centres;
  for (int i = 0; i < 8; ++i) {
    const double angle = i * std::numbers::pi / 4;
    centres.push_back(5 * std::cos(angle));
    centres.push_back(5 * std::sin(angle));
  }
  return {autograd::ones({8}), Tensor::from(centres, {8, 2}),
          autograd::full({8}, std::pow(0.1, 0.25))};
}

TaggedPoints checkerboard(Index n) {
  check_count("checkerboard", n);
  constexpr double width = 1 / 0.45;
  const Tensor u = autograd::rand({n, 3});
  TaggedPoints data{.points = Tensor::empty({n, 2}), .tags = Tensor::empty({n, 1})};
  for (Index i = 0; i < n; ++i) {
    const real* const three = u.data() + 3 * i;
    const int tag = static_cast<int>(8 * three[0]);
    const int column = tag / 2;                  // 0 to 3 from the left
    const int row = 2 * (tag % 2) + column % 2;  // 0 to 3 from below
    data.points.data()[2 * i] = static_cast<real>((column - 2 + double{three[1]}) * width);
    data.points.data()[2 * i + 1] = static_cast<real>((row - 2 + double{three[2]}) * width);
    data.tags.data()[i] = static_cast<real>(tag);
  }
  return data;
}

}  // namespace flow::inline HANDFLOW_PRECISION::data
