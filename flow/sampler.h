#pragma once

#include <functional>
#include <vector>

#include "flow/function_ref.h"
#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// A velocity field: x (batch, dim) and t (batch, 1) to (batch, dim). VectorField is one.
using Velocity = std::function<Tensor(const Tensor& x, const Tensor& t)>;
/// One that sees a tag, too. ConditionalVectorField is one.
using TaggedVelocity = std::function<Tensor(const Tensor& x, const Tensor& t, const Tensor& tag)>;

/// What samplers take: any of these, a model as well as a function, looked at where it stands.
using VelocityRef = FunctionRef<Tensor(const Tensor& x, const Tensor& t)>;
using TaggedVelocityRef = FunctionRef<Tensor(const Tensor& x, const Tensor& t, const Tensor& tag)>;

/// How one step of length h goes from x(t) to x(t + h). Classic Runge-Kutta methods of order 1, 2,
/// 2 and 4 (Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I, II.1).
enum class Solver { euler, midpoint, heun, rk4 };

struct SampleOptions {
  Solver solver = Solver::euler;
  Index steps = 50;

  /// So many rows go all the way before the next ones start, that what the network computes on the
  /// way stays in a cache (1000 do for a hidden layer of 64); 0: all rows at once. It changes the
  /// time alone, not one bit of the result, for a velocity that looks at each row by itself, as
  /// networks do. One that looks across rows (subtracts the mean of the batch, draws noise) sees a
  /// chunk instead of the batch.
  Index chunk = 0;
};

/// Follows dx/dt = velocity(x, t) from x0 at t = 0 to t = 1 in equal steps, without gradients.
/// Returns x1, of x0's shape (batch, dim). Throws autograd::ValueError for fewer than one step or a
/// negative chunk, and autograd::ShapeError for a velocity of another shape than x's, which would
/// broadcast.
Tensor sample(VelocityRef velocity, const Tensor& x0, SampleOptions options = {});
/// The same with a tag for every row, (batch, tag_dim), which is cut into chunks with x0, or a
/// number for all of them. Throws autograd::ShapeError for a tag that cannot be cut.
Tensor sample(TaggedVelocityRef velocity, const Tensor& x0, const Tensor& tag,
              SampleOptions options = {});

/// All states on the way: steps + 1 of them, at t = 0, 1/steps, ..., 1.
std::vector<Tensor> trajectory(VelocityRef velocity, const Tensor& x0, SampleOptions options = {});
std::vector<Tensor> trajectory(TaggedVelocityRef velocity, const Tensor& x0, const Tensor& tag,
                               SampleOptions options = {});

/// How often a trajectory asks for the velocity, in chunks or not: the cost that solvers are
/// compared at.
Index function_evaluations(SampleOptions options);

/// One step of a solver, from x at time t to time t + h.
Tensor solver_step(Solver solver, VelocityRef velocity, const Tensor& x, double t, double h);

}  // namespace flow::inline HANDFLOW_PRECISION
