// What does a better solver buy?

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/plot.h"
#include "lessons/lab/trained_field.h"

using autograd::Index;
using autograd::Tensor;
using flow::Solver;
using flow::metrics::rms_distance;

namespace {

// 1. One step of RK4: four looks at the field. k1 at the start; k2 and k3 in the middle, each
//    reached along the slope before it; k4 at the end. Then one walk along their weighted mean.
Tensor rk4_step(const flow::Velocity& v, const Tensor& x, double t, double h) {
  const auto at = [&](double time) { return autograd::full({x.size(0), 1}, time); };
  const Tensor k1 = v(x, at(t));
  const Tensor k2 = v(x + h / 2 * k1, at(t + h / 2));
  const Tensor k3 = v(x + h / 2 * k2, at(t + h / 2));
  const Tensor k4 = v(x + h * k3, at(t + h));
  return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
}

// 2. A field whose answer is known: dx/dt = x^2 cos t from x = 1/2 ends at 1 / (2 - sin 1).
Tensor bend(const Tensor& x, const Tensor& t) { return x * x * autograd::cos(t); }

double error_on_bend(Solver solver, Index steps) {
  const Tensor end = flow::sample(bend, autograd::full({1, 1}, 0.5), {solver, steps});
  return std::abs(end.item() - 1 / (2 - std::sin(1)));
}

constexpr std::array solvers{Solver::euler, Solver::midpoint, Solver::heun, Solver::rk4};
constexpr std::array names{"Euler", "midpoint", "Heun", "RK4"};
constexpr std::array orders{1, 2, 2, 4};

// 3. On a trained field no formula says where the points should end; 1000 steps of RK4 stand in.
//    Asking the network is what costs, so solvers are compared at equal numbers of evaluations.
std::vector<lab::Series> compare(lab::Lesson& lesson, const std::string& activation,
                                 const flow::Velocity& v, const Tensor& noise) {
  const Tensor exact = flow::sample(v, noise, {Solver::rk4, 1000});
  lab::CsvWriter csv = lesson.csv("rk4_" + activation + ".csv", {"solver", "evaluations", "error"});
  lesson.print(activation + " field: error (rms) at 4, 16, 64 evaluations, order from 16 to 64");
  std::vector<lab::Series> curves;
  for (std::size_t i = 0; i < 4; ++i) {
    lab::Series curve{.label = names[i]};
    for (Index evaluations = 4; evaluations <= 512; evaluations *= 2) {
      const Index steps = evaluations / flow::function_evaluations({solvers[i], 1});
      curve.x.push_back(static_cast<double>(evaluations));
      curve.y.push_back(rms_distance(flow::sample(v, noise, {solvers[i], steps}), exact));
      csv.row({static_cast<double>(i), curve.x.back(), curve.y.back()});
    }
    const std::vector<double>& e = curve.y;
    const double order = std::log2(e[2] / e[4]) / 2;
    lesson.log({{"solver", names[i]}, {"4", e[0]}, {"16", e[2]}, {"64", e[4]}, {"order", order}});
    curves.push_back(curve);
  }
  csv.close();
  return curves;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 4. Where the four slopes stand, in a single step from t = 0 to t = 1.
    lab::CsvWriter looks = lesson.csv("rk4_step.csv", {"t", "x", "slope"});
    std::vector<double> times;
    const auto watched = [&](const Tensor& x, const Tensor& t) {
      const Tensor k = bend(x, t);
      times.push_back(t.item());
      looks.row({t.item(), x.item(), k.item()});
      lesson.log({{"k", times.size()}, {"t", t.item()}, {"x", x.item()}, {"slope", k.item()}});
      return k;
    };
    const Tensor end = rk4_step(watched, autograd::full({1, 1}, 0.5), 0, 1);
    looks.close();
    lesson.log({{"one step ends at", end.item()}, {"exact", 1 / (2 - std::sin(1))}});
    lesson.check("RK4 looks at t = 0, 1/2, 1/2, 1", times == std::vector<double>{0, 0.5, 0.5, 1});

    // 5. The order, measured: a solver has order p if half the step leaves 1 / 2^p of the error.
    double off = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const double coarse = error_on_bend(solvers[i], 4), fine = error_on_bend(solvers[i], 8);
      const double order = std::log2(coarse / fine);
      off = std::max(off, std::abs(order - orders[i]));
      lesson.log({{"solver", names[i]}, {"4 steps", coarse}, {"8 steps", fine}, {"order", order}});
    }
    lesson.check_at_most("largest deviation from the orders 1, 2, 2, 4", off, 0.2);

