#pragma once

#include <numbers>

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// Points (n, 2) and a tag for each, (n, 1).
struct TaggedPoints {
  Tensor points;
  Tensor tags;
};

namespace data {

/// The curve y = sin x runs from x = 0 to here, two full waves.
inline constexpr double sine_curve_end = 4 * std::numbers::pi;
/// Ten tags, each a tenth of the x range.
inline constexpr int sine_curve_tags = 10;

/// min(floor(x / w), 9), w a tenth of the x range: 0 to 9 on the curve, negative left of it and for
/// NaN.
int sine_curve_tag(double x);

/// n points (x, sin x), x evenly spaced over [0, 4 pi], both ends included. Throws
/// autograd::ValueError for fewer than 2 points. A tag is that of x as it is stored: in float, a
/// point on the border of two tenths lies in one of them.
TaggedPoints sine_curve(Index n);
/// n points with x uniform on [0, 4 pi), drawn from the default stream.
TaggedPoints random_sine_curve(Index n);

}  // namespace data
}  // namespace flow::inline HANDFLOW_PRECISION
