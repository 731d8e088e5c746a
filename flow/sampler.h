#pragma once

#include <functional>
#include <vector>

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// A velocity field: x (batch, dim) and t (batch, 1) to (batch, dim). VectorField is one.
using Velocity = std::function<Tensor(const Tensor& x, const Tensor& t)>;
/// One that sees a tag, too. ConditionalVectorField is one.
using TaggedVelocity = std::function<Tensor(const Tensor& x, const Tensor& t, const Tensor& tag)>;

/// How one step of length h goes from x(t) to x(t + h). Classic Runge-Kutta methods of order 1, 2,
/// 2 and 4 (Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, II.1).
enum class Solver { euler, midpoint, heun, rk4 };

struct SampleOptions {
  Solver solver = Solver::euler;
  Index steps = 50;
};

/// Follows dx/dt = velocity(x, t) from x0 at t = 0 to t = 1 in equal steps, without gradients.
/// Returns x1, of x0's shape (batch, dim). Throws autograd::ValueError for fewer than one step, and
/// autograd::ShapeError for a velocity of another shape than x's, which would broadcast.
Tensor sample(const Velocity& velocity, const Tensor& x0, SampleOptions options = {});
/// The same with a tag for every row: (batch, tag_dim) or a number.
Tensor sample(const TaggedVelocity& velocity, const Tensor& x0, const Tensor& tag,
              SampleOptions options = {});

/// All states on the way: steps + 1 of them, at t = 0, 1/steps, ..., 1.
std::vector<Tensor> trajectory(const Velocity& velocity, const Tensor& x0,
                               SampleOptions options = {});
std::vector<Tensor> trajectory(const TaggedVelocity& velocity, const Tensor& x0, const Tensor& tag,
                               SampleOptions options = {});

/// How often a trajectory asks for the velocity: the cost that solvers are compared at.
Index function_evaluations(SampleOptions options);

/// One step of a solver, from x at time t to time t + h.
Tensor solver_step(Solver solver, const Velocity& velocity, const Tensor& x, double t, double h);

}  // namespace flow::inline HANDFLOW_PRECISION
