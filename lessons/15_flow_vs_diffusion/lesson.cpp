// What really differs?

#include <array>
#include <cmath>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/progress.h"

using autograd::Index;
using autograd::Tensor;
using flow::metrics::energy_distance;
using flow::metrics::rms_distance;
using Pair = std::pair<flow::Velocity, flow::NoisePredictor>;  // one of each

namespace {

// 1. Two losses, both a plain mean square. All else is the same, the weights at the start, too.
const flow::NoiseSchedule schedule(1000, 1e-4, 0.02);
flow::VectorField train(bool diffusion, const Tensor& x_data, lab::Options options, double lr) {
  autograd::manual_seed(options.seed);
  flow::VectorField model(2, 64);
  nn::Adam adam(model.parameters(), {.lr = lr});
  lab::Progress progress("training", options.steps);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    const Tensor eps = autograd::randn(x_data.shape());  // (200, 2)
    const Tensor loss =
        diffusion ? flow::ddpm_loss(model, schedule, x_data, eps, autograd::randint(1, 1001, 200))
                  : flow::cfm_loss(model, eps, x_data, autograd::rand({200, 1}));
    adam.zero_grad();
    loss.backward();
    adam.step();
    progress.update(step + 1);
  }
  return model;
}

// 2. With y = x_k / (a + b) and t = a / (a + b) the noised point lies on the line of flow matching,
//    y = (1 - t) eps + t x_data. There eps = y - t u and u = (y - eps) / t: either network is both.
double scale(Index k) { return schedule.signal(k) + schedule.noise(k); }
double time(Index k) { return schedule.signal(k) / scale(k); }
flow::NoisePredictor noise_from(const flow::Velocity& v) {
  return [v](const Tensor& x, const Tensor& column) {  // column (n, 1): k / 1000
    const Index k = std::lround(column.data()[0] * 1000);
    return x / scale(k) - time(k) * v(x / scale(k), time(k));
  };
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    const Tensor x_data = flow::data::sine_curve(200).points;
    lesson.settings({{"K", 1000}, {"beta from", 1e-4}, {"to", 0.02}, {"hidden", 64}});
    std::vector<Pair> networks, hasty;
    for (lab::Options o = lesson.options; networks.size() < 3; ++o.seed) {
      networks.push_back({train(false, x_data, o, 1e-3), train(true, x_data, o, 1e-3)});
      hasty.push_back({train(false, x_data, o, 1e-2), train(true, x_data, o, 1e-2)});
    }
    const auto exact = [&](auto y, auto t) { return flow::oracle::velocity(y, t, x_data); };
    const Index n = lesson.options.quick ? 400 : 2000;
    const Tensor noise = autograd::randn({n, 2}), truth = flow::data::random_sine_curve(n).points;
    const double same = energy_distance(flow::data::random_sine_curve(n).points, truth);
    const autograd::NoGradGuard no_grad;

    // 3. One walk, told twice over the same 50 steps: DDIM in x, Euler in y.
    const std::vector<Index> k = schedule.stations(50);
    Tensor x = noise, y = noise / scale(1000);
    for (std::size_t i = 0; i < 50; ++i) {
      const Tensor column = autograd::full({n, 1}, static_cast<double>(k[i]) / 1000);
      const Tensor u = (y - networks[0].second(scale(k[i]) * y, column)) / time(k[i]);
      y = y + (time(k[i + 1]) - time(k[i])) * u;
      x = flow::ddim_step(networks[0].second, schedule, x, k[i], k[i + 1]);
      if (i % 10 == 9)
        lesson.log({{"t", time(k[i + 1])}, {"apart", rms_distance(x / scale(k[i + 1]), y)}});
    }
    lesson.check_at_most("DDIM in x and Euler in y end apart by (rms)", rms_distance(x, y), 1e-4);

    // 4. Budgets: three pairs of networks and their mean, and the exact field in the place of both.
    constexpr std::array name{"lr 1e-3", "lr 1e-2", "exact"};
    lab::CsvWriter csv = lesson.csv("budgets.csv", {"steps", "of", "flow", "ddim", "ddpm"});
    const auto compare = [&](const std::vector<Pair>& pairs, std::size_t of, Index cost) {
      std::array<double, 3> e{}, m{};
      const auto count = static_cast<double>(pairs.size());
      for (const auto& [velocity, predictor] : pairs) {
        const std::array samples{flow::sample(velocity, noise, {.steps = cost}),
                                 flow::ddim_sample(predictor, schedule, noise, cost),
                                 flow::ddpm_sample(predictor, schedule, noise, cost)};
        for (std::size_t i = 0; i < 3; ++i)
          e[i] = energy_distance(samples[i], truth), m[i] += e[i] / count;
        lesson.log({{"N", cost}, {"of", name[of]}, {"flow", e[0]}, {"DDIM", e[1]}, {"DDPM", e[2]}});
        csv.row({static_cast<double>(cost), static_cast<double>(of), e[0], e[1], e[2]});
      }
      if (pairs.size() > 1)
        lesson.log({{"N", cost}, {"of", "mean"}, {"flow", m[0]}, {"DDIM", m[1]}, {"DDPM", m[2]}});
      return m;
    };
    const std::vector<Pair> best{{exact, noise_from(exact)}};
    for (const Index steps : {5, 10, 20, 50}) {
      compare(networks, 0, steps);
      compare(best, 2, steps);
    }
    const auto learned = compare(networks, 0, 100), of_exact = compare(best, 2, 100);
    const auto many = compare(networks, 0, 1000);
    const auto at_high_rate = compare(hasty, 1, 100);
    csv.row({0, 3, same, same, same});
    csv.close();
    lesson.log({{"two sets of data", same}});
    lesson.check_at_most("exact field, DDIM and DDPM", std::fmax(of_exact[1], of_exact[2]), 0.2);
    lesson.check_at_least("lr 1e-2, DDIM over flow", at_high_rate[1] / at_high_rate[0], 1.3);
    lesson.check_at_most("DDPM, 100 evaluations over 1000", learned[2] / many[2], 1.6);

    // 5. Where do the networks err? The error of eps, and of u, which is that of eps over t.
    for (const Index at : {20, 100, 300, 600, 900, 1000}) {
      const std::vector<Index> all(static_cast<std::size_t>(n), at);
      const auto [x_k, column] = schedule.sample(truth, autograd::randn({n, 2}), all);
      const Tensor right = noise_from(exact)(x_k, column);
      double f = 0, d = 0;
      for (const auto& [velocity, predictor] : networks) {
        f += rms_distance(noise_from(velocity)(x_k, column), right) / 3;
        d += rms_distance(predictor(x_k, column), right) / 3;
      }
      const double t = time(at);
      lesson.log({{"t", t}, {"eps flow", f}, {"ddpm", d}, {"u flow", f / t}, {"ddpm", d / t}});
      if (at == 1000) lesson.check_at_least("at the noise, error of ddpm over flow", d / f, 4);
    }

    // 6. Is the velocity constant, the path straight? For a pair. One step of the exact field:
    const Tensor end = flow::sample(exact, noise, {.steps = 100}), step = exact(noise, 0.0);
    const double miss = rms_distance(noise + step, end) / rms_distance(noise, end);
    lesson.check_at_least("one step of it misses the end by (share of the way)", miss, 0.3);

    // 7. Deterministic or not is a matter of the sampler: the flow network, with fresh noise.
    const Tensor noisy = flow::ddpm_sample(noise_from(networks[0].first), schedule, noise, 100);
    lesson.check_at_most("flow network, DDPM's sampler", energy_distance(noisy, truth), 0.2);
    lesson.print(lab::sine_plot("flow network, DDPM's sampler, 100 evaluations", noisy));
    lesson.draw_figure();
    lesson.close({.what_you_saw = "Path, target and sampler are choices, and can be converted.",
                  .change_one_thing = "noise + 1 for noise in section 4: which sampler forgets it?",
                  .next = "./build/lessons/first_flow   where it began, in 25 lines"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "flow_vs_diffusion",
                          .question = "What really differs?",
                          .steps = 50'000,
                          .quick_steps = 5'000},
                         lesson_body);
}
