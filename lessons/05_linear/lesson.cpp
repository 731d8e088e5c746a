// What does a Linear layer compute, and how should it start?

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lessons/lab/lesson.h"
#include "lessons/lab/plot.h"
#include "lessons/lab/text.h"
#include "nn/nn.h"

using autograd::Index;
using autograd::Tensor;

namespace {

// 1. The layer: x (n, in), W (out, in), b (out) give y (n, out).
Tensor forward(const Tensor& x, const Tensor& W, const Tensor& b) {
  return matmul(x, transpose(W)) + b;
}

// 2. And back: dy (n, out) gives a gradient in the shape of each.
struct Gradients {
  Tensor dx, dW, db;
};
Gradients backward(const Tensor& x, const Tensor& W, const Tensor& dy) {
  return {.dx = matmul(dy, W),             // (n, out) (out, in) = (n, in)
          .dW = matmul(transpose(dy), x),  // (out, n) (n, in) = (out, in)
          .db = sum(dy, 0)};               // (out): all rows had the same bias
}

double distance(const Tensor& a, const Tensor& b) { return max(abs(a - b)).item(); }
double rms(const Tensor& x) { return std::sqrt(mean(square(x)).item()); }

// 5. Eight hidden units learn y = |x| in 1000 small steps against the gradient, from parameters as
//    drawn, or all equal. How many different units are there in the end, and what is the loss?
std::pair<std::size_t, double> learn(lab::Lesson& lesson, const char* start,
                                     std::optional<double> all_equal) {
  nn::Linear first(1, 8), second(8, 1);
  nn::Sequential net{first, nn::ReLU(), second};  // copies share parameters
  for (Tensor& p : net.parameters())
    if (all_equal) p.detach().fill_(*all_equal);
  const Tensor x = reshape(autograd::linspace(-1, 1, 64), {64, 1}), y = abs(x);
  Tensor loss;
  for (int step = 0; step < 1000; ++step) {
    net.zero_grad();
    loss = mean(square(net(x) - y));
    loss.backward();
    for (Tensor& p : net.parameters()) p.detach().add_(-0.1 * p.grad());
  }
  std::set<std::pair<float, float>> units;  // a set holds equal ones once
  for (Index i = 0; i < 8; ++i) units.emplace(first.weight.data()[i], first.bias.data()[i]);
  lesson.log({{"start", start}, {"different units", units.size()}, {"loss", loss.item()}});
  return {units.size(), loss.item()};
}

// 6. The values h before, between and after ten layers with relu, and their gradients. No biases.
constexpr Index width = 256, depth = 10;
std::vector<Tensor> ten_layers(double sigma) {
  const double bound = std::sqrt(3.0) * sigma;  // uniform within it: standard deviation sigma
  std::vector<Tensor> h{autograd::randn({width, width}).requires_grad_()};  // (n, in)
  for (Index i = 0; i < depth; ++i) {
    const Tensor weight = Tensor::empty({width, width}).uniform_(-bound, bound);
    h.push_back(relu(linear(h.back(), weight)).retain_grad());
  }
  h.back().backward(autograd::randn({width, width}));
  return h;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lesson_body = [](lab::Lesson& lesson) {
    // 3. The layer of the library: the same, in one node of the graph.
    autograd::manual_seed(lesson.options.seed);
    nn::Linear layer(3, 2);
    const Tensor x = autograd::randn({5, 3}).requires_grad_(), dy = autograd::randn({5, 2});
    const Tensor y = layer(x);
    y.backward(dy);
    const auto [dx, dW, db] = backward(x.detach(), layer.weight.detach(), dy);
    lesson.check_at_most("y by hand", distance(forward(x, layer.weight, layer.bias), y), 1e-6);
    lesson.check_at_most("dx by hand", distance(dx, x.grad()), 1e-6);
    lesson.check_at_most("dW by hand", distance(dW, layer.weight.grad()), 1e-6);
    lesson.check_at_most("db by hand", distance(db, layer.bias.grad()), 1e-6);

    // 4. Its first weights, drawn once more: uniform within 1 / sqrt(in), then the bias likewise.
    autograd::manual_seed(lesson.options.seed);
    const double bound = 1 / std::sqrt(3.0);
    double off = 0;
    for (const auto& [name, parameter] : layer.named_parameters()) {
      const Tensor w = Tensor::empty(parameter.shape()).uniform_(-bound, bound);
      off = std::max(off, distance(w, parameter));
      std::string row = lab::pad_left(name, 8);
      for (Index i = 0; i < w.numel(); ++i)
        row += lab::pad_left(lab::significant(parameter.data()[i], 9), 14);
      lesson.print(row);
    }
    lesson.check("drawn again within 1 / sqrt(3): the same bits", off == 0);
    // The network of section 5 from three starts.
    const auto [zeros, zeros_loss] = learn(lesson, "all 0", 0.0);
    const auto [equal, equal_loss] = learn(lesson, "all 0.5", 0.5);
    const auto [drawn, drawn_loss] = learn(lesson, "drawn", {});
    lesson.check("equal units stay equal, others do not", zeros == 1 && equal == 1 && drawn == 8);
    lesson.check_at_least("all 0.5: loss higher by a factor of", equal_loss / drawn_loss, 10);

    // 7. Four starts. Each layer should multiply root mean squares by sigma sqrt(in / 2).
    const std::vector<double> layers{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    std::vector<lab::Series> curves;
    double worst = 0;
    lab::CsvWriter csv = lesson.csv("linear.csv", {"sigma", "layer", "value", "gradient"});
    for (const auto& [start, sigma] :
         {std::pair("std 1", 1.0), std::pair("Kaiming", std::sqrt(2.0 / width)),
          std::pair("PyTorch", std::sqrt(1.0 / (3 * width))), std::pair("std 0.01", 0.01)}) {
      const std::vector<Tensor> h = ten_layers(sigma);
      lab::Series curve{.label = start, .x = layers};
      for (std::size_t i = 0; i <= depth; ++i) {
        curve.y.push_back(rms(h[i]));
        csv.row({sigma, layers[i], rms(h[i]), rms(h[i].grad())});
      }
      curves.push_back(curve);
      const double factor = sigma * std::sqrt(width / 2.0);
      const double forth = std::pow(rms(h[depth]) / rms(h[0]), 1.0 / depth);
      const double back = std::pow(rms(h[0].grad()) / rms(h[depth].grad()), 1.0 / depth);
      worst = std::max({worst, std::abs(forth / factor - 1), std::abs(back / factor - 1)});
      lesson.log({{"start", start}, {"predicted", factor}, {"forward", forth}, {"backward", back}});
    }
    csv.close();
    lesson.print(lab::lines(curves, {.log_y = true, .height = 14}));
    lesson.check_at_most("factor per layer: off the prediction by", worst, 0.1);

    // 8. The biases of nn::Linear keep values from vanishing, but they are the same in every row.
    Tensor h = autograd::randn({width, width});
    for (Index i = 0; i < depth; ++i) h = relu(nn::Linear(width, width)(h));
    lesson.check_near("with biases: size after 10 layers", rms(h), std::sqrt(0.2 / width), 0.01);
    lesson.check_at_most("of it, what differs between rows", rms(h - mean(h, 0, true)), 1e-3);
    lesson.draw_figure();
    lesson.close(
        {.what_you_saw = "Random weights make units differ; variance 2 / in keeps sizes the same.",
         .change_one_thing = "Take relu out of section 6: what is the factor now, and why?",
         .next = "./build/lessons/mlp   layers learn a curve"});
  };
  return lab::run_lesson(
      argc, argv,
      {.slug = "linear", .question = "What does a Linear layer compute, and how should it start?"},
      lesson_body);
}
