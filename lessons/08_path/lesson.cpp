// What do we ask the network to learn?

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"

using autograd::Tensor;
using flow::metrics::energy_distance;
using flow::metrics::rms_distance;

namespace {

// 1. The straight line of each pair x0, x1 (n, d): where it is at time t (n, 1), and how fast.
flow::PathSample line(const Tensor& x0, const Tensor& x1, const Tensor& t) {
  return {.x_t = (1 - t) * x0 + t * x1, .velocity = x1 - x0};  // (n, d), (n, d)
}

// 2. Show the network a place and a time, ask for the velocity. And three ways to ask amiss.
enum class Ask { rightly, at_x1, backwards, at_one_time };
Tensor batch_loss(const flow::VectorField& v, const Tensor& x1, Ask ask) {
  const std::int64_t n = x1.size(0), times = ask == Ask::at_one_time ? 1 : n;
  const Tensor x0 = autograd::randn(x1.shape());                // (n, 2)
  const Tensor t = expand(autograd::rand({times, 1}), {n, 1});  // (n, 1)
  const auto [x_t, velocity] = line(x0, x1, t);                 // (n, 2), (n, 2)
  const Tensor seen = ask == Ask::at_x1 ? x1 : x_t;
  const Tensor target = ask == Ask::backwards ? -velocity : velocity;
  return mse_loss(v(seen, t), target);
}

// 3. Variances of a batch's loss and first gradient (64, 3): half the mean squared distance of two.
std::pair<double, double> variances(flow::VectorField v, const Tensor& x1, Ask ask) {
  double of_loss = 0, of_gradient = 0;
  for (int draw = 0; draw < 400; ++draw) {
    Tensor loss[2], gradient[2];
    for (const int i : {0, 1}) {
      v.zero_grad();
      loss[i] = batch_loss(v, x1, ask);
      loss[i].backward();
      gradient[i] = v.parameters()[0].grad();
    }
    of_loss += square(loss[0] - loss[1]).item() / 800;
    of_gradient += sum(square(gradient[0] - gradient[1])).item() / 800;
  }
  return {of_loss, of_gradient};
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 4. One pair on its way. And for all: is the velocity the slope, and where does it lead?
    autograd::manual_seed(lesson.options.seed);
    const Tensor x1 = flow::data::sine_curve(200).points, x0 = autograd::randn({200, 2});
    for (const double time : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      const auto [x, v] = line(x0, x1, autograd::full({200, 1}, time));
      lesson.log({{"t", time}, {"x of pair 150", x.data()[300]}, {"velocity", v.data()[300]}});
    }
    const Tensor t = autograd::rand({200, 1});
    const auto [x_t, velocity] = flow::LinearPath().sample(x0, x1, t);
    const Tensor slope = (line(x0, x1, t + 0.125).x_t - line(x0, x1, t - 0.125).x_t) / 0.25;
    lesson.check_at_most("velocity against slope of x_t, rms", rms_distance(velocity, slope), 1e-5);
    lesson.check_at_most("x_t + (1 - t) velocity against x1, rms",
                         rms_distance(x_t + (1 - t) * velocity, x1), 1e-5);

    // 5. From noise N(0, 1) to data N(4, 0.5^2), in one dimension: what is the law of x_t?
    const Tensor from = autograd::randn({100'000, 1}), normal = autograd::randn({100'000, 1});
    double off = 0;
    for (const double s : {0.0, 0.25, 0.5, 0.75, 1.0}) {
      const Tensor x = line(from, 4 + 0.5 * normal, autograd::full({100'000, 1}, s)).x_t;
      const double mean = autograd::mean(x).item(), var = autograd::mean(square(x - mean)).item();
      const double exact = (1 - s) * (1 - s) + s * s * 0.25;
      lesson.log({{"t", s}, {"mean", mean}, {"4 t", 4 * s}, {"variance", var}, {"exact", exact}});
      off = std::max(off, std::abs(mean - 4 * s) / std::sqrt(exact / 1e5));
      off = std::max(off, std::abs(var / exact - 1) / std::sqrt(2 / 1e5));
    }
    lesson.check_at_most("furthest off, in standard errors", off, 4.5);

    // 6. Two rows, two dimensions: times of shape (2,) fit, too, and mean something else.
    const Tensor zero = autograd::zeros({2, 2}), ends = Tensor::from({1, 10, 1, 10}, {2, 2});
    const Tensor column = Tensor::from({0.25, 0.75}, {2, 1}), flat = reshape(column, {2});
    for (const Tensor& times : {column, flat}) {
      const Tensor x = line(zero, ends, times).x_t;
      lesson.log({{"t", to_string(times.shape())}, {"row 1: x", x.data()[2]}, {"y", x.data()[3]}});
    }
    try {
      flow::LinearPath().sample(zero, ends, flat);
      lesson.check("LinearPath refuses the second", false);
    } catch (const autograd::ShapeError& error) {
      lesson.print(error.what());
    }

    // 7. Train a network for each way of asking; look at its loss, and where it carries noise.
    const Tensor noise = autograd::randn({2000, 2});
    const Tensor truth = flow::data::random_sine_curve(2000).points;
    const Tensor many = index_select(x1, autograd::randint(0, 200, 20'000));
    std::vector<flow::VectorField> models{flow::VectorField(2, 64)};  // untrained, for section 8
    std::vector<double> loss, apart;
    for (const auto& [how, ask] :
         {std::pair("rightly", Ask::rightly), std::pair("at x1", Ask::at_x1),
          std::pair("backwards", Ask::backwards)}) {
      flow::VectorField v(2, 64);
      nn::Adam adam(v.parameters(), {.lr = 1e-2});
      for (std::int64_t step = 0; step < lesson.options.steps; ++step) {
        adam.zero_grad();
        batch_loss(v, x1, ask).backward();
        adam.step();
      }
      models.push_back(v);
      loss.push_back(batch_loss(v, many, ask).item());
      apart.push_back(energy_distance(flow::sample(v, noise), truth));
      lesson.log({{"asked", how}, {"loss", loss.back()}, {"energy distance", apart.back()}});
    }
    lesson.check_near("at x1 the loss is the variance of x0", loss[1], 1, 0.05);
    lesson.check_near("backwards it is as low as rightly", loss[2], loss[0], 0.3);
    lesson.check_at_least("both end far off, times", std::min(apart[1], apart[2]) / apart[0], 10);

    // 8. A time for each of the 200 rows, or one for all of them: before training, and after.
    std::vector<double> larger;
    for (const std::size_t k : {0U, 1U}) {
      const auto own = variances(models[k], x1, Ask::rightly);
      const auto one = variances(models[k], x1, Ask::at_one_time);
      lesson.log({{"trained", k}, {"times", 200}, {"loss", own.first}, {"gradient", own.second}});
      lesson.log({{"trained", k}, {"times", 1}, {"loss", one.first}, {"gradient", one.second}});
      larger.push_back(one.second / own.second);
    }
    lesson.check_at_least("one time, untrained: variance of the gradient, times", larger[0], 20);
    lesson.check_at_most("one time, trained: the same, times", larger[1], 10);

    // 9. For the picture: where 2000 pairs begin and end.
    const Tensor data = slice(many, 0, 0, 2000);
    lab::write_states(lesson.csv("path.csv", {"end", "x", "y"}), {noise, data});
    lesson.print(lab::sine_plot("x_t at t = 0.5", (noise + data) / 2));
    lesson.draw_figure();
    lesson.close({.what_you_saw = "For each pair a straight line, and one question: how fast?",
                  .change_one_thing = "In section 1 swap (1 - t) and t. Does the loss notice?",
                  .next = "./build/lessons/average_velocity   the lines cross: why does it work?"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "path",
                          .question = "What do we ask the network to learn?",
                          .steps = 20'000,
                          .quick_steps = 5'000},
                         lesson_body);
}
