#include "flow/sampler.h"

#include <algorithm>
#include <string>

namespace flow::inline HANDFLOW_PRECISION {
namespace {

// Calls visit(x) with the state after each step.
template <class Visit>
void integrate(VelocityRef velocity, Tensor x, SampleOptions options, Visit visit) {
  const auto steps = static_cast<double>(options.steps);
  for (Index k = 0; k < options.steps; ++k) {
    x = solver_step(options.solver, velocity, x, static_cast<double>(k) / steps, 1 / steps);
    visit(x);
  }
}

// One chunk of rows after the other, all the way: visit(begin, k, x) sees the rows from `begin`
// after their step k = 1, 2, ... The whole batch is one chunk.
template <class Visit>
void integrate_in_chunks(TaggedVelocityRef velocity, const Tensor& x0, const Tensor& tag,
                         SampleOptions options, Visit visit) {
  if (options.steps < 1) {
    throw autograd::ValueError("sample: steps must be at least 1, got " +
                               std::to_string(options.steps));
  }
  if (options.chunk < 0) {
    throw autograd::ValueError("sample: chunk must not be negative, got " +
                               std::to_string(options.chunk));
  }
  if (x0.rank() != 2) {
    throw autograd::ShapeError("sample: x0 " + to_string(x0.shape()) + " must be (batch, dim)");
  }
  const Index rows = x0.size(0);
  const Index chunk = options.chunk > 0 ? std::min(options.chunk, rows) : rows;
  const bool cuts_tag = chunk < rows && tag.rank() > 0;
  if (cuts_tag && tag.size(0) != rows) {
    throw autograd::ShapeError("sample: tag " + to_string(tag.shape()) +
                               " must be a number or have a row for each of x0 " +
                               to_string(x0.shape()) + " to be cut into chunks");
  }
  const autograd::NoGradGuard no_grad;
  Index begin = 0;
  do {  // once, too, if there are no rows
    const Index end = std::min(begin + chunk, rows);
    const Tensor own_tag = cuts_tag ? slice(tag, 0, begin, end) : tag;
    Index k = 0;
    integrate([&](const Tensor& x, const Tensor& t) { return velocity(x, t, own_tag); },
              slice(x0, 0, begin, end), options, [&](const Tensor& x) { visit(begin, ++k, x); });
    begin = end;
  } while (begin < rows);
}

// A velocity without a tag as one that does not look at it.
auto ignoring_tag(VelocityRef velocity) {
  return [velocity](const Tensor& x, const Tensor& t, const Tensor&) { return velocity(x, t); };
}

void put_rows(Tensor& all, Index begin, const Tensor& rows) {
  std::copy_n(rows.data(), rows.numel(), all.data() + begin * all.size(1));
}

}  // namespace

Tensor solver_step(Solver solver, VelocityRef velocity, const Tensor& x, double t, double h) {
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

Tensor sample(VelocityRef velocity, const Tensor& x0, SampleOptions options) {
  return sample(ignoring_tag(velocity), x0, 0, options);
}

Tensor sample(TaggedVelocityRef velocity, const Tensor& x0, const Tensor& tag,
              SampleOptions options) {
  Tensor x1 = Tensor::empty(x0.shape());
  integrate_in_chunks(velocity, x0, tag, options, [&](Index begin, Index k, const Tensor& x) {
    if (k == options.steps) put_rows(x1, begin, x);
  });
  return x1;
}

std::vector<Tensor> trajectory(VelocityRef velocity, const Tensor& x0, SampleOptions options) {
  return trajectory(ignoring_tag(velocity), x0, 0, options);
}

std::vector<Tensor> trajectory(TaggedVelocityRef velocity, const Tensor& x0, const Tensor& tag,
                               SampleOptions options) {
  std::vector<Tensor> states{x0.detach().clone()};
  integrate_in_chunks(velocity, x0, tag, options, [&](Index begin, Index k, const Tensor& x) {
    if (begin == 0) states.push_back(Tensor::empty(x0.shape()));
    put_rows(states[static_cast<std::size_t>(k)], begin, x);
  });
  return states;
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
