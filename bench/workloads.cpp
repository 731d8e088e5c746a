#include "bench/workloads.h"

#include "flow/flow.h"

namespace bench {
namespace {

using autograd::Tensor;

nn::Sequential seeded_network(int inputs, unsigned seed) {
  autograd::manual_seed(seed);
  return nn::Sequential{nn::Linear(inputs, hidden), nn::ReLU(), nn::Linear(hidden, 2)};
}

class TrainingTask : public Task {
 public:
  TrainingTask(const Training& setup, unsigned seed)
      : setup_(setup), net_(seeded_network(setup.inputs(), seed)) {}

  void run() override {
    const Tensor x0 = autograd::randn({setup_.batch, 2});
    const Tensor t = autograd::rand({setup_.batch, 1});
    const Tensor x_t = (1 - t) * x0 + t * data_.points;
    const Tensor v =
        net_(setup_.tagged ? autograd::cat({x_t, t, data_.tags}, 1) : autograd::cat({x_t, t}, 1));
    loss_ = mse_loss(v, data_.points - x0);
    adam_.zero_grad();
    loss_.backward();
    adam_.step();
  }
  double result() const override { return loss_.item(); }

 private:
  Training setup_;
  flow::TaggedPoints data_ = flow::data::sine_curve(setup_.batch);
  nn::Sequential net_;
  nn::Adam adam_{net_.parameters(), {.lr = setup_.lr}};
  Tensor loss_;
};

class SamplingTask : public Task {
 public:
  SamplingTask(const Sampling& setup, unsigned seed)
      : options_{.solver = setup.rk4 ? flow::Solver::rk4 : flow::Solver::euler,
                 .steps = setup.steps},
        field_(seeded_field(seed)),
        noise_(autograd::randn({setup.points, 2})) {}

  void run() override { samples_ = flow::sample(field_, noise_, options_); }
  double result() const override { return mean(square(samples_)).item(); }

 private:
  static flow::VectorField seeded_field(unsigned seed) {
    autograd::manual_seed(seed);
    return {2, hidden};
  }

  flow::SampleOptions options_;
  flow::VectorField field_;
  Tensor noise_;
  Tensor samples_;
};

}  // namespace

Data data(const Training& setup) {
  const auto [points, tags] = flow::data::sine_curve(setup.batch);
  return {.points = {points.data(), points.data() + points.numel()},
          .tags = {tags.data(), tags.data() + tags.numel()}};
}

std::unique_ptr<Task> training(const Training& setup, unsigned seed) {
  return std::make_unique<TrainingTask>(setup, seed);
}

std::unique_ptr<Task> sampling(const Sampling& setup, unsigned seed) {
  return std::make_unique<SamplingTask>(setup, seed);
}

}  // namespace bench
