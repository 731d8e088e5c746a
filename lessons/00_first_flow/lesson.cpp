// Can I see it work first? Noise flows onto a curve.

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"

using autograd::Tensor;

// The last column names the lesson that explains the line.
// clang-format off
int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 1. Learn a field of velocities.
    autograd::manual_seed(lesson.options.seed);
    const std::int64_t steps = lesson.options.steps;
    const Tensor x1 = flow::data::sine_curve(200).points;    // (200, 2), the data  path
    flow::VectorField model(2, 64);                          // v(x, t), a network  linear, mlp
    nn::Adam adam(model.parameters(), {.lr = 1e-2});         // the optimiser       adam
    for (std::int64_t step = 0; step < steps; ++step) {
      const Tensor x0 = autograd::randn({200, 2});           // (200, 2), new noise path
      const Tensor t = autograd::rand({200, 1});             // a time for each     path
      const Tensor loss = flow::cfm_loss(model, x0, x1, t);  // (v - (x1 - x0))^2   average_velocity
      adam.zero_grad();                                      // clear gradients     mlp
      loss.backward();                                       // all gradients       chain_rule
      adam.step();                                           // and one step        adam
      if (step == steps * 3 / 4) adam.set_lr(1e-3);          // smaller at the end  adam
    }

    // 2. Follow it from 2000 new points of noise, in 50 steps.
    const Tensor noise = autograd::randn({2000, 2});
    const auto states = flow::trajectory(model, noise, {.steps = 50});               // euler, rk4
    const Tensor& samples = states.back();
    lesson.print(lab::sine_plot("noise, t = 0", noise, false));
    lesson.print(lab::sine_plot("samples, t = 1", samples, false));

    // 3. Trust numbers, not pictures: how far from points of the true curve?
    const Tensor truth = flow::data::random_sine_curve(2000).points;
    const double before = flow::metrics::energy_distance(noise, truth);              // vector_field
    const double after = flow::metrics::energy_distance(samples, truth);
    lesson.log({{"points", "noise"}, {"energy distance to the curve", before}});
    lesson.log({{"points", "samples"}, {"energy distance to the curve", after}});
    lesson.check_at_most("energy distance of the samples to the curve", after, 0.06);
    lesson.check_at_least("that of the noise is larger by a factor of", before / after, 100);

    // 4. The picture, and where to go from here.
    lab::write_states(lesson.csv("first_flow.csv", {"frame", "x", "y"}), states);
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "A network that saw 200 points learned a velocity for each place and "
                         "time; along it 2000 points of noise flowed onto the curve.",
         .change_one_thing = "--steps 200 ends the training early: the curve blurs, a claim fails.",
         .next = "./build/lessons/tensor   what all these numbers stand in"});
  };
  // clang-format on
  return lab::run_lesson(argc, argv,
                         {.slug = "first_flow",
                          .question = "Can I see it work first?",
                          .steps = 20'000,
                          .quick_steps = 5'000},
                         lesson_body);
}
