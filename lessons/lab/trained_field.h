#pragma once

#include <cstdint>
#include <vector>

#include "flow/flow.h"

namespace lab {

/// Trains a field as lesson vector_field does: in each of `steps` steps fresh noise, then a time
/// for every point, one step of Adam at rate 1e-2.
void train(const flow::Velocity& velocity, std::vector<autograd::Tensor> parameters,
           const autograd::Tensor& points, std::int64_t steps);

/// The field that lesson vector_field trains, for the lessons that look at what comes after: the
/// same model, rate and draws, on the given points, with the default stream where it stands.
flow::VectorField trained_field(const autograd::Tensor& points, std::int64_t steps);

}  // namespace lab
