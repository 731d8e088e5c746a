#include "flow/ddpm.h"

#include <cmath>
#include <string>

#include "autograd/autograd.h"

namespace flow::inline HANDFLOW_PRECISION {
namespace {

using autograd::real;

// model(x, k / K), refused if its shape would broadcast.
Tensor predicted_noise(const char* operation, const NoisePredictor& model,
                       const NoiseSchedule& schedule, const Tensor& x, Index k, Index to) {
  if (!(0 <= to && to < k && k <= schedule.steps())) {
    throw autograd::ValueError(std::string(operation) + ": a step from k = " + std::to_string(k) +
                               " to " + std::to_string(to) +
                               " must have 0 <= to < k <= " + std::to_string(schedule.steps()));
  }
  if (x.rank() != 2) {
    throw autograd::ShapeError(std::string(operation) + ": x " + to_string(x.shape()) +
                               " must be (batch, dim)");
  }
  const double time = static_cast<double>(k) / static_cast<double>(schedule.steps());
  Tensor eps = model(x, autograd::full({x.size(0), 1}, time));
  if (eps.shape() != x.shape()) {
    throw autograd::ShapeError(std::string(operation) + ": the predicted noise " +
                               to_string(eps.shape()) + " must have the shape of x, " +
                               to_string(x.shape()));
  }
  return eps;
}

}  // namespace

NoiseSchedule::NoiseSchedule(Index steps, double first_beta, double last_beta) {
  if (steps < 1) {
    throw autograd::ValueError("NoiseSchedule: steps must be at least 1, got " +
                               std::to_string(steps));
  }
  if (!(0 < first_beta && first_beta <= last_beta && last_beta < 1)) {
    throw autograd::ValueError("NoiseSchedule: betas must have 0 < first <= last < 1, got " +
                               std::to_string(first_beta) + " and " + std::to_string(last_beta));
  }
  if (1 - first_beta == 1) {
    throw autograd::ValueError(
        "NoiseSchedule: first_beta is too small: 1 - first_beta is 1 in double, and x_1 would have "
        "no noise");
  }
  beta_.push_back(0);
  alpha_bar_.push_back(1);
  const double gaps = steps > 1 ? static_cast<double>(steps - 1) : 1;
  for (Index k = 1; k <= steps; ++k) {
    beta_.push_back(first_beta + (last_beta - first_beta) * static_cast<double>(k - 1) / gaps);
    alpha_bar_.push_back(alpha_bar_.back() * (1 - beta_.back()));
  }
  if (alpha_bar_.back() < 1e-30) {
    throw autograd::ValueError("NoiseSchedule: " + std::to_string(steps) + " betas from " +
                               std::to_string(first_beta) + " to " + std::to_string(last_beta) +
                               " leave nothing of the data: abar_K is below 1e-30");
  }
}

void NoiseSchedule::check_index(const char* operation, Index k, Index lowest) const {
  if (lowest <= k && k <= steps()) return;
  throw autograd::ValueError(std::string(operation) + ": k must lie in " + std::to_string(lowest) +
                             ".." + std::to_string(steps()) + ", got " + std::to_string(k));
}

double NoiseSchedule::beta(Index k) const {
  check_index("NoiseSchedule::beta", k, 1);
  return beta_[static_cast<std::size_t>(k)];
}

double NoiseSchedule::alpha_bar(Index k) const {
  check_index("NoiseSchedule::alpha_bar", k, 0);
  return alpha_bar_[static_cast<std::size_t>(k)];
}

double NoiseSchedule::signal(Index k) const {
  check_index("NoiseSchedule::signal", k, 0);
  return std::sqrt(alpha_bar(k));
}

double NoiseSchedule::noise(Index k) const {
  check_index("NoiseSchedule::noise", k, 0);
  return std::sqrt(1 - alpha_bar(k));
}

NoisedSample NoiseSchedule::sample(const Tensor& x_data, const Tensor& eps,
                                   std::span<const Index> k) const {
  if (x_data.rank() != 2 || eps.shape() != x_data.shape() ||
      static_cast<Index>(k.size()) != x_data.size(0)) {
    throw autograd::ShapeError("NoiseSchedule::sample: x_data " + to_string(x_data.shape()) +
                               ", eps " + to_string(eps.shape()) + " and " +
                               std::to_string(k.size()) +
                               " values of k must be (batch, dim), (batch, dim) and batch");
  }
  const autograd::Shape column{x_data.size(0), 1};
  Tensor a = Tensor::empty(column);
  Tensor b = Tensor::empty(column);
  Tensor time = Tensor::empty(column);
  for (std::size_t i = 0; i < k.size(); ++i) {
    check_index("NoiseSchedule::sample", k[i], 0);
    a.data()[i] = static_cast<real>(signal(k[i]));
    b.data()[i] = static_cast<real>(noise(k[i]));
    time.data()[i] = static_cast<real>(static_cast<double>(k[i]) / static_cast<double>(steps()));
  }
  return {.x_k = a * x_data + b * eps, .time = time};
}

std::vector<Index> NoiseSchedule::stations(Index steps) const {
  const Index all = this->steps();
  if (steps < 1 || steps > all) {
    throw autograd::ValueError("NoiseSchedule::stations: steps must lie in 1.." +
                               std::to_string(all) + ", got " + std::to_string(steps));
  }
  std::vector<Index> stations;
  for (Index i = steps; i >= 0; --i) stations.push_back(i * all / steps);
  return stations;
}

Tensor ddpm_step(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& x,
                 const Tensor& z, Index k, Index to) {
  if (z.shape() != x.shape()) {
    throw autograd::ShapeError("ddpm_step: z " + to_string(z.shape()) +
                               " must have the shape of x, " + to_string(x.shape()));
  }
  const Tensor eps = predicted_noise("ddpm_step", model, schedule, x, k, to);
  const double beta = 1 - schedule.alpha_bar(k) / schedule.alpha_bar(to);
  const double b = schedule.noise(k);
  const double sigma = std::sqrt(beta) * schedule.noise(to) / b;
  return (x - beta / b * eps) / std::sqrt(1 - beta) + sigma * z;
}

Tensor ddim_step(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& x,
                 Index k, Index to) {
  const Tensor eps = predicted_noise("ddim_step", model, schedule, x, k, to);
  const Tensor x1 = (x - schedule.noise(k) * eps) / schedule.signal(k);
  return schedule.signal(to) * x1 + schedule.noise(to) * eps;
}

Tensor ddpm_sample(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& noise,
                   Index steps) {
  const autograd::NoGradGuard no_grad;
  const std::vector<Index> k = schedule.stations(steps);
  Tensor x = noise;
  for (std::size_t i = 0; i + 1 < k.size(); ++i) {
    const bool last = k[i + 1] == 0;  // sigma is 0: no noise is asked for
    const Tensor z = last ? autograd::zeros(x.shape()) : autograd::randn(x.shape());
    x = ddpm_step(model, schedule, x, z, k[i], k[i + 1]);
  }
  return x;
}

Tensor ddim_sample(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& noise,
                   Index steps) {
  const autograd::NoGradGuard no_grad;
  const std::vector<Index> k = schedule.stations(steps);
  Tensor x = noise;
  for (std::size_t i = 0; i + 1 < k.size(); ++i) {
    x = ddim_step(model, schedule, x, k[i], k[i + 1]);
  }
  return x;
}

}  // namespace flow::inline HANDFLOW_PRECISION
