#include "flow/data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace flow::inline HANDFLOW_PRECISION::data {
namespace {

using autograd::real;

// Each coordinate is computed in double and rounded once.
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
  const Tensor u = autograd::rand({n});
  return on_the_curve(n, [&](Index i) { return sine_curve_end * u.data()[i]; });
}

}  // namespace flow::inline HANDFLOW_PRECISION::data
