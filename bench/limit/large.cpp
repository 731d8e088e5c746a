// The limit of a large network: here matrix products are nearly all of the work, and those are
// OpenBLAS's. What is left to do by hand is the rest: each layer's bias and ReLU, or its mask and
// the gradient of its bias, go in one pass over a block of rows, right after the product that made
// it.

#include <cblas.h>

#include <algorithm>

#include "bench/limit/tasks.h"

namespace bench::fused {
namespace {

using autograd::Tensor;

constexpr int block_rows = 512;

// Linear(in, out): where its parameters begin among all of them, and likewise their gradients.
struct Layer {
  int in, out;
  Index weight, bias;
};

class LargeTraining : public Task {
 public:
  LargeTraining(const Training& setup, unsigned seed)
      : setup_(setup), data_(data(setup)), adam_(setup.lr) {
    const std::vector<float> parameters = first_parameters(setup, seed);
    start(generator_);
    std::copy(parameters.begin(), parameters.end(), parameters_.data());
  }

  void run() override {
    const int batch = setup_.batch, dim = setup_.dim;
    loops().normal(generator_, Index{batch} * dim, noise_.data());
    loops().uniform(generator_, batch, times_.data());
    std::fill_n(gradient_.data(), gradient_.numel(), 0.0F);
    squared_error_ = 0;
    for (int begin = 0; begin < batch; begin += block_rows) {
      const int rows = std::min(block_rows, batch - begin);
      loops().interpolate_rows(rows, dim, noise_.data() + Index{begin} * dim,
                               data_.points.data() + Index{begin} * dim, times_.data() + begin,
                               input_.data(), target_.data());
      forward_and_backward(rows);
    }
    loops().adam(adam_.next(), parameters_.numel(), gradient_.data(), parameters_.data(),
                 exp_avg_.data(), exp_avg_sq_.data());
  }
  double result() const override { return squared_error_ / setup_.batch / setup_.dim; }

 private:
  void forward_and_backward(int rows) {
    const int width = setup_.width, dim = setup_.dim;
    const float* const p = parameters_.data();
    float* const g = gradient_.data();
    float *const x = input_.data(), *const h1 = h1_.data(), *const h2 = h2_.data();
    float *const v = v_.data(), *const dh = dh_.data();

    product(rows, layer1_, x, h1);
    loops().bias_relu(rows, width, p + layer1_.bias, h1);
    product(rows, layer2_, h1, h2);
    loops().bias_relu(rows, width, p + layer2_.bias, h2);
    product(rows, layer3_, h2, v);

    const float scale = 2 / (static_cast<float>(setup_.batch) * static_cast<float>(dim));
    squared_error_ += static_cast<double>(loops().bias_errors(rows, dim, scale, p + layer3_.bias,
                                                              target_.data(), v, g + layer3_.bias));

    // Each h becomes its own gradient, once the weight's has seen it.
    weight_gradient(rows, layer3_, v, h2);
    input_gradient(rows, layer3_, v, dh);
    loops().mask(rows, width, dh, h2, g + layer2_.bias);
    weight_gradient(rows, layer2_, h2, h1);
    input_gradient(rows, layer2_, h2, dh);
    loops().mask(rows, width, dh, h1, g + layer1_.bias);
    weight_gradient(rows, layer1_, h1, x);
  }

  // y = x W^T
  void product(int rows, const Layer& layer, const float* x, float* y) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, rows, layer.out, layer.in, 1, x, layer.in,
                parameters_.data() + layer.weight, layer.in, 0, y, layer.out);
  }
  // dx = dy W
  void input_gradient(int rows, const Layer& layer, const float* dy, float* dx) {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, layer.in, layer.out, 1, dy,
                layer.out, parameters_.data() + layer.weight, layer.in, 0, dx, layer.in);
  }
  // dW += dy^T x
  void weight_gradient(int rows, const Layer& layer, const float* dy, const float* x) {
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, layer.out, layer.in, rows, 1, dy,
                layer.out, x, layer.in, 1, gradient_.data() + layer.weight, layer.in);
  }

  static Layer layer_after(Index place, int in, int out) {
    return {in, out, place, place + Index{in} * out};
  }
  static Index end(const Layer& layer) { return layer.bias + layer.out; }
  static Tensor rows_of(Index columns) { return Tensor::empty({block_rows, columns}); }

  Training setup_;
  Data data_;
  Generator generator_;
  AdamSteps adam_;
  const Layer layer1_ = layer_after(0, setup_.inputs(), setup_.width);
  const Layer layer2_ = layer_after(end(layer1_), setup_.width, setup_.width);
  const Layer layer3_ = layer_after(end(layer2_), setup_.width, setup_.dim);
  Tensor parameters_ = autograd::zeros({end(layer3_)});
  Tensor gradient_ = autograd::zeros({end(layer3_)});
  Tensor exp_avg_ = autograd::zeros({end(layer3_)});
  Tensor exp_avg_sq_ = autograd::zeros({end(layer3_)});
  Tensor noise_ = Tensor::empty({Index{setup_.batch} * setup_.dim + 16});
  Tensor times_ = Tensor::empty({setup_.batch + 16});
  // Of a block of rows.
  Tensor input_ = rows_of(setup_.inputs()), target_ = rows_of(setup_.dim), v_ = rows_of(setup_.dim);
  Tensor h1_ = rows_of(setup_.width), h2_ = rows_of(setup_.width), dh_ = rows_of(setup_.width);
  double squared_error_ = 0;
};

}  // namespace

std::unique_ptr<Task> large_training(const Training& setup, unsigned seed) {
  if (setup.tagged || setup.dim % 64 != 0 || setup.width % 64 != 0) return nullptr;
  return std::make_unique<LargeTraining>(setup, seed);
}

}  // namespace bench::fused
