#include "flow/data.h"

#include <algorithm>
#include <cmath>
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
    data.tags.data()[i] = static_cast<real>(sine_curve_tag(x));
  }
  return data;
}

}  // namespace

int sine_curve_tag(double x) {
  const double width = sine_curve_end / sine_curve_tags;
  return std::min(static_cast<int>(std::floor(x / width)), sine_curve_tags - 1);
}

TaggedPoints sine_curve(Index n) {
  if (n < 2) throw autograd::ValueError("sine_curve: n must be at least 2, got " + std::to_string(n));
  const double spacing = sine_curve_end / static_cast<double>(n - 1);
  return on_the_curve(n, [&](Index i) {
    return i == n - 1 ? sine_curve_end : static_cast<double>(i) * spacing;
  });
}

TaggedPoints random_sine_curve(Index n) {
  const Tensor u = autograd::rand({n});
  return on_the_curve(n, [&](Index i) { return sine_curve_end * u.data()[i]; });
}

}  // namespace flow::inline HANDFLOW_PRECISION::data
