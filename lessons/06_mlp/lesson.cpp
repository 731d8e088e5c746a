// How does a network learn at all?

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "lessons/lab/lesson.h"
#include "lessons/lab/points.h"
#include "nn/nn.h"

using autograd::cat, autograd::Index, autograd::mse_loss, autograd::Tensor;
using nn::Linear, nn::ReLU, nn::Sequential;

namespace {

// 1. The training loop: five lines, in this order. Returns the loss after the last step.
double train(Sequential net, const Tensor& x, const Tensor& y, double lr, Index steps) {
  nn::SGD sgd(net.parameters(), {.lr = lr});
  for (Index step = 0; step < steps; ++step) {
    const Tensor prediction = net(x);             // (200, 1)
    const Tensor loss = mse_loss(prediction, y);  // one number
    sgd.zero_grad();                              // forget the gradients of the step before
    loss.backward();                              // dL/dp for every parameter p
    sgd.step();                                   // p = p - lr dL/dp
  }
  return mse_loss(net(x), y).item();
}

// 2. What backward() does, by hand. Returns the largest difference from its gradients.
double by_hand(Sequential net, const Tensor& x, const Tensor& y) {
  mse_loss(net(x), y).backward();
  const autograd::NoGradGuard no_grad;
  const std::vector<Tensor> p = net.parameters();  // W1 (64, 1), b1 (64), W2 (1, 64), b2 (1)
  const Tensor z = linear(x, p[0], p[1]), h = relu(z), f = linear(h, p[2], p[3]);
  const Tensor df = 2.0 / 200 * (f - y);  // (200, 1)
  Tensor dz = matmul(df, p[2]);           // (200, 64), so far dh
  for (int i = 0; i < 200 * 64; ++i) dz.data()[i] *= z.data()[i] > 0;
  const Tensor dW1 = matmul(transpose(dz), x), db1 = sum(dz, 0);
  const Tensor dW2 = matmul(transpose(df), h), db2 = sum(df, 0);
  const auto off = [](Tensor w, Tensor dw) { return max(abs(w.grad() - dw)).item(); };
  return std::max({off(p[0], dW1), off(p[1], db1), off(p[2], dW2), off(p[3], db2)});
}

// 3. The five lines in any order: f forward, l loss, z zero_grad, b backward, s step. Returns the
//    highest loss of the last 100 of 1000 steps, or NaN if backward() refuses.
double in_order(const std::string& lines, Sequential net, const Tensor& x, const Tensor& y) {
  nn::SGD sgd(net.parameters(), {.lr = 0.02});
  Tensor prediction = net(x), loss = mse_loss(prediction, y);
  double highest = 0;
  try {
    for (int step = 0; step < 1000; ++step) {
      for (const char line : lines) {
        if (line == 'f') prediction = net(x);
        if (line == 'l') loss = mse_loss(prediction, y);
        if (line == 'z') sgd.zero_grad();
        if (line == 'b') loss.backward();
        if (line == 's') sgd.step();
      }
      if (step >= 900) highest = std::max(highest, mse_loss(net(x), y).item());
    }
  } catch (const autograd::GraphError&) {
    return NAN;
  }
  return highest;
}

// 4. The corners (m, 1) of the curve: its ends, and where a unit turns on or off, w x + b = 0.
Tensor corners(Sequential net, const Tensor& x) {
  std::vector<double> at{x.data()[0], x.data()[199]};
  for (int j = 0; j < 64; ++j) {
    const double kink = -net.parameters()[1].data()[j] / net.parameters()[0].data()[j];
    if (at[0] < kink && kink < at[1]) at.push_back(kink);
  }
  std::sort(at.begin(), at.end());
  return Tensor::from(at, {static_cast<Index>(at.size()), 1});
}

}  // namespace

