// PyTorch's own C++ library, as its tutorials write it.

#include <torch/torch.h>

#include "bench/peers/peers.h"

namespace bench {
namespace {

using torch::Tensor;

torch::nn::Sequential seeded_network(int inputs, unsigned seed) {
  torch::manual_seed(seed);
  torch::nn::Sequential net;
  net->push_back(torch::nn::Linear(inputs, hidden));
  net->push_back(torch::nn::ReLU());
  net->push_back(torch::nn::Linear(hidden, 2));
  return net;
}

Tensor matrix(const std::vector<float>& values, int rows) {
  return torch::tensor(values).reshape({rows, -1});
}

class TrainingTask : public Task {
 public:
  TrainingTask(const Training& setup, unsigned seed)
      : setup_(setup), net_(seeded_network(setup.inputs(), seed)) {}

  void run() override {
    const Tensor x0 = torch::randn({setup_.batch, 2});
    const Tensor t = torch::rand({setup_.batch, 1});
    const Tensor x_t = (1 - t) * x0 + t * x1_;
    const Tensor v =
        net_->forward(setup_.tagged ? torch::cat({x_t, t, tags_}, 1) : torch::cat({x_t, t}, 1));
    loss_ = torch::mse_loss(v, x1_ - x0);
    adam_.zero_grad();
    loss_.backward();
    adam_.step();
  }
  double result() const override { return loss_.item<double>(); }

 private:
  Training setup_;
  torch::nn::Sequential net_;
  torch::optim::Adam adam_{net_->parameters(), torch::optim::AdamOptions(setup_.lr)};
  Data data_ = data(setup_);
  Tensor x1_ = matrix(data_.points, setup_.batch);
  Tensor tags_ = matrix(data_.tags, setup_.batch);
  Tensor loss_;
};

class SamplingTask : public Task {
 public:
  SamplingTask(const Sampling& setup, unsigned seed)
      : setup_(setup), net_(seeded_network(3, seed)), noise_(torch::randn({setup.points, 2})) {}

  void run() override {
    const torch::NoGradGuard no_grad;
    const double h = 1.0 / setup_.steps;
    Tensor x = noise_;
    for (int k = 0; k < setup_.steps; ++k)
      x = setup_.rk4 ? rk4_step(x, k * h, h) : x + h * velocity(x, k * h);
    samples_ = x;
  }
  double result() const override { return samples_.square().mean().item<double>(); }

 private:
  Tensor velocity(const Tensor& x, double t) {
    return net_->forward(torch::cat({x, torch::full({x.size(0), 1}, t)}, 1));
  }
  Tensor rk4_step(const Tensor& x, double t, double h) {
    const Tensor k1 = velocity(x, t);
    const Tensor k2 = velocity(x + h / 2 * k1, t + h / 2);
    const Tensor k3 = velocity(x + h / 2 * k2, t + h / 2);
    const Tensor k4 = velocity(x + h * k3, t + h);
    return x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
  }

  Sampling setup_;
  torch::nn::Sequential net_;
  Tensor noise_, samples_;
};

}  // namespace

Contestant libtorch() {
  torch::set_num_threads(1);
  return {"libtorch " TORCH_VERSION,
          torch::set_num_threads,
          [](const Training& setup, unsigned seed) -> std::unique_ptr<Task> {
            return std::make_unique<TrainingTask>(setup, seed);
          },
          [](const Sampling& setup, unsigned seed) -> std::unique_ptr<Task> {
            return std::make_unique<SamplingTask>(setup, seed);
          },
          nullptr,
          nullptr};
}

}  // namespace bench
