#include <algorithm>
#include <array>
#include <functional>
#include <memory>

#include "nn/nn.h"
#include "tests/nn/goldens.h"

// Modules and optimisers give PyTorch's numbers.

namespace nn {
namespace {

using golden::Golden;
using golden::seeds;
using tensors::Deviation;
using tensors::part;
using tensors::tensor;

TEST(Parity, FirstWeightsAreExact) {
  const Golden golden("random.txt");
  for (const std::string seed : seeds) {
    for (const auto& [in, out] : {std::pair{3, 64}, std::pair{64, 2}}) {
      autograd::manual_seed(std::stoull(seed));
      const Linear linear(in, out);
      const std::string name = seed + ".linear." + std::to_string(in) + "_" + std::to_string(out);
      EXPECT_TRUE(tensors::equal(linear.weight, tensor(golden, name + ".weight"))) << name;
      EXPECT_TRUE(tensors::equal(linear.bias, tensor(golden, name + ".bias"))) << name;
    }
  }
}

TEST(Parity, FirstVectorsOfAnEmbedding) {
  const Golden golden("random.txt");
  Deviation deviation("embedding");
  for (const std::string seed : seeds) {
    autograd::manual_seed(std::stoull(seed));
    deviation.add(Embedding(10, 4).weight, tensor(golden, seed + ".embedding.10_4"), seed);
  }
  EXPECT_TRUE(deviation.within(4e-6));
}

TEST(Parity, MlpForwardAndBackward) {
  const Golden golden("modules.txt");
  Sequential mlp{Linear(3, 64), ReLU(), Linear(64, 2)};
  for (auto& [name, parameter] : mlp.named_parameters()) {
    const autograd::NoGradGuard no_grad;
    parameter.copy_(tensor(golden, "mlp.param." + name));
  }
  Tensor x = tensor(golden, "mlp.x").requires_grad_();
  const Tensor y = mlp(x);
  y.backward(tensor(golden, "mlp.upstream"));

  // Sums of up to 64 terms around 1 in another order than PyTorch's.
  Deviation deviation("mlp");
  deviation.add(y, tensor(golden, "mlp.y"), "y");
  deviation.add(x.grad(), tensor(golden, "mlp.grad.x"), "gradient of x");
  for (const auto& [name, parameter] : mlp.named_parameters()) {
    deviation.add(parameter.grad(), tensor(golden, "mlp.grad." + name), "gradient of " + name);
  }
  EXPECT_TRUE(deviation.within(2e-6));
}

// ---- Optimisers: two parameters, 20 steps, the state after each -------------------------------

struct Case {
  std::string name;  // in modules.txt
  std::function<std::unique_ptr<Optimizer>(const std::vector<Tensor>&)> make;
  bool skips = false;  // in some steps parameter b has no gradient
};

Case adam(const std::string& name, AdamOptions options, bool skips = false) {
  return {name, [=](const auto& parameters) { return std::make_unique<Adam>(parameters, options); },
          skips};
}

Case adamw(const std::string& name, AdamWOptions options) {
  return {name,
          [=](const auto& parameters) { return std::make_unique<AdamW>(parameters, options); }};
}

Case sgd(const std::string& name, SGDOptions options) {
  return {name, [=](const auto& parameters) { return std::make_unique<SGD>(parameters, options); }};
}

std::vector<Case> cases() {
  return {adam("adam.lr0.001", {.lr = 1e-3}),
          adam("adam.lr0.01", {.lr = 1e-2}),
          adam("adam.options", {.lr = 1e-2, .beta1 = 0.8, .beta2 = 0.99, .eps = 1e-3}),
          adam("adam.skip", {.lr = 1e-2}, true),
          adamw("adamw.weight_decay0.1", {.lr = 1e-2, .weight_decay = 0.1}),
          adamw("adamw.default", {}),
          adamw("adamw.options",
                {.lr = 1e-2, .beta1 = 0.8, .beta2 = 0.99, .eps = 1e-3, .weight_decay = 1}),
          sgd("sgd.plain", {.lr = 1e-2}),
          sgd("sgd.momentum0.9", {.lr = 1e-2, .momentum = 0.9}),
          sgd("sgd.weight_decay0.1", {.lr = 1e-2, .weight_decay = 0.1}),
          sgd("sgd.both", {.lr = 1e-2, .momentum = 0.9, .weight_decay = 0.1})};
}

// The largest difference from what PyTorch's `name` did, over both parameters and all steps.
Deviation deviation_of(const Case& c, const std::string& name) {
  const Golden golden("modules.txt");
  std::vector<double> skipped;
  if (c.skips) skipped = golden.tensor("adam.skip.steps").values;
  const std::array keys{"a", "b"};
  std::vector<Tensor> parameters;
  for (const std::string key : keys) {
    parameters.push_back(tensor(golden, "optim.start_" + key).requires_grad_());
  }
  const std::unique_ptr<Optimizer> optimizer = c.make(parameters);
  Deviation deviation(name);
  for (Index step = 0; step < 20; ++step) {
    optimizer->zero_grad();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const bool skip = std::count(skipped.begin(), skipped.end(), step) > 0;
      if (skip && i == 1) continue;
      const std::string key = keys[i];
      parameters[i].backward(part(golden.tensor("optim.grads_" + key), step));
    }
    optimizer->step();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const std::string key = keys[i];
      deviation.add(parameters[i], part(golden.tensor(name + ".after_" + key), step),
                    key + " after step " + std::to_string(step));
    }
  }
  return deviation;
}

