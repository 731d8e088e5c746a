#pragma once

#include <vector>

#include "autograd/gemm.h"
#include "flow/flow.h"
#include "lessons/lab/race.h"

/// One training step of lesson vector_field, batch 200 and 3 -> 64 -> 2, in three spellings that
/// compute the same: a graph of few nodes, a graph of many, and no graph, only calls of kernels.
struct Step {
  using Tensor = autograd::Tensor;

  nn::Linear first{3, 64};
  nn::Linear second{64, 2};
  nn::Adam adam{{first.weight, first.bias, second.weight, second.bias}, {.lr = 1e-2}};
  Tensor x1 = flow::data::sine_curve(200).points;  // (200, 2)
  Tensor x, v;                                     // (200, 3), (200, 2): what draw() draws

  // Noise and times; x is a point of each line and its time, v the velocity there.
  void draw() {
    const Tensor x0 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1});
    x = autograd::cat({(1 - t) * x0 + t * x1, t}, 1);
    v = x1 - x0;
  }

  // The loss in 4 nodes: linear, relu, linear, mse_loss.
  Tensor few_nodes() const { return mse_loss(second(relu(first(x))), v); }

  // The loss in 10 nodes: transpose, product, sum, relu, transpose, product, sum, -, square, mean.
  Tensor many_nodes() const {
    const Tensor hidden = relu(matmul(x, transpose(first.weight)) + first.bias);
    return mean(square(matmul(hidden, transpose(second.weight)) + second.bias - v));
  }

  using Loss = Tensor (Step::*)() const;
  void gradients(Loss loss = &Step::few_nodes) {
    adam.zero_grad();
    (this->*loss)().backward();
  }
  void operator()(Loss loss = &Step::few_nodes) {
    draw();
    gradients(loss);
    adam.step();
  }

  // Prediction and gradients without a graph. A product of (m, k) and (k, n) is 2 m n k operations;
  // each number that is read or written counts once, as 4 bytes.
  Tensor h = Tensor::empty({200, 64}), dh = Tensor::empty({200, 64});
  Tensor y = Tensor::empty({200, 2}), dy = Tensor::empty({200, 2});
  Tensor dW1 = Tensor::empty({64, 3}), db1 = Tensor::empty({64});
  Tensor dW2 = Tensor::empty({2, 64}), db2 = Tensor::empty({2});
  double product_flop = 0;  // of all products, counted by kernels()

  std::vector<lab::Runner> kernels() {
    product_flop = 0;
    const auto product = [this](const char* name, const autograd::Gemm& g) -> lab::Runner {
      const auto m = static_cast<double>(g.m), n = static_cast<double>(g.n);
      const auto k = static_cast<double>(g.k), flop = 2 * m * n * k;
      product_flop += flop;
      return {name, [g] { autograd::gemm(g); }, flop, 4 * (m * k + k * n + m * n)};
    };
    const auto& k = autograd::kernels();
    const float *X = x.data(), *V = v.data();
    const float *W1 = first.weight.data(), *b1 = first.bias.data();
    const float *W2 = second.weight.data(), *b2 = second.bias.data();
    float *H = h.data(), *DH = dh.data(), *Y = y.data(), *DY = dy.data();
    float *DW1 = dW1.data(), *DB1 = db1.data(), *DW2 = dW2.data(), *DB2 = db2.data();
    const auto relu = [=, &k] { k.relu.forward(12800, H, H, 0, 0); };
    const auto loss = [=, &k] { k.squared_error_backward(400, 1 / 200.f, Y, V, DY, false); };
    const auto mask = [=, &k] { k.relu.backward(12800, DH, H, DH, false, 0, 0); };
    const auto bias1 = [=, &k] { k.sum(1, 200, 64, DH, DB1, false); };
    const auto bias2 = [=, &k] { k.sum(1, 200, 2, DY, DB2, false); };
    return {product("h = x W1^T + b1", {200, 64, 3, X, 3, 1, W1, 1, 3, H, 64, 1, b1}),
            {"h = max(h, 0)", relu, 12800, 4 * (12800 + 12800)},
            product("y = h W2^T + b2", {200, 2, 64, H, 64, 1, W2, 1, 64, Y, 2, 1, b2}),
            {"dy = (y - v) / 200", loss, 2 * 400, 4 * (400 + 400 + 400)},
            {"db2 = sum of dy", bias2, 400, 4 * (400 + 2)},
            product("dW2 = dy^T h", {2, 64, 200, DY, 1, 2, H, 64, 1, DW2, 64, 1}),
            product("dh = dy W2", {200, 64, 2, DY, 2, 1, W2, 64, 1, DH, 64, 1}),
            {"dh = 0 where h = 0", mask, 12800, 4 * (12800 + 12800 + 12800)},
            {"db1 = sum of dh", bias1, 12800, 4 * (12800 + 64)},
            product("dW1 = dh^T x", {64, 3, 200, DH, 1, 64, X, 3, 1, DW1, 3, 1})};
  }

  // Whether the kernels, called one after the other, give the engine's gradients to the last bit.
  bool kernels_agree() {
    for (const lab::Runner& kernel : kernels()) kernel.run();
    gradients();
    const auto same = [](const Tensor& mine, const Tensor& parameter) {
      return max(abs(mine - parameter.grad())).item() == 0;
    };
    return same(dW1, first.weight) && same(db1, first.bias) && same(dW2, second.weight) &&
           same(db2, second.bias);
  }
};
