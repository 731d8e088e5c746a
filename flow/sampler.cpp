#include "flow/sampler.h"

#include <string>

namespace flow::inline HANDFLOW_PRECISION {
namespace {

// Calls visit(x) with the state after each step.
template <class Visit>
void integrate(const Velocity& velocity, const Tensor& x0, SampleOptions options, Visit visit) {
  if (options.steps < 1) {
    throw autograd::ValueError("sample: steps must be at least 1, got " +
                               std::to_string(options.steps));
  }
  if (x0.rank() != 2) {
    throw autograd::ShapeError("sample: x0 " + to_string(x0.shape()) + " must be (batch, dim)");
  }
  const autograd::NoGradGuard no_grad;
  const auto steps = static_cast<double>(options.steps);
  Tensor x = x0;
  for (Index k = 0; k < options.steps; ++k) {
    x = solver_step(options.solver, velocity, x, static_cast<double>(k) / steps, 1 / steps);
    visit(x);
  }
}

Velocity with_tag(const TaggedVelocity& velocity, const Tensor& tag) {
  return [&velocity, &tag](const Tensor& x, const Tensor& t) { return velocity(x, t, tag); };
}

}  // namespace

Tensor solver_step(Solver solver, const Velocity& velocity, const Tensor& x, double t, double h) {
  const auto v = [&](const Tensor& at, double time) {
    Tensor there = velocity(at, autograd::full({at.size(0), 1}, time));
    if (there.shape() != at.shape()) {
      throw autograd::ShapeError("sample: the velocity " + to_string(there.shape()) +
                                 " must have the shape of x, " + to_string(at.shape()));
    }
    return there;
  };
  const Tensor k1 = v(x, t);
  switch (solver) {
    case Solver::euler: return x + h * k1;
    case Solver::midpoint: return x + h * v(x + h / 2 * k1, t + h / 2);
    case Solver::heun: return x + h / 2 * (k1 + v(x + h * k1, t + h));
    case Solver::rk4: break;
  }
  const Tensor k2 = v(x + h / 2 * k1, t + h / 2);
  const Tensor k3 = v(x + h / 2 * k2, t + h / 2);
  const Tensor k4 = v(x + h * k3, t + h);
  return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}

Tensor sample(const Velocity& velocity, const Tensor& x0, SampleOptions options) {
  Tensor x1;
  integrate(velocity, x0, options, [&](const Tensor& x) { x1 = x; });
  return x1;
}

Tensor sample(const TaggedVelocity& velocity, const Tensor& x0, const Tensor& tag,
              SampleOptions options) {
  return sample(with_tag(velocity, tag), x0, options);
}

std::vector<Tensor> trajectory(const Velocity& velocity, const Tensor& x0, SampleOptions options) {
  std::vector<Tensor> states{x0.detach().clone()};
  integrate(velocity, x0, options, [&](const Tensor& x) { states.push_back(x); });
  return states;
}

std::vector<Tensor> trajectory(const TaggedVelocity& velocity, const Tensor& x0, const Tensor& tag,
                               SampleOptions options) {
  return trajectory(with_tag(velocity, tag), x0, options);
}

Index function_evaluations(SampleOptions options) {
  switch (options.solver) {
    case Solver::euler: return options.steps;
    case Solver::midpoint:
    case Solver::heun: return 2 * options.steps;
    case Solver::rk4: break;
  }
  return 4 * options.steps;
}

}  // namespace flow::inline HANDFLOW_PRECISION