TEST(Parity, TwentyStepsOfEachOptimizer) {
  for (const Case& c : cases()) EXPECT_TRUE(deviation_of(c, c.name).within(1e-6));
}

// The comparison tells each case from the others: nothing passes for another's numbers.
TEST(Parity, EachOptimizerIsSeenToDifferFromTheOthers) {
  for (const Case& c : cases()) {
    for (const Case& other : cases()) {
      if (other.name == c.name) continue;
      EXPECT_GT(deviation_of(c, other.name).largest(), 1e-4) << c.name << " for " << other.name;
    }
  }
}

// PyTorch goes from each rate to the next, we compute each from the formula: in double the same to
// rounding, down to eta_min in 20 steps, up again, and down.
Deviation deviation_of_schedule(const CosineAnnealingLR& schedule, Optimizer& optimizer) {
  const Golden golden("modules.txt");
  const std::vector<double> rates = golden.tensor("cosine.lr").values;
  CosineAnnealingLR running = schedule;
  Deviation deviation("cosine");
  for (const double rate : rates) {
    deviation.add(std::abs(optimizer.lr() - rate), std::to_string(running.last_epoch()));
    running.step();
  }
  EXPECT_EQ(running.last_epoch(), 51);
  return deviation;
}

TEST(Parity, CosineAnnealing) {
  Tensor p = autograd::zeros({1}).requires_grad_();
  const auto of = [&](double lr, Index T_max, double eta_min) {
    SGD sgd({p}, {.lr = lr});
    return deviation_of_schedule(CosineAnnealingLR(sgd, T_max, eta_min), sgd);
  };
  EXPECT_TRUE(of(1e-2, 20, 1e-4).within(1e-16));
  EXPECT_GT(of(1e-2, 21, 1e-4).largest(), 1e-4);
  EXPECT_GT(of(1e-2, 20, 0).largest(), 1e-5);
  EXPECT_GT(of(1.1e-2, 20, 1e-4).largest(), 1e-4);
}

// ---- Nothing passes for nothing ---------------------------------------------------------------

TEST(Deviation, IsTheLargestAndSaysWhere) {
  Deviation deviation("losses");
  deviation.add(0.5, "first");
  deviation.add(2, "second");
  deviation.add(1, "third");
  EXPECT_EQ(deviation.largest(), 2);
  EXPECT_TRUE(deviation.within(2));
  const testing::AssertionResult result = deviation.within(1.5);
  EXPECT_FALSE(result);
  EXPECT_NE(std::string(result.message()).find("losses: at most 2 (second)"), std::string::npos);
}

TEST(Deviation, OfNothingOrOfNanIsWithinNoBound) {
  Deviation deviation("losses");
  EXPECT_FALSE(deviation.within(1e9));
  deviation.add(0, "first");
  EXPECT_TRUE(deviation.within(0));
  deviation.add(NAN, "second");
  deviation.add(0, "third");
  EXPECT_FALSE(deviation.within(1e9));
}

TEST(Parity, EveryGoldenOfModulesIsComparedOrNamedHere) {
  std::vector<std::string> prefixes{"optim.", "mlp.", "cosine."};
  for (const Case& c : cases()) prefixes.push_back(c.name + ".");

  std::vector<int> count(prefixes.size());
  for (const std::string& name : Golden("modules.txt").names()) {
    bool known = false;
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
      if (name.rfind(prefixes[i], 0) != 0) continue;
      known = true;
      ++count[i];
    }
    EXPECT_TRUE(known) << "no test compares with " << name;
  }
  for (std::size_t i = 0; i < prefixes.size(); ++i) EXPECT_GT(count[i], 0) << prefixes[i];
}

}  // namespace
}  // namespace nn
