// Why Adam?

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "lessons/lab/lesson.h"
#include "lessons/lab/plot.h"
#include "nn/nn.h"

using autograd::Index, autograd::Tensor, nn::Adam, nn::AdamOptions, nn::SGD, nn::SGDOptions;

namespace {

// 1. A walk down the valley L = (u^2 + kappa w^2) / 2 until (u, w) is within 1e-3 of the lowest
//    point, (0, 0). The parameters p (1, 2) are (u, w) turned by an angle. Returns all (u, w).
template <class Optimizer>
auto walk(const auto& options, double kappa, double degrees) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  const Tensor turn = Tensor::from({c, s, -s, c}, {2, 2}), steep = Tensor::from({1, kappa}, {2});
  const Tensor p = matmul(Tensor::from({-0.8, 0.6}, {1, 2}), turn).requires_grad_();
  Optimizer optimizer({p}, options);
  std::vector<std::array<double, 2>> places;
  while (places.size() < 20'000) {
    const Tensor uw = matmul(p, transpose(turn));  // (1, 2)
    places.push_back({uw.data()[0], uw.data()[1]});
    if (std::hypot(uw.data()[0], uw.data()[1]) <= 1e-3) break;
    optimizer.zero_grad();
    (sum(steep * square(uw)) / 2).backward();
    optimizer.step();
  }
  return places;
}

// 2. Adam for one parameter.
struct AdamByHand {
  double lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, m = 0, v = 0, t = 0;
  double step(double p, double g) {
    t = t + 1;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const double m_hat = m / (1 - std::pow(beta1, t)), v_hat = v / (1 - std::pow(beta2, t));
    return p - lr * m_hat / (std::sqrt(v_hat) + eps);
  }
};

