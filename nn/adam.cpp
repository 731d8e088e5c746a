#include "nn/adam.h"

#include <cmath>
#include <string>

namespace nn::inline HANDFLOW_PRECISION {

using autograd::real;

// beta^t to beta^(t + 1). So small that 1 - power is 1, it becomes 0: on its way there it would
// pass through the subnormal numbers, on which arithmetic is slow.
void Adam::advance(double& power, double beta) { power = power < 1e-30 ? 0 : power * beta; }

Adam::Adam(std::vector<Tensor> parameters, AdamOptions options)
    : Optimizer(std::move(parameters), options.lr), options_(options), states_(parameters_.size()) {
  const auto is_decay = [](double beta) { return beta >= 0 && beta < 1; };
  if (!is_decay(options.beta1) || !is_decay(options.beta2) || !(options.eps >= 0)) {
    throw autograd::ValueError("Adam: betas must lie in [0, 1) and eps must not be negative, got " +
                               std::to_string(options.beta1) + ", " +
                               std::to_string(options.beta2) + " and " +
                               std::to_string(options.eps));
  }
}

void Adam::step() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    autograd::Node& p = parameters_[i].node();
    State& s = states_[i];
    if (!p.grad) continue;
    if (!s.exp_avg.defined()) {
      Tensor exp_avg = autograd::zeros(p.shape);
      s.exp_avg_sq = autograd::zeros(p.shape);
      s.exp_avg = std::move(exp_avg);  // last: it says that both are there
    }
    ++s.step;
    advance(s.beta1_power, options_.beta1);
    advance(s.beta2_power, options_.beta2);
    const autograd::AdamStep constants{
        .beta1 = static_cast<real>(options_.beta1),
        .one_minus_beta1 = static_cast<real>(1 - options_.beta1),
        .beta2 = static_cast<real>(options_.beta2),
        .one_minus_beta2 = static_cast<real>(1 - options_.beta2),
        .step_size = static_cast<real>(lr() / (1 - s.beta1_power)),
        .sqrt_correction2 = static_cast<real>(std::sqrt(1 - s.beta2_power)),
        .eps = static_cast<real>(options_.eps),
    };
    autograd::kernels().adam(p.numel(), constants, p.grad->data(), p.value->data(),
                             s.exp_avg.data(), s.exp_avg_sq.data());
    ++p.value->version;
  }
}

void Adam::visit_state(StateVisitor& visit) {
  Optimizer::visit_state(visit);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const std::string prefix = std::to_string(i) + ".";
    const autograd::Shape& shape = parameters_[i].shape();
    State& s = states_[i];
    visit.tensor(prefix + "exp_avg", s.exp_avg, shape);
    visit.tensor(prefix + "exp_avg_sq", s.exp_avg_sq, shape);
    visit.count(prefix + "step", s.step);
    visit.number(prefix + "beta1_power", s.beta1_power, 1);
    visit.number(prefix + "beta2_power", s.beta2_power, 1);
  }
}

// `parameter` as a place in the lists.
std::size_t Adam::place(Index parameter) const {
  const auto i = static_cast<std::size_t>(parameter);
  if (i < states_.size()) return i;
  throw autograd::ValueError("Adam: no parameter " + std::to_string(parameter) + "; it has " +
                             std::to_string(states_.size()) + ", counted from 0");
}

const Adam::State& Adam::state(Index parameter) const { return states_[place(parameter)]; }

void Adam::set_state(Index parameter, const Tensor& exp_avg, const Tensor& exp_avg_sq, Index step) {
  const std::size_t i = place(parameter);
  const autograd::Shape& shape = parameters_[i].shape();
  if (exp_avg.shape() != shape || exp_avg_sq.shape() != shape) {
    throw autograd::ShapeError("Adam: moments " + to_string(exp_avg.shape()) + " and " +
                               to_string(exp_avg_sq.shape()) + " must have the parameter's shape " +
                               to_string(shape));
  }
  if (step < 0) {
    throw autograd::ValueError("Adam: step must not be negative, got " + std::to_string(step));
  }
  State state{
      .exp_avg = exp_avg.detach().clone(), .exp_avg_sq = exp_avg_sq.detach().clone(), .step = step};
  for (Index t = 0; t < step; ++t) {
    advance(state.beta1_power, options_.beta1);
    advance(state.beta2_power, options_.beta2);
  }
  states_[i] = std::move(state);
}

}  // namespace nn::inline HANDFLOW_PRECISION
