// The unconditional run at full settings: is this loss normal?

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/progress.h"

using autograd::Tensor;
using flow::data::random_sine_curve;
using flow::metrics::energy_distance;

namespace {

struct Run {
  std::int64_t first = 0;                         // how many steps --resume had behind it
  std::vector<double> losses = {};                // of every step after these
  std::vector<flow::VectorField> snapshots = {};  // the model at ten of the last 1000 steps
};

Run train(flow::VectorField& model, const Tensor& x1, lab::Lesson& lesson, bool noise_drawn_once) {
  nn::Adam adam(model.parameters(), {.lr = 1e-2});
  const std::int64_t steps = lesson.options.steps;
  Run run{.first = noise_drawn_once ? 0 : lesson.resume(model, adam)};
  lab::Progress progress("training", steps);
  Tensor x0;
  for (std::int64_t step = run.first; step < steps; ++step) {
    // 1. Noise first, then a time for every row: the order in which PyTorch's stream is drawn.
    if (step == 0 || !noise_drawn_once) x0 = autograd::randn(x1.shape());  // (200, 2)
    const Tensor t = autograd::rand({x1.size(0), 1});                      // (200, 1)

    // 2. A point on the line from x0 to x1, and how fast it moves there.
    const Tensor x_t = (1 - t) * x0 + t * x1;  // (200, 2)
    const Tensor velocity = x1 - x0;           // (200, 2)

    // 3. Ask the network for that velocity; it sees only the point and the time.
    const Tensor loss = autograd::mse_loss(model(x_t, t), velocity);

    // 4. Gradients, and one step of Adam.
    adam.zero_grad();
    loss.backward();
    adam.step();
    run.losses.push_back(loss.item());
    if ((steps - step) % 100 == 1 && steps - step < 1000) run.snapshots.push_back(clone(model));
    progress.update(step + 1);
  }
  if (!noise_drawn_once) lesson.save(model, adam);
  return run;
}

// The mean of the last `count` losses up to step n: a single one jumps with its draws.
double mean(const Run& run, std::int64_t n, std::int64_t count) {
  const double* end = run.losses.data() + (n - run.first);
  count = std::min(n - run.first, count);
  return std::accumulate(end - count, end, 0.0) / static_cast<double>(count);
}

// 5. On 20,000 fresh lines: the loss of the network's v, of the exact u, and the mean (v - u)^2.
auto compare(const flow::VectorField& model, const Tensor& x1, double from, double to) {
  const autograd::NoGradGuard no_grad;
  const Tensor z = index_select(x1, autograd::randint(0, x1.size(0), 20'000));
  const Tensor t = from + (to - from) * autograd::rand({z.size(0), 1});
  const auto [x_t, target] = flow::LinearPath().sample(autograd::randn(z.shape()), z, t);
  const Tensor v = model(x_t, t), u = flow::oracle::velocity(x_t, t, x1);
  return std::array{mse_loss(v, target).item(), mse_loss(u, target).item(), mse_loss(v, u).item()};
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 6. 200 points on y = sin x, evenly spaced over [0, 4 pi], and a network 3 -> 64 -> 2.
    autograd::manual_seed(lesson.options.seed);
    const Tensor x1 = flow::data::sine_curve(200).points;
    flow::VectorField model(2, 64);
    lesson.settings({{"points", 200}, {"hidden", 64}, {"parameters", 386}, {"lr", 1e-2}});
    const std::int64_t steps = lesson.options.steps;
    const Run run = train(model, x1, lesson, false);
    for (std::int64_t n = 1; n <= steps; n *= 10) {
      if (n <= run.first) continue;  // before the checkpoint
      lesson.log({{"step", n}, {"loss", mean(run, n, 1)}, {"mean of 1000", mean(run, n, 1000)}});
    }
    const double loss = mean(run, steps, 1000), floor = flow::oracle::loss_floor(x1);
    lesson.log({{"final loss", loss}, {"floor", floor}, {"above it", loss - floor}});
    lesson.check_between("the loss ends above its floor, and near it", loss - floor, 0.05, 0.40);

    // 7. Where the floor comes from, by fifths of t.
    double excess = 0, error = 0;
    for (const double t : {0.0, 0.2, 0.4, 0.6, 0.8}) {
      const auto [of_v, of_u, apart] = compare(model, x1, t, t + 0.2);
      lesson.log({{"t from", t}, {"loss", of_v}, {"floor", of_u}, {"(v - u)^2", apart}});
      excess += (of_v - of_u) / 5, error += apart / 5;
    }
    lesson.check_near("loss - floor = (v - u)^2", excess, error, 0.02);

    // 8. Judge by samples. Adam at this rate never comes to rest, so judge ten models.
    const Tensor noise = autograd::randn({2000, 2});
    const Tensor truth = random_sine_curve(2000).points, again = random_sine_curve(2000).points;
    std::vector<double> ten;
    for (const flow::VectorField& snapshot : run.snapshots) {
      ten.push_back(energy_distance(flow::sample(snapshot, noise, {.steps = 50}), truth));
      lesson.log({{"model", ten.size()}, {"energy distance", ten.back()}});
    }
    lesson.log({{"model", "truth"}, {"energy distance", energy_distance(again, truth)}});
    const std::vector<Tensor> states = flow::trajectory(model, noise, {.steps = 50});
    lesson.print(lab::sine_plot("2000 samples of the last model", states.back(), false));
    std::sort(ten.begin(), ten.end());
    lesson.check_at_most("energy distance, upper median of the ten", ten[ten.size() / 2], 0.08);
    lesson.check_at_least("they differ: highest over lowest", ten.back() / ten.front(), 1.5);

    // 9. Noise drawn once, and paired with its point for ever: the network learns the pairs.
    flow::VectorField memoriser(2, 64);
    const Run once = train(memoriser, x1, lesson, true);
    const double on_pairs = mean(once, steps, 1000), on_fresh = compare(memoriser, x1, 0, 1)[0];
    lesson.log({{"loss on its pairs", on_pairs}, {"floor", floor}, {"on fresh noise", on_fresh}});
    lesson.check_at_most("noise drawn once: a lower loss than fresh noise", on_pairs, loss - 0.02);
    lesson.check_at_least("... but a higher one on fresh noise", on_fresh, loss + 0.1);

    // 10. Points drawn at random leave gaps in the curve, which no training fills.
    double even = energy_distance(x1, truth), random = 0;
    for (int i = 0; i < 20; ++i) random += energy_distance(random_sine_curve(200).points, truth);
    lesson.log({{"energy distance, even", even}, {"random, mean of 20", random / 20}});
    lesson.check_at_least("random points are further off, by a factor of", random / 20 / even, 2);

    // 11. For the picture: both losses, the field, and what it does to the noise.
    lab::CsvWriter csv = lesson.csv("vector_field_loss.csv", {"step", "fresh", "once", "floor"});
    for (std::int64_t n = run.first + 1; n <= steps; n += 1 + n / 6)
      csv.row({static_cast<double>(n), mean(run, n, 1 + n / 6), mean(once, n, 1 + n / 6), floor});
    csv.close();
    lab::write_field(lesson.csv("vector_field_arrows.csv", {"t", "x", "y", "u", "v"}), model, 50);
    lab::write_states(lesson.csv("vector_field_states.csv", {"frame", "x", "y"}), states);
    lesson.draw_figure();
    lesson.close({.what_you_saw = "The loss stops near 3, and must: most of it nobody can predict.",
                  .change_one_thing = "{.lr = 1e-3} in train(): slower, but steadier models.",
                  .next = "./build/lessons/euler   from the field to samples, step by step"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "vector_field",
       .question = "The unconditional run at full settings: is this loss normal?",
       .steps = 100'000,
       .quick_steps = 20'000,
       .saves = true},
      lesson_body);
}
