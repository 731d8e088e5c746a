#pragma once

#include <functional>
#include <span>
#include <vector>

#include "autograd/ops/loss.h"
#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// What noise is in x? x (batch, dim) and the time k / K (batch, 1) to (batch, dim). VectorField is
/// one: a network for diffusion has the same inputs and outputs as one for flow matching.
using NoisePredictor = std::function<Tensor(const Tensor& x, const Tensor& time)>;

/// Data on its way into the noise, and the time that the network is shown beside it.
struct NoisedSample {
  Tensor x_k;   ///< (batch, dim)
  Tensor time;  ///< (batch, 1): k / K
};

/// The forward process of a diffusion model (Ho et al. 2020, DDPM): K steps that each shrink the
/// point a little and add a little noise, beta_1 .. beta_K in equal steps (eq. 2),
///
///     x_k = sqrt(1 - beta_k) x_{k-1} + sqrt(beta_k) z
///
/// and are together a single one (eq. 4), where abar_k is the product of 1 - beta_1 to 1 - beta_k:
///
///     x_k = sqrt(abar_k) x_data + sqrt(1 - abar_k) eps
///
/// k = 0 is data and k = K is noise: the other way round from the time of a flow.
class NoiseSchedule {
 public:
  /// The betas of the paper for its 1000 steps. Throws autograd::ValueError for fewer than one
  /// step, unless 0 < first_beta <= last_beta < 1, if abar_K is below 1e-30 (samplers divide by its
  /// root), and if 1 - first_beta is 1 in double (and by that of 1 - abar_1).
  explicit NoiseSchedule(Index steps = 1000, double first_beta = 1e-4, double last_beta = 0.02);

  /// K
  Index steps() const { return static_cast<Index>(beta_.size()) - 1; }
  /// k from 1 to K. Throws autograd::ValueError.
  double beta(Index k) const;
  /// abar_k, k from 0 to K; abar_0 = 1. Throws autograd::ValueError.
  double alpha_bar(Index k) const;
  double signal(Index k) const;  ///< sqrt(abar_k), what is left of the data
  double noise(Index k) const;   ///< sqrt(1 - abar_k), the standard deviation of the noise in x_k

  /// Eq. 4 with a k for each row: x_data, eps (batch, dim), k of batch entries from 0 to K. Throws
  /// autograd::ShapeError and autograd::ValueError.
  NoisedSample sample(const Tensor& x_data, const Tensor& eps, std::span<const Index> k) const;

  /// The stations of a sampler that takes only so many steps: K = k_0 > k_1 > ... > k_steps = 0, as
  /// evenly spaced as whole numbers can be. Throws autograd::ValueError unless 1 <= steps <= K.
  std::vector<Index> stations(Index steps) const;

 private:
  void check_index(const char* operation, Index k, Index lowest) const;

  std::vector<double> beta_;       // beta_[0] is not used
  std::vector<double> alpha_bar_;  // products of doubles: in float, 1 - abar_1 would be 0.02 % off
};

/// DDPM's training loss, L_simple (Ho et al. 2020, eq. 14, algorithm 1): the mean of
/// (eps - model(x_k, k / K))^2 over the batch and the dimensions. `model` is anything that maps
/// (x_k, k / K) to (batch, dim); x_data, eps (batch, dim); k, one for each row, from 1 to K.
template <class Model>
Tensor ddpm_loss(const Model& model, const NoiseSchedule& schedule, const Tensor& x_data,
                 const Tensor& eps, std::span<const Index> k) {
  const NoisedSample noised = schedule.sample(x_data, eps, k);
  return autograd::mse_loss(model(noised.x_k, noised.time), eps);
}

// One step of a sampler, from x = x_k (batch, dim) to x_to, for 0 <= to < k <= K. Both throw
// autograd::ShapeError for other shapes, also of what the model returns, and autograd::ValueError
// for other k. Their cost is one evaluation of the model.

/// The ancestral step of DDPM (Ho et al. 2020, eq. 11, algorithm 2),
///
///     x_to = (x - beta / sqrt(1 - abar_k) model(x, k / K)) / sqrt(1 - beta) + sigma z
///
/// with sigma^2 = beta (1 - abar_to) / (1 - abar_k), the variance of x_to given x_k and the data
/// (eq. 7; 0 for to = 0), and beta = beta_k. If steps are skipped, beta is that of all of them in
/// one, 1 - abar_k / abar_to: Song et al. 2021, eq. 12 and 16 with eta = 1. z (batch, dim) is fresh
/// noise.
Tensor ddpm_step(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& x,
                 const Tensor& z, Index k, Index to);

/// The deterministic step (Song et al. 2021, DDIM, eq. 12 with sigma = 0): with eps = model(x, k/K)
/// and the data it makes one think of, x1 = (x - sqrt(1 - abar_k) eps) / sqrt(abar_k),
///
///     x_to = sqrt(abar_to) x1 + sqrt(1 - abar_to) eps
Tensor ddim_step(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& x,
                 Index k, Index to);

/// From noise (batch, dim), standard normal, to samples of the data over schedule.stations(steps),
/// without gradients. The fresh noise of ddpm_sample comes from the default stream, for each step
/// but the last. Both throw as the step and the stations do.
Tensor ddpm_sample(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& noise,
                   Index steps);
Tensor ddim_sample(const NoisePredictor& model, const NoiseSchedule& schedule, const Tensor& noise,
                   Index steps);

}  // namespace flow::inline HANDFLOW_PRECISION
