#pragma once

#include <numbers>

#include "flow/mixture.h"
#include "flow/tagged_points.h"

namespace flow::inline HANDFLOW_PRECISION::data {

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

// Toy distributions of the flow matching papers, at the size they have there. All rows are
// independent draws from the default stream: points (n, 2), tags (n, 1). Each throws
// autograd::ValueError for n < 0.

/// Two half circles of radius 3 that reach into each other, tag 0 the upper one, tag 1 the lower:
/// 3 x - 1 for the points x of scikit-learn's make_moons, the scale of torchcfm. `noise` is
/// make_moons' too: the standard deviation of normal noise on circles of radius 1. Both libraries
/// put half of the points on each moon at even angles; here moon and angle are random, too. (Noise
/// in torchcfm is uniform and the same in both coordinates: 0.2 there is as wide as 0.058 here.)
/// Throws autograd::ValueError for noise that is negative or not finite.
TaggedPoints moons(Index n, double noise = 0.05);

/// Eight normal distributions evenly around a circle of radius 5, tags 0 to 7 counterclockwise from
/// (5, 0). Their standard deviation is 0.1^(1/4) = 0.562: what torchcfm's sample_8gaussians draws,
/// which takes the root of its variance 0.1 and hands it over as a covariance.
TaggedPoints eight_gaussians(Index n);
/// The distribution that eight_gaussians draws from.
GaussianMixture eight_gaussian_mixture();

/// Uniform on the black fields of a board of 4 x 4, tags 0 to 7 by column from the left, the lower
/// field first. Fields are 1 / 0.45 wide, so that the board reaches 4.44 to each side of 0, as in
/// facebookresearch/flow_matching; the density on the black ones is 0.45^2 / 8, its logarithm
/// -3.677.
TaggedPoints checkerboard(Index n);

}  // namespace flow::inline HANDFLOW_PRECISION::data
