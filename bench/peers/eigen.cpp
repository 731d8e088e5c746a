// Eigen: layers, gradients and Adam written out by hand, as one does who has a matrix library and
// no autograd. A point is a column, since Eigen's matrices are column-major: in memory the same as
// a row here. It draws from this library's stream, having none of its own.

#include <Eigen/Dense>
#include <cmath>
#include <string>
#include <utility>

#include "bench/peers/peers.h"

namespace bench {
namespace {

using Eigen::ArrayXf;
using Eigen::MatrixXf;
using Eigen::VectorXf;

MatrixXf columns(const std::vector<float>& values, Eigen::Index rows) {
  const auto cols = static_cast<Eigen::Index>(values.size()) / rows;
  return Eigen::Map<const MatrixXf>(values.data(), rows, cols);
}

struct Adam {
  float lr;
  int step = 0;
  static constexpr float beta1 = 0.9F, beta2 = 0.999F, eps = 1e-8F;

  template <class Parameter>
  void update(Parameter& p, const Parameter& grad, Parameter& m, Parameter& v) const {
    const float correction1 = 1 - std::pow(beta1, static_cast<float>(step));
    const float correction2 = std::sqrt(1 - std::pow(beta2, static_cast<float>(step)));
    m = beta1 * m + (1 - beta1) * grad;
    v = beta2 * v + (1 - beta2) * grad.cwiseAbs2();
    p.array() -= lr / correction1 * m.array() / (v.array().sqrt() / correction2 + eps);
  }
};

struct Layer {
  MatrixXf weight, weight_grad, weight_m, weight_v;  // (out, in)
  VectorXf bias, bias_grad, bias_m, bias_v;          // (out)

  // Takes its parameters from the front of those at `next`.
  Layer(const float*& next, int in, int out) {
    weight = Eigen::Map<const MatrixXf>(next, in, out).transpose();
    bias = Eigen::Map<const VectorXf>(next + in * out, out);
    next += in * out + out;
    weight_m = weight_v = MatrixXf::Zero(out, in);
    bias_m = bias_v = VectorXf::Zero(out);
  }

  void update(const Adam& adam) {
    adam.update(weight, weight_grad, weight_m, weight_v);
    adam.update(bias, bias_grad, bias_m, bias_v);
  }
};

std::vector<Layer> network(const std::vector<float>& parameters, int in, int hidden_layers,
                           int width, int out) {
  std::vector<Layer> layers;
  const float* next = parameters.data();
  for (int i = 0; i < hidden_layers; ++i) layers.emplace_back(next, i == 0 ? in : width, width);
  layers.emplace_back(next, width, out);
  return layers;
}

class TrainingTask : public Task {
 public:
  TrainingTask(const Training& setup, unsigned seed)
      : setup_(setup),
        layers_(network(first_parameters(setup, seed), setup.inputs(), setup.hidden_layers,
                        setup.width, setup.dim)),
        activations_(layers_.size() + 1),
        adam_{static_cast<float>(setup.lr)} {
    const Data seen = data(setup);
    x1_ = columns(seen.points, setup.dim);
    activations_[0].resize(setup.inputs(), setup.batch);
    if (setup.tagged) activations_[0].bottomRows(1) = columns(seen.tags, 1);
  }

  void run() override {
    x0_ = columns(draw_normal(setup_.batch * setup_.dim), setup_.dim);
    t_ = columns(draw_uniform(setup_.batch), 1).transpose();
    MatrixXf& input = activations_[0];
    input.topRows(setup_.dim) = x0_ + (x1_ - x0_) * t_.asDiagonal();
    input.row(setup_.dim) = t_.transpose();

    for (std::size_t i = 0; i < layers_.size(); ++i) {
      MatrixXf& y = activations_[i + 1];
      y.noalias() = layers_[i].weight * activations_[i];
      if (i + 1 == layers_.size())
        y.colwise() += layers_[i].bias;
      else
        y = (y.colwise() + layers_[i].bias).cwiseMax(0);
    }
    error_ = activations_.back() - (x1_ - x0_);
    const auto n = static_cast<float>(error_.size());
    loss_ = error_.squaredNorm() / n;

    gradient_ = 2 / n * error_;
    for (std::size_t i = layers_.size(); i-- > 0;) {
      layers_[i].weight_grad.noalias() = gradient_ * activations_[i].transpose();
      layers_[i].bias_grad = gradient_.rowwise().sum();
      if (i == 0) break;
      next_gradient_.noalias() = layers_[i].weight.transpose() * gradient_;
      gradient_ = (activations_[i].array() > 0).select(next_gradient_, 0);
    }
    ++adam_.step;
    for (Layer& layer : layers_) layer.update(adam_);
  }
  double result() const override { return loss_; }

