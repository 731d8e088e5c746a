// The lines cross: why does regression on them work?

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/lesson.h"
#include "lessons/lab/plot.h"

using autograd::Tensor;
using flow::metrics::energy_distance;

namespace {

// 1. A line is at x (n, d) at time t (n, 1): how likely does it end at each point of z (m, d)?
Tensor posterior(const Tensor& x, const Tensor& t, const Tensor& z) {
  const Tensor z_squared = transpose(sum(square(z), 1, true));  // (1, m)
  const Tensor logits = (t * matmul(x, transpose(z)) - square(t) / 2 * z_squared) / square(1 - t);
  const Tensor e = exp(logits - max(logits, 1, true));
  return e / sum(e, 1, true);  // (n, m), each row sums to 1
}

// 2. The velocities (z - x) / (1 - t) of these lines: their mean u and their variance, both (n, d).
std::pair<Tensor, Tensor> mean_and_variance(const Tensor& x, const Tensor& t, const Tensor& z) {
  const Tensor w = posterior(x, t, z), mean_z = matmul(w, z);
  return {(mean_z - x) / (1 - t), (matmul(w, square(z)) - square(mean_z)) / square(1 - t)};
}

flow::Velocity mean_field(const Tensor& z) {
  return [z](const Tensor& x, const Tensor& t) { return mean_and_variance(x, t, z).first; };
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 3. Data: two numbers, -2 and 2. Two lines run through x = 0.1 at t = 0.5: one answer.
    autograd::manual_seed(lesson.options.seed);
    const Tensor z = Tensor::from({-2, 2}, {2, 1}), half = autograd::full({1, 1}, 0.5);
    const double p = posterior(autograd::full({1, 1}, 0.1), half, z).data()[0], q = 1 - p;
    const double a = (-2 - 0.1) / 0.5, b = (2 - 0.1) / 0.5, u = p * a + q * b;
    lesson.log({{"from", -2 - a}, {"to", -2.0}, {"velocity", a}, {"probability", p}});
    lesson.log({{"from", 2 - b}, {"to", 2.0}, {"velocity", b}, {"probability", q}});
    lesson.check_near("their odds are those of the noise, e^0.8", q / p, std::exp(0.8), 1e-4);
    for (const double v : {a, 0.0, u, b}) {
      const double error = p * (v - a) * (v - a) + q * (v - b) * (v - b), d = v - u;
      lesson.log({{"answer v", v}, {"error", error}, {"error - (v - u)^2", error - d * d}});
    }

    // 4. By brute force: of a million lines at t = 0.5, those within 0.02 of a place.
    const auto draw = [&](std::int64_t n) { return index_select(z, autograd::randint(0, 2, n)); };
    const Tensor x0 = autograd::randn({1'000'000, 1}), x1 = draw(1'000'000), target = x1 - x0;
    double off = 0;
    for (const double x : {-0.2, 0.0, 0.1, 0.2, 0.4}) {
      std::vector<std::int64_t> at;
      for (std::int64_t i = 0; i < 1'000'000; ++i) {
        if (std::abs((x0.data()[i] + x1.data()[i]) / 2 - x) < 0.02) at.push_back(i);
      }
      const Tensor y = index_select(target, at);
      const double m = mean(y).item(), var = mean(square(y - m)).item();
      const auto [e, s] = mean_and_variance(autograd::full({1, 1}, x), half, z);
      lesson.log({{"x", x}, {"mean", m}, {"u", e.item()}, {"variance", var}, {"exact", s.item()}});
      off = std::max(off, std::abs(m - e.item()) / std::sqrt(var / static_cast<double>(at.size())));
    }
    lesson.check_at_most("mean target against u, in standard errors", off, 4.5);

    // 5. Train a network on single lines, one target each. Then compare it with u on a million.
    flow::VectorField model(1, 64);
    nn::Adam adam(model.parameters(), {.lr = 3e-3});
    for (std::int64_t step = 0; step < lesson.options.steps; ++step) {
      const Tensor noise = autograd::randn({256, 1}), data = draw(256),
                   t = autograd::rand({256, 1});
      adam.zero_grad();
      mse_loss(model((1 - t) * noise + t * data, t), data - noise).backward();
      adam.step();
    }
    const autograd::NoGradGuard no_grad;
    const Tensor t = autograd::rand({1'000'000, 1}), x_t = (1 - t) * x0 + t * x1, v = model(x_t, t);
    const auto [best, variance] = mean_and_variance(x_t, t, z);
    const double loss = mse_loss(v, target).item(), floor = mean(variance).item();
    const double apart = mse_loss(v, best).item();
    lesson.log({{"loss", loss}, {"floor", floor}, {"(v - u)^2", apart}});
    lesson.check_near("the floor is the library's", floor, flow::oracle::loss_floor(z), 0.03);
    lesson.check_near("loss = floor + (v - u)^2", loss, floor + apart, 0.03);
    lesson.check_at_most("the network learned u: (v - u)^2", apart, 0.25);

    // 6. Follow u from 4000 points of noise. Are they distributed as the lines? Do they cross?
    Tensor noise = autograd::randn({4000, 1});
    std::sort(noise.data(), noise.data() + 4000);
    const Tensor ends = draw(4000), start = slice(x0, 0, 0, 4000), data = slice(x1, 0, 0, 4000);
    const auto states = flow::trajectory(mean_field(z), noise, {.steps = 200});
    double furthest = 0, lines_cross = 0, flow_crosses = 0;
    for (const double s : {0.25, 0.5, 0.75, 1.0}) {
      const Tensor lines = (1 - s) * start + s * data;
      const double again = energy_distance((1 - s) * noise + s * ends, lines);
      const double by_u = energy_distance(states[static_cast<std::size_t>(200 * s)], lines);
      lesson.log({{"t", s}, {"other lines", again}, {"followed u", by_u}});
      furthest = std::max(furthest, by_u);
    }
    lesson.check_at_most("points that follow u against lines, furthest", furthest, 0.012);
    lesson.check_at_most("off -2 and 2 at the end", max(abs(abs(states.back()) - 2)).item(), 1e-3);
    lesson.check_near("share of them at 2", mean(states.back()).item() / 4 + 0.5, 0.5, 0.04);
    for (std::int64_t i = 1; i < 4000; ++i) {
      lines_cross += ends.data()[i] < ends.data()[i - 1] ? 1 : 0;
      for (const Tensor& x : states) flow_crosses += x.data()[i] < x.data()[i - 1] - 1e-5 ? 1 : 0;
    }
    lesson.check_near("share of neighbouring lines that cross", lines_cross / 3999, 0.25, 0.04);
    lesson.check_at_most("neighbours that cross on their way along u", flow_crosses, 0);

    // 7. Only the mean will do. Of three points two are at 2: where does the likeliest line lead?
    const Tensor three = Tensor::from({-2, 2, 2}, {3, 1});
    const auto likeliest = [&](const Tensor& x, const Tensor& s) {
      const Tensor low = slice(posterior(x, s, three), 1, 0, 1);  // (n, 1), the probability of -2
      const Tensor at_2 = argmax(autograd::cat({low, 1 - low}, 1), 1, true);  // 1 if 2 is likelier
      return (4 * at_2 - 2 - x) / (1 - s);  // on the line to the likelier end
    };
    const double by_mean = mean(flow::sample(mean_field(three), noise)).item() / 4 + 0.5;
    const double by_likeliest = mean(flow::sample(likeliest, noise)).item() / 4 + 0.5;
    lesson.check_near("by the mean, the share at 2", by_mean, 2.0 / 3, 0.04);
    lesson.check_at_least("by the likeliest line, the share at 2", by_likeliest, 0.8);

    // 8. For the picture: 40 lines, and what becomes of their noise along u.
    lab::CsvWriter csv = lesson.csv("average_velocity.csv", {"t", "line", "flow"});
    lab::Series followed{.label = "ten points that follow u"};
    for (std::int64_t i = 50; i < 4000; i += 100) {
      for (std::size_t k = 0; k <= 200; k += 4) {
        const double s = static_cast<double>(k) / 200, x = states[k].data()[i];
        csv.row({s, (1 - s) * noise.data()[i] + s * ends.data()[i], x});
        if (i % 400 != 50) continue;
        followed.x.push_back(s);
        followed.y.push_back(x);
      }
    }
    csv.close();
    lesson.print(lab::scatter({followed}, {.x_label = "t", .y_label = "x"}));
    lesson.draw_figure();
    lesson.close({.what_you_saw = "Lines cross; their mean does not, and carries the same cloud.",
                  .change_one_thing = "In section 5 train on mean(abs(...)). What is learned?",
                  .next = "./build/lessons/vector_field   the same on a curve, at full settings"});
  };
  return lab::run_lesson(argc, argv,
                         {.slug = "average_velocity",
                          .question = "The lines cross: why does regression on them work?",
                          .steps = 20'000,
                          .quick_steps = 10'000},
                         lesson_body);
}