static void lesson_body(lab::Lesson& lesson) {
  // 5. The task: y = sin x on [0, 4 pi]. The network is shown x with mean 0 and spread 1.
  const Tensor raw_x = reshape(autograd::linspace(0, 4 * std::numbers::pi, 200), {200, 1});
  const Tensor y = sin(raw_x), centred = raw_x - mean(raw_x);
  const Tensor x = centred / sqrt(mean(square(centred)));
  autograd::manual_seed(lesson.options.seed);
  const Sequential net{Linear(1, 64), ReLU(), Linear(64, 1)}, line{Linear(1, 1)};
  lesson.settings({{"hidden", 64}, {"lr", 0.02}, {"loop", "forward loss zero_grad backward step"}});
  lesson.check_at_most("gradients by hand: difference", by_hand(clone(net), x, y), 1e-6);

  // 6. Lines left out or moved: for a line (its loss above the best line's), and for the network.
  const double best_line = (mean(square(y)) - square(mean(x * y))).item();
  std::vector<double> a, b;
  for (const char* lines : {"none", "flzbs", "flbs", "flzs", "flzb", "flbzs", "fzbs", "flszb"}) {
    a.push_back(in_order(lines, clone(line), x, y) - best_line);
    b.push_back(in_order(lines, clone(net), x, y));
    lesson.log({{"lines", lines}, {"a line", a.back()}, {"the network", b.back()}});
  }
  lesson.check_at_least("no zero_grad: the line's error comes back, times", a[2] / a[0], 0.9);
  lesson.check("no b, no s, z after b: stuck", b[3] == b[0] && b[4] == b[0] && b[5] == b[0]);
  lesson.check("an old loss, or changed weights: refused", std::isnan(b[6]) && std::isnan(b[7]));

  // 7. How large a step? 3000 steps at each rate, shown x as above, and shown raw x.
  std::vector<double> shown, raw;
  for (const double lr : {2e-4, 2e-3, 6e-3, 2e-2, 6e-2, 2e-1, 2e0}) {
    shown.push_back(train(clone(net), x, y, lr, 3000));
    raw.push_back(train(clone(net), raw_x, y, lr, 3000));
    lesson.log({{"lr", lr}, {"loss", shown.back()}, {"loss, raw x", raw.back()}});
  }
  lesson.check_at_least("0.02 beats 0.0002 and 0.2 by", std::min(shown[0], shown[5]) / shown[3], 3);
  lesson.check("2 does not end in a number", !std::isfinite(shown[6]));
  lesson.check_at_least("raw x: worse by", *std::min_element(raw.begin(), raw.end()) / shown[3], 3);

  // 8. Without a ReLU it is a line. With one: train, and pause at 0, 1, ..., 10, 13, 17, 23, ...
  const double linears = train(Sequential{Linear(1, 64), Linear(64, 1)}, x, y, 0.02, 2000);
  lesson.check_near("two Linear layers end as the best line", linears, best_line, 1e-4);
  lab::CsvWriter csv = lesson.csv("mlp_fit.csv", {"k", "step", "loss", "x", "fit"});
  const auto last = static_cast<double>(lesson.options.steps);
  double step = 0, loss = 0;
  for (double k = -4; step < last; ++k) {  // eight pauses for each factor of ten
    const double next = std::min(last, std::floor(std::pow(10, k / 8)));
    loss = train(net, x, y, 0.02, static_cast<Index>(next - step));
    step = next;
    const Tensor at = corners(net, x), fit = net(at);
    for (Index i = 0; i < at.numel(); ++i) csv.row({k, step, loss, at.data()[i], fit.data()[i]});
    if (std::fmod(k, 4) != 0 && step < last) continue;
    lesson.log({{"step", static_cast<Index>(step)}, {"loss", loss}, {"kinks", at.numel() - 2}});
  }
  csv.close();
  const Tensor at = corners(net, x);
  const Tensor from = slice(at, 0, 0, at.numel() - 1), to = slice(at, 0, 1, at.numel());
  const Tensor bend = net((from + to) / 2) - (net(from) + net(to)) / 2;
  lesson.check_at_most("straight from corner to corner: bent by", max(abs(bend)).item(), 1e-5);
  lesson.check_at_least("the network beats the best line by", best_line / loss, 5);
  lesson.print(lab::lines({lab::series("network", cat({raw_x, net(x)}, 1))}, {.height = 12}));
  lesson.draw_figure();
  lesson.close({.what_you_saw = "Five lines, over and over, bend straight pieces into a sine.",
                .change_one_thing = "nn::Tanh() for ReLU() in section 5: which two claims fail?",
                .next = "./build/lessons/adam   as good in a tenth of the steps"});
}

int main(int argc, char** argv) {
  const lab::LessonDescription mlp{.slug = "mlp",
                                   .question = "How does a network learn at all?",
                                   .steps = 30'000,
                                   .quick_steps = 5'000};
  return lab::run_lesson(argc, argv, mlp, lesson_body);
}