 private:
  Training setup_;
  std::vector<Layer> layers_;
  std::vector<MatrixXf> activations_;  // the input, and what comes out of each layer
  Adam adam_;
  MatrixXf x1_, x0_, error_, gradient_, next_gradient_;
  VectorXf t_;
  float loss_ = 0;
};

class SamplingTask : public Task {
 public:
  SamplingTask(const Sampling& setup, unsigned seed)
      : setup_(setup),
        layers_(network(first_parameters(setup, seed), 3, 1, hidden, 2)),
        noise_(columns(draw_normal(2 * setup.points), 2)) {}

  void run() override {
    samples_.resize(2, setup_.points);
    const int chunk = setup_.chunk == 0 ? setup_.points : setup_.chunk;
    for (int first = 0; first < setup_.points; first += chunk) {
      const int n = std::min(chunk, setup_.points - first);
      x_ = noise_.middleCols(first, n);
      all_steps();
      samples_.middleCols(first, n) = x_;
    }
  }
  double result() const override {
    return samples_.squaredNorm() / static_cast<float>(samples_.size());
  }

 private:
  void all_steps() {
    const float h = 1.0F / static_cast<float>(setup_.steps);
    for (int k = 0; k < setup_.steps; ++k) {
      const float t = static_cast<float>(k) * h;
      velocity(x_, t, k1_);
      if (!setup_.rk4) {
        x_ += h * k1_;
        continue;
      }
      velocity(x_ + h / 2 * k1_, t + h / 2, k2_);
      velocity(x_ + h / 2 * k2_, t + h / 2, k3_);
      velocity(x_ + h * k3_, t + h, k4_);
      x_ += h / 6 * (k1_ + 2 * k2_ + 2 * k3_ + k4_);
    }
  }
  template <class Points>
  void velocity(const Points& x, float t, MatrixXf& v) {
    input_.resize(3, x.cols());
    input_.topRows(2) = x;
    input_.row(2).setConstant(t);
    hidden_.noalias() = layers_[0].weight * input_;
    hidden_ = (hidden_.colwise() + layers_[0].bias).cwiseMax(0);
    v.noalias() = layers_[1].weight * hidden_;
    v.colwise() += layers_[1].bias;
  }

  Sampling setup_;
  std::vector<Layer> layers_;
  MatrixXf noise_, samples_, x_, input_, hidden_, k1_, k2_, k3_, k4_;
};

// In Eigen's own order: C^T = B^T A^T, and a transposed column-major matrix is a row-major one.
class ProductTask : public Task {
 public:
  ProductTask(const Product& setup, const Operands& in)
      : form_(setup.form),
        a_(columns(in.a, form_ == Form::a_transposed_b ? setup.m : setup.k)),
        b_(columns(in.b, form_ == Form::ab_transposed ? setup.k : setup.n)) {}

  void run() override {
    switch (form_) {
      case Form::ab: c_.noalias() = b_ * a_; break;
      case Form::ab_transposed: c_.noalias() = b_.transpose() * a_; break;
      case Form::a_transposed_b: c_.noalias() = b_ * a_.transpose(); break;
    }
  }
  double result() const override {
    return fingerprint(c_.data(), static_cast<std::size_t>(c_.size()));
  }

 private:
  Form form_;
  MatrixXf a_, b_, c_;
};

template <class T, class Setup>
std::unique_ptr<Task> make(const Setup& setup, unsigned seed) {
  return std::make_unique<T>(setup, seed);
}

std::unique_ptr<Task> make_product(const Product& setup, unsigned seed) {
  return std::make_unique<ProductTask>(setup, operands(setup, seed));
}

}  // namespace

Contestant eigen() {
  const std::string version = std::to_string(EIGEN_WORLD_VERSION) + "." +
                              std::to_string(EIGEN_MAJOR_VERSION) + "." +
                              std::to_string(EIGEN_MINOR_VERSION);
  return {"Eigen " + version, nullptr,      make<TrainingTask>,
          make<SamplingTask>, make_product, nullptr};
}

}  // namespace bench
