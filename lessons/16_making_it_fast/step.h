#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/gemm.h"
#include "flow/flow.h"
#include "lessons/lab/race.h"

/// One training step of lesson vector_field, batch 200 and 3 -> 64 -> 2, spelled in ways that
/// compute the same: graphs of few nodes and of many, and no graph, only calls of kernels.
struct Step {
  using Tensor = autograd::Tensor;

  nn::Linear first{3, 64};
  nn::Linear second{64, 2};
  nn::Adam adam{{first.weight, first.bias, second.weight, second.bias}, {.lr = 1e-2}};
  Tensor x1 = flow::data::sine_curve(200).points;  // (200, 2)
  Tensor x, v;                                     // (200, 3), (200, 2): what draw() draws

  Step() { draw(); }

  // Noise and times; x is a point of each line and its time, v the velocity there.
  void draw() {
    const Tensor x0 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1});
    x = autograd::cat({(1 - t) * x0 + t * x1, t}, 1);
    v = x1 - x0;
  }

  // The loss in 3 nodes, those that nn::Sequential makes: linear_relu, linear, mse_loss.
  Tensor few_nodes() const { return mse_loss(second(linear_relu(x, first.weight, first.bias)), v); }

  // The loss in 4 nodes: linear, relu, linear, mse_loss.
  Tensor relu_apart() const { return mse_loss(second(relu(first(x))), v); }

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
  double product_flop = 0;  // of all products, counted by kernels(fused)

  // Ten kernels, each by itself, or seven: relu and its derivative inside products, dh written over
  // h, db1 summed on the way. That is what the library runs.
  std::vector<lab::Runner> kernels(bool fused) {
    product_flop = 0;
    const auto product = [this](const char* name, const autograd::Gemm& g, double more_flop = 0,
                                double more_bytes = 0) -> lab::Runner {
      const auto m = static_cast<double>(g.m), n = static_cast<double>(g.n);
      const auto k = static_cast<double>(g.k), flop = 2 * m * n * k;
      product_flop += flop;
      return {name, [g] { autograd::gemm(g); }, flop + more_flop,
              4 * (m * k + k * n + m * n) + more_bytes};
    };
    using autograd::Epilogue;
    const auto& k = autograd::kernels();
    const float *X = x.data(), *V = v.data();
    const float *W1 = first.weight.data(), *b1 = first.bias.data();
    const float *W2 = second.weight.data(), *b2 = second.bias.data();
    float *H = h.data(), *DH = fused ? H : dh.data(), *Y = y.data(), *DY = dy.data();
    float *DW1 = dW1.data(), *DB1 = db1.data(), *DW2 = dW2.data(), *DB2 = db2.data();
    const auto relu = [=, &k] { k.relu.forward(12800, H, H, 0, 0); };
    const auto loss = [=, &k] { k.squared_error_backward(400, 1 / 200.f, Y, V, DY, false); };
    const auto mask = [=, &k] { k.relu.backward(12800, DH, H, DH, false, 0, 0); };
    const auto bias1 = [=, &k] { k.sum(1, 200, 64, DH, DB1, false); };
    const auto bias2 = [=, &k] { k.sum(1, 200, 2, DY, DB2, false); };

    std::vector<lab::Runner> all;
    if (fused) {
      all = {product("h = max(x W1^T + b1, 0)",
                     {200, 64, 3, X, 3, 1, W1, 1, 3, H, 64, 1, b1, 0, 1, Epilogue::relu}, 12800)};
    } else {
      all = {product("h = x W1^T + b1", {200, 64, 3, X, 3, 1, W1, 1, 3, H, 64, 1, b1}),
             {"h = max(h, 0)", relu, 12800, 4 * (12800 + 12800)}};
    }
    all.insert(all.end(),
               {product("y = h W2^T + b2", {200, 2, 64, H, 64, 1, W2, 1, 64, Y, 2, 1, b2}),
                {"dy = (y - v) / 200", loss, 2 * 400, 4 * (400 + 400 + 400)},
                {"db2 = sum of dy", bias2, 400, 4 * (400 + 2)},
                product("dW2 = dy^T h", {2, 64, 200, DY, 1, 2, H, 64, 1, DW2, 64, 1})});
    if (fused) {
      all.push_back(product("dh = (dy W2)[h > 0], db1",
                            {200, 64, 2, DY, 2, 1, W2, 64, 1, DH, 64, 1, nullptr, 0, 1,
                             Epilogue::relu_backward, H, DB1},
                            12800 + 12800, 4 * (12800 + 64)));
    } else {
      all.insert(all.end(), {product("dh = dy W2", {200, 64, 2, DY, 2, 1, W2, 64, 1, DH, 64, 1}),
                             {"dh = 0 where h = 0", mask, 12800, 4 * (12800 + 12800 + 12800)},
                             {"db1 = sum of dh", bias1, 12800, 4 * (12800 + 64)}});
    }
    all.push_back(product("dW1 = dh^T x", {64, 3, 200, DH, 1, 64, X, 3, 1, DW1, 3, 1}));
    return all;
  }

  // For the race: the ten, the two of the seven that are new, and either list as a whole.
  std::vector<lab::Runner> kernels() {
    const auto in_turn = [](const char* name, const std::vector<lab::Runner>& list) {
      lab::Runner all{name, [list] {
                        for (const lab::Runner& one : list) one.run();
                      }};
      for (const lab::Runner& one : list) all.flop += one.flop, all.bytes += one.bytes;
      return all;
    };
    std::vector<lab::Runner> all = kernels(false);
    const std::vector<lab::Runner> ten = all, seven = kernels(true);
    all.insert(all.end(), {seven[0], seven[5], in_turn("the ten in turn", ten),
                           in_turn("the seven, fused", seven)});
    return all;
  }

  // Whether the kernels, ten or seven of them, called one after the other, and the graphs of 3 and
  // of 4 nodes give the same gradients to the last bit.
  bool same_bits() {
    const auto same = [](const Tensor& mine, const Tensor& parameter) {
      return max(abs(mine - parameter.grad())).item() == 0;
    };
    bool all_are = true;
    for (const bool fused : {false, true}) {
      for (Tensor* mine : {&dW1, &db1, &dW2, &db2}) std::fill_n(mine->data(), mine->numel(), NAN);
      for (const lab::Runner& kernel : kernels(fused)) kernel.run();
      for (const Loss loss : {&Step::few_nodes, &Step::relu_apart}) {
        gradients(loss);
        all_are = all_are && same(dW1, first.weight) && same(db1, first.bias) &&
                  same(dW2, second.weight) && same(db2, second.bias);
      }
    }
    return all_are;
  }
};
