#include "lessons/lab/trained_field.h"

#include <utility>

#include "lessons/lab/progress.h"

namespace lab {

using autograd::Tensor;

void train(const flow::Velocity& velocity, std::vector<Tensor> parameters, const Tensor& points,
           std::int64_t steps) {
  nn::Adam adam(std::move(parameters), {.lr = 1e-2});
  Progress progress("training", steps);
  for (std::int64_t step = 0; step < steps; ++step) {
    const Tensor x0 = autograd::randn(points.shape());
    const Tensor t = autograd::rand({points.size(0), 1});
    const Tensor loss = flow::cfm_loss(velocity, x0, points, t);
    adam.zero_grad();
    loss.backward();
    adam.step();
    progress.update(step + 1);
  }
}

flow::VectorField trained_field(const Tensor& points, std::int64_t steps) {
  flow::VectorField model(2, 64);
  train(model, model.parameters(), points, steps);
  return model;
}

}  // namespace lab
