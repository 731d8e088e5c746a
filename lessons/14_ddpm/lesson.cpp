// How does diffusion do the same job?

#include <cmath>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/progress.h"

using autograd::Index;
using autograd::Tensor;
using flow::data::random_sine_curve;

namespace {

// 1. Noising, step by step: shrink x (n, 2) a little, add a little noise. Keeps every 20th state.
std::vector<Tensor> noising(const flow::NoiseSchedule& schedule, Tensor x) {
  std::vector<Tensor> states{x};
  for (Index k = 1; k <= schedule.steps(); ++k) {
    const double beta = schedule.beta(k);
    x = std::sqrt(1 - beta) * x + std::sqrt(beta) * autograd::randn(x.shape());
    if (k % 20 == 0) states.push_back(x);
  }
  return states;
}

// 4. Training: noise every point to a depth of its own, and ask the network which noise it was.
void train(flow::VectorField& model, const flow::NoiseSchedule& schedule, const Tensor& x_data,
           lab::Lesson& lesson) {
  nn::Adam adam(model.parameters(), {.lr = 1e-3});
  lab::Progress progress("training", lesson.options.steps);
  for (std::int64_t step = 1, steps = lesson.options.steps; step <= steps; ++step) {
    const Tensor eps = autograd::randn(x_data.shape());                      // (200, 2)
    const auto k = autograd::randint(1, schedule.steps() + 1, eps.size(0));  // 200 whole numbers
    const auto [x_k, time] = schedule.sample(x_data, eps, k);                // (200, 2), (200, 1)
    const Tensor loss = autograd::mse_loss(model(x_k, time), eps);
    adam.zero_grad();
    loss.backward();
    adam.step();
    progress.update(step);
    if (step == 1 || 5 * step % steps == 0)
      lesson.log({{"K", schedule.steps()}, {"step", step}, {"loss", loss.item()}});
  }
}

// 5. The best answer, E[eps | x_k]: from which of the points z (m, 2) may x (n, 2) have come?
Tensor exact_noise(const Tensor& x, double a, double b, const Tensor& z) {
  const Tensor apart = reshape(x, {x.size(0), 1, 2}) - a * reshape(z, {1, z.size(0), 2});
  const Tensor logits = -sum(square(apart), 2) / (2 * b * b);  // (n, m)
  const Tensor weights = exp(logits - max(logits, 1, true));   // (n, m)
  return (x - a * matmul(weights, z) / sum(weights, 1, true)) / b;
}

// 7. The sampler: ask for the noise in x (n, 2), take some out, put a little back, K times.
std::vector<Tensor> denoising(const flow::NoisePredictor& model,
                              const flow::NoiseSchedule& schedule, Tensor x) {
  const autograd::NoGradGuard no_grad;
  std::vector<Tensor> states{x};
  for (Index k = schedule.steps(); k >= 1; --k) {
    const double time = static_cast<double>(k) / static_cast<double>(schedule.steps());
    const double beta = schedule.beta(k), b = schedule.noise(k);
    const Tensor eps = model(x, autograd::full({x.size(0), 1}, time));
    const double sigma = std::sqrt(beta) * schedule.noise(k - 1) / b;  // 0 for k = 1
    x = (x - beta / b * eps) / std::sqrt(1 - beta) + sigma * autograd::randn(x.shape());
    if (k % 20 == 1) states.push_back(x);
  }
  return states;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 2. Is that x_k = a x_data + b eps? 2000 copies of the last point, at x = 4 pi, step by step.
    autograd::manual_seed(lesson.options.seed);
    const Tensor x_data = flow::data::sine_curve(200).points;
    const flow::NoiseSchedule schedule(1000, 1e-4, 0.02), too_short(100, 1e-4, 0.02);
    lesson.settings({{"K", 1000}, {"beta from", 1e-4}, {"to", 0.02}, {"hidden", 64}, {"lr", 1e-3}});
    const auto mean_x = [](const Tensor& x) { return mean(slice(x, 1, 0, 1)).item(); };
    const auto copies = noising(schedule, expand(slice(x_data, 0, 199, 200), {2000, 2}));
    double off = 0;
    for (const Index k : {100, 200, 500, 1000}) {
      const Tensor& x = copies[static_cast<std::size_t>(k / 20)];
      const double mean = mean_x(x), spread = std::sqrt(mean_x(square(x - mean)));
      const double a_x = schedule.signal(k) * flow::data::sine_curve_end, b = schedule.noise(k);
      lesson.log({{"k", k}, {"mean x", mean}, {"a 4 pi", a_x}, {"spread x", spread}, {"b", b}});
      off = std::fmax(off, std::hypot(mean - a_x, spread - b));
    }
    lesson.check_at_most("largest difference from the closed form", off, 0.12);

    // 3. Sampling will start from pure noise, so the end of the noising must have lost the data.
    const double reach = max(abs(x_data)).item();
    lesson.log({{"abar_100", too_short.alpha_bar(100)}, {"abar_1000", schedule.alpha_bar(1000)}});
    lesson.check_at_most("a max|x| after 1000 steps", schedule.signal(1000) * reach, 0.1);
    lesson.check_at_least("... after 100 with the same betas", too_short.signal(100) * reach, 1);
    flow::VectorField model(2, 64), other(2, 64);
    train(model, schedule, x_data, lesson);

    // 6. Is this loss normal? At 25 depths, on fresh noise: network, best answer, and between them.
    double loss = 0, floor = 0, error = 0;
    for (Index k = 20; k < 1000; k += 40) {
      const Tensor z = index_select(x_data, autograd::randint(0, 200, 2000));
      const Tensor eps = autograd::randn({2000, 2});
      const auto [x_k, time] = schedule.sample(z, eps, std::vector<Index>(2000, k));
      const Tensor best = exact_noise(x_k, schedule.signal(k), schedule.noise(k), x_data);
      const Tensor guess = model(x_k, time);
      const double at_k[] = {mse_loss(guess, eps).item(), mse_loss(best, eps).item()};
      if (k % 240 == 20) lesson.log({{"k", k}, {"loss", at_k[0]}, {"floor", at_k[1]}});
      loss += at_k[0] / 25, floor += at_k[1] / 25, error += mse_loss(guess, best).item() / 25;
    }
    lesson.log({{"mean loss", loss}, {"floor", floor}, {"(network - best)^2", error}});
    lesson.check_near("above the floor: the network's error", loss - floor, error, 0.005);

    // 8. 2000 samples; each costs 1000 evaluations of the network.
    const Tensor noise = autograd::randn({2000, 2});
    const Tensor truth = random_sine_curve(2000).points, fresh = random_sine_curve(2000).points;
    const std::vector<Tensor> states = denoising(model, schedule, noise);
    lesson.print(lab::sine_plot("2000 samples, K = 1000", states.back(), false));

    // 9. The trap: 100 steps with the same betas, from pure noise and from noised data.
    train(other, too_short, x_data, lesson);
    std::vector<double> e;
    const auto judge = [&](const char* what, const Tensor& x) {
      e.push_back(flow::metrics::energy_distance(x, truth));
      const double d = flow::metrics::mean_distance_to_sine_curve(x);
      lesson.log({{"samples", what}, {"energy", e.back()}, {"to curve", d}, {"mean x", mean_x(x)}});
    };
    judge("K = 1000", states.back());
    judge("K = 100", flow::ddpm_sample(other, too_short, noise, 100));
    judge("noised data",
          flow::ddpm_sample(other, too_short, noising(too_short, fresh).back(), 100));
    judge("(data)", fresh);
    lesson.check_at_most("K = 1000: energy distance to fresh data", e[0], 0.3);
    lesson.check_at_least("K = 100: larger by a factor of", e[1] / e[0], 10);
    lesson.check_at_most("K = 100 from noised data instead", e[2], 0.1);
    lab::write_states(lesson.csv("ddpm_there.csv", {"frame", "x", "y"}), noising(schedule, truth));
    lab::write_states(lesson.csv("ddpm_back.csv", {"frame", "x", "y"}), states);
    lesson.draw_figure();
    lesson.close({.what_you_saw = "Noise data, learn which noise it was, go back in small steps.",
                  .change_one_thing = "sigma = 0 in section 7: where do the samples gather?",
                  .next = "./build/lessons/flow_vs_diffusion   what really differs?"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "ddpm",
                          .question = "How does diffusion do the same job?",
                          .steps = 50'000,
                          .quick_steps = 10'000},
                         lesson_body);
}
