#include "bench/workloads.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "autograd/gemm.h"
#include "flow/flow.h"

namespace bench {
namespace {

using autograd::Index;
using autograd::Tensor;

Tensor matrix(const std::vector<float>& values, Index rows) {
  Tensor result = Tensor::empty({rows, static_cast<Index>(values.size()) / rows});
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

std::vector<float> vector(const Tensor& tensor) {
  return {tensor.data(), tensor.data() + tensor.numel()};
}

std::vector<float> flat_parameters(nn::Module& module) {
  std::vector<float> all;
  for (const Tensor& parameter : module.parameters())
    all.insert(all.end(), parameter.data(), parameter.data() + parameter.numel());
  return all;
}

nn::Sequential seeded_network(const Training& setup, unsigned seed) {
  autograd::manual_seed(seed);
  const int in = setup.inputs(), width = setup.width, out = setup.dim;
  if (setup.hidden_layers == 1)
    return nn::Sequential{nn::Linear(in, width), nn::ReLU(), nn::Linear(width, out)};
  return nn::Sequential{nn::Linear(in, width), nn::ReLU(), nn::Linear(width, width), nn::ReLU(),
                        nn::Linear(width, out)};
}

flow::VectorField seeded_field(unsigned seed) {
  autograd::manual_seed(seed);
  return {2, hidden};
}

class TrainingTask : public Task {
 public:
  TrainingTask(const Training& setup, unsigned seed)
      : setup_(setup), net_(seeded_network(setup, seed)) {}

  void run() override {
    const Tensor x0 = autograd::randn({setup_.batch, setup_.dim});
    const Tensor t = autograd::rand({setup_.batch, 1});
    const Tensor x_t = (1 - t) * x0 + t * points_;
    const Tensor v =
        net_(setup_.tagged ? autograd::cat({x_t, t, tags_}, 1) : autograd::cat({x_t, t}, 1));
    loss_ = mse_loss(v, points_ - x0);
    adam_.zero_grad();
    loss_.backward();
    adam_.step();
  }
  double result() const override { return loss_.item(); }

 private:
  Training setup_;
  Data data_ = data(setup_);
  Tensor points_ = matrix(data_.points, setup_.batch);
  Tensor tags_ = matrix(data_.tags, setup_.batch);
  nn::Sequential net_;
  nn::Adam adam_{net_.parameters(), {.lr = setup_.lr}};
  Tensor loss_;
};

constexpr int own_chunk = 1000;

class SamplingTask : public Task {
 public:
  SamplingTask(const Sampling& setup, unsigned seed)
      : options_{.solver = setup.rk4 ? flow::Solver::rk4 : flow::Solver::euler,
                 .steps = setup.steps,
                 .chunk = setup.chunk == 0 ? own_chunk : setup.chunk},
        field_(seeded_field(seed)),
        noise_(autograd::randn({setup.points, 2})) {}

  void run() override { samples_ = flow::sample(field_, noise_, options_); }
  double result() const override { return mean(square(samples_)).item(); }

 private:
  flow::SampleOptions options_;
  flow::VectorField field_;
  Tensor noise_;
  Tensor samples_;
};

class ProductTask : public Task {
 public:
  ProductTask(const Product& setup, const Operands& in)
      : a_(matrix(in.a, setup.m)), b_(matrix(in.b, setup.k)) {
    const Index m = setup.m, n = setup.n, k = setup.k;
    const bool a_transposed = setup.form == Form::a_transposed_b;
    const bool b_transposed = setup.form == Form::ab_transposed;
    c_ = Tensor::empty({m, n});
    product_ = {.m = m,
                .n = n,
                .k = k,
                .a = a_.data(),
                .a_row = a_transposed ? 1 : k,
                .a_col = a_transposed ? m : 1,
                .b = b_.data(),
                .b_row = b_transposed ? 1 : n,
                .b_col = b_transposed ? k : 1,
                .c = c_.data(),
                .c_row = n,
                .c_col = 1};
  }

  void run() override { autograd::gemm(product_); }
  double result() const override {
    return fingerprint(c_.data(), static_cast<std::size_t>(c_.numel()));
  }

 private:
  Tensor a_, b_, c_;
  autograd::Gemm product_;
};

class ChainTask : public Task {
 public:
  ChainTask(const Chain& setup, unsigned seed) : setup_(setup) {
    autograd::manual_seed(seed);
    x_ = autograd::randn({setup.side, setup.side}).requires_grad_();
  }

  void run() override {
    Tensor y = x_;
    for (int i = 0; i < setup_.operations / 2; ++i) y = y * factor_ + summand_;
    sum_ = sum(y);
    x_.zero_grad();
    sum_.backward();
  }
  double result() const override { return sum_.item() + sum(x_.grad()).item(); }

 private:
  Chain setup_;
  Tensor factor_ = autograd::full({setup_.side, setup_.side}, 0.999);
  Tensor summand_ = autograd::full({setup_.side, setup_.side}, 0.001);
  Tensor x_, sum_;
};

}  // namespace

Data data(const Training& setup) {
  if (setup.dim == 2) {
    const auto [points, tags] = flow::data::sine_curve(setup.batch);
    return {.points = vector(points), .tags = vector(tags)};
  }
  Data data;
  for (int i = 0; i < setup.batch; ++i) {
    const double phase = static_cast<double>(i) / setup.batch;
    for (int j = 0; j < setup.dim; ++j) {
      const double turns = phase + static_cast<double>(j) / setup.dim;
      data.points.push_back(static_cast<float>(std::sin(2 * std::numbers::pi * turns)));
    }
    data.tags.push_back(static_cast<float>(phase));
  }
  return data;
}

Operands operands(const Product& setup, unsigned seed) {
  autograd::manual_seed(seed);
  Operands operands;
  operands.a = vector(autograd::randn({setup.m, setup.k}));
  operands.b = vector(autograd::randn({setup.k, setup.n}));
  return operands;
}

double fingerprint(const float* values, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double weight = 1 + static_cast<double>(i) / static_cast<double>(n);
    sum += weight * values[i] * values[i];
  }
  return sum / static_cast<double>(n);
}

std::vector<float> first_parameters(const Training& setup, unsigned seed) {
  nn::Sequential net = seeded_network(setup, seed);
  return flat_parameters(net);
}

std::vector<float> first_parameters(const Sampling&, unsigned seed) {
  flow::VectorField field = seeded_field(seed);
  return flat_parameters(field);
}

std::vector<float> draw_normal(int n) { return vector(autograd::randn({n})); }
std::vector<float> draw_uniform(int n) { return vector(autograd::rand({n})); }

std::unique_ptr<Task> training(const Training& setup, unsigned seed) {
  return std::make_unique<TrainingTask>(setup, seed);
}

std::unique_ptr<Task> sampling(const Sampling& setup, unsigned seed) {
  return std::make_unique<SamplingTask>(setup, seed);
}

std::unique_ptr<Task> product(const Product& setup, unsigned seed) {
  return std::make_unique<ProductTask>(setup, operands(setup, seed));
}

std::unique_ptr<Task> chain(const Chain& setup, unsigned seed) {
  return std::make_unique<ChainTask>(setup, seed);
}

}  // namespace bench