    // 6. The field that lesson vector_field trains, 3 -> 64 -> 2 with ReLU.
    autograd::manual_seed(lesson.options.seed);
    const Tensor x1 = flow::data::sine_curve(200).points;
    const flow::Velocity field = lab::trained_field(x1, lesson.options.steps);
    const Tensor noise = autograd::randn({2000, 2});
    const Tensor truth = flow::data::random_sine_curve(2000).points;
    const std::vector<lab::Series> relu = compare(lesson, "ReLU", field, noise);
    const std::vector<double>& e = relu[3].y;
    lesson.check_between("ReLU: RK4 has order", std::log2(e[2] / e[4]) / 2, 1.3, 2.6);
    lesson.check_at_least("one step of RK4: its error over Euler's", e[0] / relu[0].y[0], 0.75);
    lesson.check("flow::solver_step is rk4_step",
                 rms_distance(flow::solver_step(Solver::rk4, field, noise, 0.25, 0.5),
                              rk4_step(field, noise, 0.25, 0.5)) == 0);

    // 7. The note's 50 Euler steps, 50 evaluations, against 13 steps of RK4, 52 evaluations.
    const Tensor exact = flow::sample(field, noise, {Solver::rk4, 1000});
    std::vector<double> errors, energy;
    for (const flow::SampleOptions options :
         {flow::SampleOptions{Solver::euler, 50}, {Solver::rk4, 13}, {Solver::rk4, 1000}}) {
      const Tensor samples = flow::sample(field, noise, options);
      const Index cost = flow::function_evaluations(options);
      errors.push_back(rms_distance(samples, exact));
      energy.push_back(flow::metrics::energy_distance(samples, truth));
      lesson.log(
          {{"evaluations", cost}, {"error", errors.back()}, {"energy distance", energy.back()}});
    }
    lesson.check_at_most("RK4, 13 steps: error", errors[1], 0.02);
    lesson.check_at_least("Euler, 50 steps: error larger by a factor of", errors[0] / errors[1], 5);
    lesson.check_at_most("RK4, 13 or 1000 steps: energy distance moves by",
                         std::abs(energy[1] - energy[2]), 1e-3);

    // 8. One thing changed: tanh for ReLU. No kinks in the field, and RK4 has its order.
    nn::Sequential net{nn::Linear(3, 64), nn::Tanh(), nn::Linear(64, 2)};
    const auto smooth = [&](auto& x, auto& t) { return net(autograd::cat({x, t}, 1)); };
    lab::train(smooth, net.parameters(), x1, lesson.options.steps);
    const std::vector<lab::Series> curves = compare(lesson, "tanh", smooth, noise);
    const std::vector<double>& s = curves[3].y;
    lesson.check_between("tanh: RK4 has order", std::log2(s[2] / s[4]) / 2, 3.2, 5.5);
    lesson.print(lab::lines(curves, {.title = "tanh field", .log_x = true, .log_y = true}));
    lesson.draw_figure();
    lesson.close({.what_you_saw = "At equal cost RK4 ends far closer to the exact ends than Euler. "
                                  "Its order 4 needs a field without kinks; how good the exact "
                                  "ends are, only training decides.",
                  .change_one_thing = "nn::SiLU() for nn::Tanh() in section 8: which order then?",
                  .next = "./build/lessons/conditional   ask for a part of the curve"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "rk4",
                          .question = "What does a better solver buy?",
                          .steps = 100'000,
                          .quick_steps = 20'000},
                         lesson_body);
}
