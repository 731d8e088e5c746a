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
using Pair = std::pair<flow::Velocity, flow::NoisePredictor>;  // a network for each method

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
    const double left = schedule.signal(1000) * max(abs(x_data)).item();
    lesson.check_at_most("left of the data after K steps, a max|x|", left, 0.1);
    std::vector<Pair> networks, hasty;  // three of each
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
      const double t = time(k[i]), t_to = time(k[i + 1]);
      const Tensor column = autograd::full({n, 1}, static_cast<double>(k[i]) / 1000);
      const Tensor eps = networks[0].second(scale(k[i]) * y, column);
      y = y + (t_to - t) * (y - eps) / t;
      x = flow::ddim_step(networks[0].second, schedule, x, k[i], k[i + 1]);
      if (i % 10 == 9) lesson.log({{"t", t_to}, {"apart", rms_distance(x / scale(k[i + 1]), y)}});
    }
    lesson.check_at_most("DDIM in x and Euler in y end apart by (rms)", rms_distance(x, y), 1e-4);

    // 4. Budgets: N evaluations, with the exact field and with the mean of three pairs of networks.
    const std::array names{"exact", "lr 1e-3, mean", "lr 1e-2, mean"};
    const std::array fields{std::vector<Pair>{{exact, noise_from(exact)}}, networks, hasty};
    lab::CsvWriter csv = lesson.csv("budgets.csv", {"field", "N", "flow", "ddim", "ddpm"});
    const auto compare = [&](std::size_t field, Index N) {
      const auto log = [&](const char* name, const std::array<double, 3>& e) {
        lesson.log({{"field", name}, {"N", N}, {"flow", e[0]}, {"DDIM", e[1]}, {"DDPM", e[2]}});
      };
      std::array<double, 3> mean{};
      for (const auto& [velocity, predictor] : fields[field]) {
        const std::array e{
            energy_distance(flow::sample(velocity, noise, {.steps = N}), truth),
            energy_distance(flow::ddim_sample(predictor, schedule, noise, N), truth),
            energy_distance(flow::ddpm_sample(predictor, schedule, noise, N), truth)};
        for (std::size_t j = 0; j < 3; ++j) mean[j] += e[j] / (field > 0 ? 3 : 1);
        if (field > 0 && N == 100) log("one seed", e);
        csv.row({static_cast<double>(field), static_cast<double>(N), e[0], e[1], e[2]});
      }
      log(names[field], mean);
      return mean;
    };
    for (const Index N : {5, 10, 20, 50}) compare(0, N);
    const auto of_exact = compare(0, 100);
    for (const Index N : {5, 10, 20, 50}) compare(1, N);
    const auto learned = compare(1, 100), many = compare(1, 1000), hasty_mean = compare(2, 100);
    csv.row({-1, 0, same, same, same});
    csv.close();
    lesson.log({{"two sets of data", same}});
    lesson.check_at_most("exact, N = 100, DDIM and DDPM", std::fmax(of_exact[1], of_exact[2]), 0.1);
    lesson.check_at_least("lr 1e-2, N = 100, DDIM over flow", hasty_mean[1] / hasty_mean[0], 1.3);
    lesson.check_at_most("lr 1e-3, DDPM, N = 100 over N = 1000", learned[2] / many[2], 2);

    // 5. Where do the networks err? The error of eps, and of u, which is that of eps over t.
    for (const Index at : {20, 100, 300, 600, 900, 1000}) {
      const std::vector<Index> all(static_cast<std::size_t>(n), at);
      const auto [x_k, column] = schedule.sample(truth, autograd::randn({n, 2}), all);
      const Tensor right = noise_from(exact)(x_k, column);
      double t = time(at), f = 0, d = 0;
      for (const auto& [velocity, predictor] : networks) {
        f += rms_distance(noise_from(velocity)(x_k, column), right) / 3;
        d += rms_distance(predictor(x_k, column), right) / 3;
      }
      lesson.log(
          {{"t", t}, {"eps flow", f}, {"eps ddpm", d}, {"u flow", f / t}, {"u ddpm", d / t}});
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
