// How does a field become samples?

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "lessons/lab/trained_field.h"

using autograd::Index;
using autograd::Tensor;

namespace {

// 1. The whole sampler, for dx/dt = v(x, t): stand at x (n, dim), ask for the velocity, walk
//    along it for h = 1 / steps, ask again.
Tensor euler(const flow::Velocity& v, Tensor x, Index steps) {
  const autograd::NoGradGuard no_grad;
  const auto count = static_cast<double>(steps);
  for (Index k = 0; k < steps; ++k) {
    const Tensor t = autograd::full({x.size(0), 1}, static_cast<double>(k) / count);
    x = x + 1 / count * v(x, t);
  }
  return x;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 2. A field whose answer is known: dx/dt = -x carries 1 to 1/e. Each step multiplies by 1 - h.
    const auto decay = [](const Tensor& x, const Tensor&) { return -x; };
    std::vector<double> errors;
    double off = 0;
    for (const int steps : {10, 20, 40, 80}) {
      const double end = euler(decay, autograd::ones({1, 1}), steps).item();
      const double by_hand = std::pow(1 - 1.0 / steps, steps);
      off = std::max(off, std::abs(end - by_hand));
      errors.push_back(std::exp(-1) - end);
      lesson.log({{"steps N", steps},
                  {"x(1)", end},
                  {"(1 - 1/N)^N", by_hand},
                  {"error", errors.back()},
                  {"error x N", errors.back() * steps}});
    }
    lesson.check_at_most("largest difference from (1 - 1/N)^N", off, 1e-6);
    for (int i = 1; i < 4; ++i) {
      const auto now = static_cast<std::size_t>(i);
      lesson.check_between(std::to_string(10 << i) + " steps: the error is divided by",
                           errors[now - 1] / errors[now], 1.9, 2.1);
    }
    lesson.check_near("error x N approaches 1/(2e)", errors.back() * 80, 0.5 / std::numbers::e,
                      2e-3);

    // 3. When is the field asked? At t = 0, h, ..., 1 - h and never at 1. Count steps: a clock that
    //    adds h up in float is still below 1 after 50 steps of 1/50, and takes one more.
    std::vector<double> times;
    const auto note_time = [&](const Tensor& x, const Tensor& t) {
      times.push_back(t.data()[0]);
      return -x;
    };
    euler(note_time, autograd::ones({1, 1}), 50);
    int ticks = 0;
    float clock = 0;
    for (; clock < 1; clock += 1.0F / 50) ++ticks;
    lesson.log({{"50 steps", "k / 50"}, {"asks", times.size()}, {"last at t", times.back()}});
    lesson.log({{"50 steps", "t += h"}, {"asks", ticks}, {"last at t", clock - 1.0F / 50}});
    lesson.check_near("the last of 50 steps starts at 1 - h", times.back(), 1 - 1.0 / 50, 1e-6);
    lesson.check("adding up h takes a step too many", ticks == 51);

    // 4. The trained field, and 2000 points of noise. A number for t stands for a column of it. By
    //    itself, the way of the note, cat refuses a number, here as in PyTorch.
    autograd::manual_seed(lesson.options.seed);
    const Tensor x1 = flow::data::sine_curve(200).points;
    const flow::VectorField model = lab::trained_field(x1, lesson.options.steps);
    const Tensor noise = autograd::randn({2000, 2});
    lesson.check("v(x, 0.5) is v(x, a column of 0.5)",
                 flow::metrics::rms_distance(model(noise, 0.5),
                                             model(noise, autograd::full({2000, 1}, 0.5))) == 0);
    try {
      autograd::cat({noise, 0.5}, 1);
      lesson.check("cat joins points and a number, and should not", false);
    } catch (const autograd::ShapeError& error) {
      lesson.check(error.what(), true);
    }

    // 5. One step cannot work. At t = 0 every line through x0 is still possible, the best answer is
    //    mean(x1) - x0, and a step of length 1 puts everything on the mean of the data.
    const Tensor mean = autograd::expand(autograd::mean(x1, 0, true), noise.shape());
    const Tensor best = noise + flow::oracle::velocity(noise, 0, x1);
    const Tensor one_step = euler(model, noise, 1);
    lesson.check_at_most("best field, one step: rms distance to mean(x1)",
                         flow::metrics::rms_distance(best, mean), 1e-5);
    lesson.check_at_most("learned field, one step: rms distance to it",
                         flow::metrics::rms_distance(one_step, mean), 1.2);

    // 6. More steps, better samples, until the field itself is the limit.
    const Tensor truth = flow::data::random_sine_curve(2000).points;
    const Tensor more_truth = flow::data::random_sine_curve(2000).points;
    std::vector<double> distances;
    for (const Index steps : {1, 2, 5, 10, 20, 50, 100}) {
      const Tensor samples = euler(model, noise, steps);
      distances.push_back(flow::metrics::energy_distance(samples, truth));
      lesson.log({{"steps", steps},
                  {"energy distance", distances.back()},
                  {"mean distance to curve", flow::metrics::mean_distance_to_sine_curve(samples)}});
    }
    lesson.log(
        {{"steps", "(data)"},
         {"energy distance", flow::metrics::energy_distance(more_truth, truth)},
         {"mean distance to curve", flow::metrics::mean_distance_to_sine_curve(more_truth)}});
    lesson.check_at_most("50 steps: energy distance to fresh data", distances[5], 0.2);
    lesson.check_at_least("one step is worse by a factor of", distances[0] / distances[5], 8);

    // 7. The library's sampler walks the same way, bit for bit.
    const Tensor samples = euler(model, noise, 50);
    const Tensor library = flow::sample(model, noise, {.solver = flow::Solver::euler, .steps = 50});
    lesson.check("flow::sample ends at the same 2000 points",
                 flow::metrics::rms_distance(samples, library) == 0);
    lesson.print(lab::scatter(
        {lab::series("50 steps", samples), lab::series("1 step", one_step)},
        {.x_range = std::pair(-4.0, 16.0), .y_range = std::pair(-3.0, 3.0), .height = 18}));

    // 8. For the picture: every state of the walks in 1, 5 and 50 steps.
    for (const Index steps : {1, 5, 50}) {
      lab::write_states(lesson.csv("euler_" + std::to_string(steps) + ".csv", {"step", "x", "y"}),
                        flow::trajectory(model, noise, {.steps = steps}));
    }
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "Sampling is walking: ask the field, take a small step, ask again. Halve "
                         "the step and Euler's error halves.",
         .change_one_thing = "In section 1 let step k start at (k + 1) / count: which claims "
                             "notice, and which field does not care?",
         .next = "./build/lessons/rk4   the same walk with a better stride"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "euler",
                          .question = "How does a field become samples?",
                          .steps = 100'000,
                          .quick_steps = 20'000},
                         lesson_body);
}
