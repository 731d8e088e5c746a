// PyTorch's own C++ library, as its tutorials write it.

#include <dlfcn.h>
#include <torch/torch.h>

#include "bench/peers/peers.h"

namespace bench {
namespace {

using torch::Tensor;

// hidden_layers layers of `width`, each with a ReLU, and one to `out`.
torch::nn::Sequential seeded_network(int in, int hidden_layers, int width, int out, unsigned seed) {
  torch::manual_seed(seed);
  torch::nn::Sequential net;
  for (int i = 0; i < hidden_layers; ++i) {
    net->push_back(torch::nn::Linear(i == 0 ? in : width, width));
    net->push_back(torch::nn::ReLU());
  }
  net->push_back(torch::nn::Linear(width, out));
  return net;
}

Tensor matrix(const std::vector<float>& values, int rows) {
  return torch::tensor(values).reshape({rows, -1});
}

class TrainingTask : public Task {
 public:
  TrainingTask(const Training& setup, unsigned seed)
      : setup_(setup),
        net_(seeded_network(setup.inputs(), setup.hidden_layers, setup.width, setup.dim, seed)) {}

  void run() override {
    const Tensor x0 = torch::randn({setup_.batch, setup_.dim});
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
      : setup_(setup),
        net_(seeded_network(3, 1, hidden, 2, seed)),
        noise_(torch::randn({setup.points, 2})) {}

  void run() override {
    const torch::NoGradGuard no_grad;
    if (setup_.chunk == 0) {
      samples_ = all_steps(noise_);
      return;
    }
    std::vector<Tensor> chunks;
    for (const Tensor& chunk : noise_.split(setup_.chunk)) chunks.push_back(all_steps(chunk));
    samples_ = torch::cat(chunks);
  }
  double result() const override { return samples_.square().mean().item<double>(); }

 private:
  Tensor all_steps(Tensor x) {
    const double h = 1.0 / setup_.steps;
    for (int k = 0; k < setup_.steps; ++k)
      x = setup_.rk4 ? rk4_step(x, k * h, h) : x + h * velocity(x, k * h);
    return x;
  }
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

class ProductTask : public Task {
 public:
  ProductTask(const Product& setup, const Operands& in)
      : a_(setup.form == Form::a_transposed_b ? matrix(in.a, setup.k).t() : matrix(in.a, setup.m)),
        b_(setup.form == Form::ab_transposed ? matrix(in.b, setup.n).t() : matrix(in.b, setup.k)) {}

  void run() override { c_ = torch::mm(a_, b_); }
  double result() const override {
    return fingerprint(c_.data_ptr<float>(), static_cast<std::size_t>(c_.numel()));
  }

 private:
  Tensor a_, b_, c_;
};

class ChainTask : public Task {
 public:
  ChainTask(const Chain& setup, unsigned seed) : setup_(setup) {
    torch::manual_seed(seed);
    x_ = torch::randn({setup.side, setup.side}).requires_grad_();
  }

  void run() override {
    Tensor y = x_;
    for (int i = 0; i < setup_.operations / 2; ++i) y = y * factor_ + summand_;
    sum_ = y.sum();
    x_.mutable_grad().reset();
    sum_.backward();
  }
  double result() const override { return sum_.item<double>() + x_.grad().sum().item<double>(); }

 private:
  Chain setup_;
  Tensor factor_ = torch::full({setup_.side, setup_.side}, 0.999);
  Tensor summand_ = torch::full({setup_.side, setup_.side}, 0.001);
  Tensor x_, sum_;
};

template <class T, class Setup>
std::unique_ptr<Task> make(const Setup& setup, unsigned seed) {
  return std::make_unique<T>(setup, seed);
}

std::unique_ptr<Task> make_product(const Product& setup, unsigned seed) {
  return std::make_unique<ProductTask>(setup, operands(setup, seed));
}

// Its matrix products have threads of their own, where they are OpenBLAS's; which library that is
// is only known once it is loaded.
void set_threads(int n) {
  torch::set_num_threads(n);
  using Setter = void (*)(int);
  if (const auto set = reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(n);
}

}  // namespace

Contestant libtorch() {
  return {"libtorch " TORCH_VERSION, set_threads,  make<TrainingTask>,
          make<SamplingTask>,        make_product, make<ChainTask>};
}

}  // namespace bench