// 3. The task of lesson mlp. At step `lower_at` the rate is divided by 10. Returns all losses.
template <class Optimizer>
std::vector<double> train(const auto& options, nn::Sequential net, Index steps, Index lower_at) {
  const double end = std::sqrt(3), wave = 2 * std::numbers::pi / end;
  const Tensor x = reshape(autograd::linspace(-end, end, 200), {200, 1}), y = sin(wave * x);
  Optimizer optimizer(net.parameters(), options);
  std::vector<double> losses;
  for (Index step = 0; step < steps; ++step) {
    if (step == lower_at) optimizer.set_lr(optimizer.lr() / 10);
    const Tensor loss = mse_loss(net(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    losses.push_back(loss.item());
  }
  return losses;
}

}  // namespace

static void lesson_body(lab::Lesson& lesson) {
  // 4. How many steps? SGD and momentum at their best, Adam at one rate; then turned by 45 degrees.
  lab::CsvWriter csv = lesson.csv("adam_paths.csv", {"kappa", "walker", "u", "w"});
  std::vector<std::array<int, 5>> need;
  for (const int k : {1, 10, 100, 1000}) {
    const double r = std::sqrt(k), b = std::pow((r - 1) / (r + 1), 2);
    const SGDOptions sgd{.lr = 2.0 / (1 + k)}, heavy{.lr = std::pow(2 / (1 + r), 2), .momentum = b};
    const AdamOptions adam{.lr = 0.1};
    const std::array walks{walk<SGD>(sgd, k, 0), walk<SGD>(heavy, k, 0), walk<Adam>(adam, k, 0),
                           walk<SGD>(heavy, k, 45), walk<Adam>(adam, k, 45)};
    std::array<int, 5>& n = need.emplace_back();
    for (std::size_t i = 0; i < 5; ++i) {
      n[i] = static_cast<int>(walks[i].size() - 1);
      for (const auto& [u, w] : walks[i]) csv.row({1.0 * k, double(i), u, w});
    }
    lesson.log({{"kappa", k}, {"SGD", n[0]}, {"momentum", n[1]}, {"Adam", n[2]}, {"turned", n[4]}});
  }
  csv.close();
  lesson.check_near("SGD, kappa 1000: steps / kappa", need[3][0] / 1e3, std::log(1000) / 2, 0.01);
  lesson.check_between("momentum, kappa x 100: steps x", 1.0 * need[3][1] / need[1][1], 10, 15);
  lesson.check("Adam: kappa changes nothing along the axes", need[3][2] == need[0][2]);
  lesson.check_near("momentum, turned: as many steps", need[3][3], need[3][1], 1);
  lesson.check_at_least("Adam, turned: steps over momentum's", 1.0 * need[3][4] / need[3][3], 2);

  // 5. nn::Adam against Adam by hand, for gradients of every size.
  autograd::manual_seed(lesson.options.seed);
  const nn::Sequential net{nn::Linear(1, 64), nn::ReLU(), nn::Linear(64, 1)};
  double off = 0;
  for (const double size : {1e-8, 1e-6, 1e-3, 1.0, 1e3, 1e6}) {
    const Tensor p = Tensor(0).requires_grad_();
    Adam library({p}, {.lr = 0.01});
    AdamByHand by_hand{.lr = 0.01};
    double q = 0;
    for (int t = 1; t <= 1000; ++t) {
      const double g = t == 1 ? size : size * autograd::randn({}).item();
      library.zero_grad();
      (g * p).backward();  // its derivative by p is g
      library.step();
      q = by_hand.step(q, g);
      off = std::max(off, std::abs(q - p.item()));
      if (t == 1) lesson.log({{"gradient", g}, {"first step", -p.item()}});
    }
  }
  lesson.check_at_most("1000 steps each, by hand: difference", off, 1e-5);

  // 6. The race: 1000 steps at each of eight rates, from the same start.
  std::vector<double> rates{3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1}, a, b, c;
  for (const double lr : rates) {
    const SGDOptions plain{.lr = lr}, heavy{.lr = lr, .momentum = 0.9};
    a.push_back(train<SGD>(plain, clone(net), 1000, 1000).back());
    b.push_back(train<SGD>(heavy, clone(net), 1000, 1000).back());
    c.push_back(train<Adam>(AdamOptions{.lr = lr}, clone(net), 1000, 1000).back());
    lesson.log({{"lr", lr}, {"SGD", a.back()}, {"momentum", b.back()}, {"Adam", c.back()}});
  }
  lesson.print(lab::lines({{"SGD", rates, a}, {"momentum", rates, b}, {"Adam", rates, c}},
                          {.log_x = true, .log_y = true, .height = 14}));
  const auto best = [](const auto& v) { return *std::min_element(v.begin(), v.end()); };
  lesson.check_at_least("each at its best rate: SGD over Adam", best(a) / best(c), 10);
  lesson.check_between("each at its best rate: momentum over Adam", best(b) / best(c), 0.1, 10);
  lesson.check_at_least("all at rate 0.003: momentum over Adam", b[2] / c[2], 10);

  // 7. The last losses, at a constant rate and at one that is lowered for the last tenth.
  const Index steps = lesson.options.steps, few = (steps + 19) / 20;  // a twentieth
  const auto swing = [&](Index lower_at) {
    const auto losses = train<Adam>(AdamOptions{.lr = 0.01}, clone(net), steps, lower_at);
    const auto [low, high] = std::minmax_element(losses.end() - few, losses.end());
    lesson.log({{"rate lowered at", lower_at}, {"lowest", *low}, {"highest", *high}});
    return *high / *low;
  };
  lesson.check_at_least("rate constant: highest / lowest", swing(steps), 2);
  lesson.check_at_most("rate lowered: highest / lowest", swing(steps * 9 / 10), 1.5);
  lesson.draw_figure();
  lesson.close({.what_you_saw = "Adam divides each step by the size of that parameter's gradients.",
                .change_one_thing = "{.lr = 0.3} in section 4: which numbers stay as they are?",
                .next = "./build/lessons/path   what flow matching asks a network to learn"});
}

int main(int argc, char** argv) {
  const lab::LessonDescription adam{.slug = "adam", .question = "Why Adam?", .steps = 10'000};
  return lab::run_lesson(argc, argv, adam, lesson_body);
}
