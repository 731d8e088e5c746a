#include <functional>

#include "flow/flow.h"
#include "tests/nn/goldens.h"

// The note's two programs print the losses that PyTorch prints, and one step from anywhere on
// PyTorch's way leads where PyTorch goes. Each test says how close it comes; the bounds are those
// that the project promises.

namespace flow {
namespace {

using golden::Golden;
using golden::seeds;
using tensors::Deviation;
using tensors::part;
using tensors::tensor;

// ---- The note's programs, written with the library --------------------------------------------

// A network, its loss on a batch, and the settings of the note.
struct Program {
  std::vector<std::pair<std::string, Tensor>> named;  // "0.weight", ...: PyTorch's names
  std::function<Tensor(const Tensor& x0, const Tensor& t)> loss;
  Index points;
  double lr;

  std::vector<Tensor> parameters() const {
    std::vector<Tensor> list;
    for (const auto& [name, parameter] : named) list.push_back(parameter);
    return list;
  }
};

// Without the prefix that VectorField gives: "net.0.weight" is "0.weight" in the goldens.
std::vector<std::pair<std::string, Tensor>> without_prefix(nn::Module& model) {
  auto named = model.named_parameters();
  for (auto& [name, parameter] : named) name = name.substr(name.find('.') + 1);
  return named;
}

Program unconditional() {
  VectorField model(2, 64);
  const Tensor x1 = data::sine_curve(200).points;
  return {.named = without_prefix(model),
          .loss = [=](const Tensor& x0, const Tensor& t) { return cfm_loss(model, x0, x1, t); },
          .points = 200,
          .lr = 1e-2};
}

Program conditional() {
  ConditionalVectorField model(2, 64);
  const TaggedPoints curve = data::sine_curve(1000);
  return {.named = without_prefix(model),
          .loss =
              [=](const Tensor& x0, const Tensor& t) {
                const auto velocity = [&](const Tensor& x, const Tensor& time) {
                  return model(x, time, curve.tags);
                };
                return cfm_loss(velocity, x0, curve.points, t);
              },
          .points = 1000,
          .lr = 1e-3};
}

// The unconditional one as a reader of the note writes it.
Program unconditional_by_hand() {
  nn::Sequential net{nn::Linear(3, 64), nn::ReLU(), nn::Linear(64, 2)};
  const Tensor x1 = data::sine_curve(200).points;
  return {.named = net.named_parameters(),
          .loss =
              [=](const Tensor& x0, const Tensor& t) {
                const auto [x_t, velocity] = LinearPath().sample(x0, x1, t);
                return autograd::mse_loss(net(autograd::cat({x_t, t}, 1)), velocity);
              },
          .points = 200,
          .lr = 1e-2};
}

struct Batch {
  Tensor x0;
  Tensor t;
};

Batch draw(Index points) {
  Batch batch;
  batch.x0 = autograd::randn({points, 2});
  batch.t = autograd::rand({points, 1});
  return batch;
}

Batch draw_time_first(Index points) {
  Batch batch;
  batch.t = autograd::rand({points, 1});
  batch.x0 = autograd::randn({points, 2});
  return batch;
}

using Draw = Batch (*)(Index points);

std::vector<double> train(const Program& program, int steps, Draw draw_batch = draw) {
  nn::Adam adam(program.parameters(), {.lr = program.lr});
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const Batch batch = draw_batch(program.points);
    const Tensor loss = program.loss(batch.x0, batch.t);
    adam.zero_grad();
    loss.backward();
    adam.step();
    losses.push_back(loss.item());
  }
  return losses;
}

// ---- 100 losses, every seed -------------------------------------------------------------------

void add_losses(Deviation& deviation, const std::vector<double>& losses, const Golden& golden,
                const std::string& seed) {
  const std::vector<double>& expected = golden.tensor("losses." + seed).values;
  ASSERT_EQ(expected.size(), losses.size());
  for (std::size_t i = 0; i < losses.size(); ++i) {
    deviation.add(std::abs(losses[i] / expected[i] - 1),
                  "seed " + seed + ", step " + std::to_string(i));
  }
}

constexpr double loss_bound = 1e-5;

using Build = Program (*)();

void expect_losses(const std::string& file, Build build) {
  const Golden golden(file);
  Deviation deviation(file + ", losses, relative");
  for (const std::string seed : seeds) {
    autograd::manual_seed(std::stoull(seed));
    const Program program = build();
    add_losses(deviation, train(program, 100), golden, seed);
  }
  EXPECT_TRUE(deviation.within(loss_bound));
}

TEST(Parity, UnconditionalLosses) { expect_losses("unconditional.txt", unconditional); }
TEST(Parity, UnconditionalLossesByHand) {
  expect_losses("unconditional.txt", unconditional_by_hand);
}
TEST(Parity, ConditionalLosses) { expect_losses("conditional.txt", conditional); }

// The bound sees each of these.
TEST(Parity, LossesOfAnotherProgramAreSeen) {
  for (const bool tagged : {false, true}) {
    const Golden golden(tagged ? "conditional.txt" : "unconditional.txt");
    const Build build = tagged ? conditional : unconditional;
    for (const std::string seed : {"0", "42"}) {
      const auto far_off = [&](const char* fault, double rate, Draw draw_batch) {
        autograd::manual_seed(std::stoull(seed));
        Program program = build();
        program.lr *= rate;
        Deviation deviation(fault);
        add_losses(deviation, train(program, 100, draw_batch), golden, seed);
        EXPECT_GT(deviation.largest(), loss_bound) << fault << ", seed " << seed;
      };
      far_off("a rate one in a thousand too large", 1.001, draw);
      far_off("times drawn before noise", 1, draw_time_first);
    }
  }
}

TEST(Parity, ThePointsAreTheNotes) {
  const Golden unconditional("unconditional.txt");
  const Golden conditional("conditional.txt");
  const TaggedPoints curve = data::sine_curve(1000);
  EXPECT_TRUE(tensors::equal(data::sine_curve(200).points, tensor(unconditional, "points")));
  EXPECT_TRUE(tensors::equal(curve.points, tensor(conditional, "points")));
  EXPECT_TRUE(tensors::equal(curve.tags, tensor(conditional, "tags")));
}

// ---- One step from far out: PyTorch's state goes in, and what it makes of it is compared -------

// What a step started from and gave.
struct Step {
  double loss;
  std::vector<Tensor> gradients;
  std::vector<Tensor> parameters;
};

// Faults for the negative controls.
struct Fault {
  Index adam_step = 0;  // added to Adam's step
  double noise = 0;     // added to one number of x0
};

Step step_from(const Golden& golden, const std::string& prefix, const Program& program,
               Fault fault = {}) {
  const std::vector<Tensor> parameters = program.parameters();
  nn::Adam adam(parameters, {.lr = program.lr});
  const auto adam_step =
      static_cast<Index>(tensor(golden, prefix + "adam_step").item()) + fault.adam_step;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = program.named[i].first;
    const autograd::NoGradGuard no_grad;
    Tensor parameter = parameters[i];
    parameter.copy_(tensor(golden, prefix + "param." + name));
    adam.set_state(static_cast<Index>(i), tensor(golden, prefix + "exp_avg." + name),
                   tensor(golden, prefix + "exp_avg_sq." + name), adam_step);
  }
  Tensor x0 = tensor(golden, prefix + "x0");
  x0.data()[0] += static_cast<autograd::real>(fault.noise);
  const Tensor loss = program.loss(x0, tensor(golden, prefix + "t"));
  adam.zero_grad();
  loss.backward();
  adam.step();

  Step step{.loss = loss.item(), .gradients = {}, .parameters = {}};
  for (const Tensor& parameter : parameters) {
    step.gradients.push_back(parameter.grad());
    step.parameters.push_back(parameter.detach());
  }
  return step;
}

// How far a step is from PyTorch's.
struct StepDeviations {
  Deviation loss{"loss, relative"};
  Deviation gradients{"gradients, by the step's largest"};
  Deviation parameters{"parameters, absolute"};

  void add(const Golden& golden, const std::string& prefix, const Program& program,
           const Step& step) {
    loss.add(std::abs(step.loss / tensor(golden, prefix + "loss").item() - 1), prefix);
    double largest_gradient = 0;
    for (const auto& [name, parameter] : program.named) {
      const Tensor gradient = tensor(golden, prefix + "grad." + name);
      largest_gradient = std::max(largest_gradient, max(abs(gradient)).item());
    }
    for (std::size_t i = 0; i < program.named.size(); ++i) {
      const std::string& name = program.named[i].first;
      const double difference =
          tensors::largest_difference(step.gradients[i], tensor(golden, prefix + "grad." + name));
      gradients.add(difference / largest_gradient, prefix + name);
      parameters.add(step.parameters[i], tensor(golden, prefix + "after." + name), prefix + name);
    }
  }
};

constexpr double step_loss_bound = 1e-6;
constexpr double step_gradient_bound = 4e-6;
constexpr double step_parameter_bound = 1e-6;

std::vector<std::string> prefixes(std::initializer_list<int> steps) {
  std::vector<std::string> list;
  for (const int step : steps) list.push_back("step" + std::to_string(step) + ".");
  return list;
}

const std::vector<std::string> unconditional_steps = prefixes({0, 100, 1000, 10000});
const std::vector<std::string> conditional_steps = prefixes({0, 100, 1000, 4900});

void expect_steps(const std::string& file, const Program& program,
                  const std::vector<std::string>& steps) {
  const Golden golden(file);
  StepDeviations deviations;
  for (const std::string& prefix : steps) {
    deviations.add(golden, prefix, program, step_from(golden, prefix, program));
  }
  EXPECT_TRUE(deviations.loss.within(step_loss_bound));
  EXPECT_TRUE(deviations.gradients.within(step_gradient_bound));
  EXPECT_TRUE(deviations.parameters.within(step_parameter_bound));
}

TEST(Parity, UnconditionalStepsFarOut) {
  expect_steps("unconditional.txt", unconditional(), unconditional_steps);
}
TEST(Parity, ConditionalStepsFarOut) {
  expect_steps("conditional.txt", conditional(), conditional_steps);
}

TEST(Parity, AStepFromAnotherStateIsSeen) {
  const Golden golden("unconditional.txt");
  const Program program = unconditional();
  const auto with = [&](const std::string& prefix, Fault fault) {
    StepDeviations deviations;
    deviations.add(golden, prefix, program, step_from(golden, prefix, program, fault));
    return deviations;
  };
  for (const std::string& prefix : unconditional_steps) {
    const StepDeviations noise = with(prefix, {.noise = 0.1});
    EXPECT_GT(noise.loss.largest(), step_loss_bound) << prefix;
    EXPECT_GT(noise.gradients.largest(), step_gradient_bound) << prefix;
    if (prefix == "step0.") continue;  // Adam's first step sees the signs only
    EXPECT_GT(noise.parameters.largest(), step_parameter_bound) << prefix;
  }
  // By 10,000 the corrections are all but 1.
  for (const std::string& prefix : prefixes({0, 100, 1000})) {
    const StepDeviations late = with(prefix, {.adam_step = 1});
    EXPECT_LE(late.gradients.largest(), step_gradient_bound) << prefix;
    EXPECT_GT(late.parameters.largest(), step_parameter_bound) << prefix;
  }
}

// Seed 42 goes in, and the batches come out where PyTorch had them: nothing else draws.
void expect_batches(const std::string& file, Build build, const std::vector<std::string>& steps) {
  const Golden golden(file);
  autograd::manual_seed(42);
  const Program program = build();
  for (const auto& [name, parameter] : program.named) {
    EXPECT_TRUE(tensors::equal(parameter.detach(), tensor(golden, "step0.param." + name))) << name;
  }
  Deviation deviation(file + ", noise");
  int step = 0;
  for (const std::string& prefix : steps) {
    const int wanted = std::stoi(prefix.substr(4));
    for (; step < wanted; ++step) draw(program.points);
    const Batch batch = draw(program.points);
    ++step;
    EXPECT_TRUE(tensors::equal(batch.t, tensor(golden, prefix + "t"))) << prefix;
    deviation.add(batch.x0, tensor(golden, prefix + "x0"), prefix);
  }
  EXPECT_TRUE(deviation.within(4e-6));
}

TEST(Parity, UnconditionalWeightsAndBatches) {
  expect_batches("unconditional.txt", unconditional, unconditional_steps);
}
TEST(Parity, ConditionalWeightsAndBatches) {
  expect_batches("conditional.txt", conditional, conditional_steps);
}

// ---- From noise to data, with PyTorch's trained networks --------------------------------------

// States reach 12 and pass through up to 52 evaluations of a network with weights up to 5.
constexpr double state_bound = 2e-5;

template <class Model>
Model trained(Model model, const Golden& golden, const std::string& prefix) {
  for (auto& [name, parameter] : without_prefix(model)) {
    const autograd::NoGradGuard no_grad;
    parameter.copy_(tensor(golden, prefix + name));
  }
  return model;
}

Deviation states_deviation(const Golden& golden, SampleOptions options, const std::string& name) {
  const VectorField model = trained(VectorField(2, 64), golden, "net.");
  const std::vector<Tensor> states = trajectory(model, tensor(golden, "x0"), options);
  const golden::Tensor& expected = golden.tensor(name + ".states");
  Deviation deviation(name);
  EXPECT_EQ(expected.shape[0], static_cast<Index>(states.size()));
  for (std::size_t k = 0; k < states.size(); ++k) {
    deviation.add(states[k], part(expected, static_cast<Index>(k)), "state " + std::to_string(k));
  }
  return deviation;
}

TEST(Parity, Trajectories) {
  const Golden golden("samplers.txt");
  const auto deviation = [&](Solver solver, Index steps, const char* name) {
    return states_deviation(golden, {solver, steps}, name);
  };
  EXPECT_TRUE(deviation(Solver::euler, 50, "euler50").within(state_bound));
  EXPECT_TRUE(deviation(Solver::midpoint, 25, "midpoint25").within(state_bound));
  EXPECT_TRUE(deviation(Solver::heun, 25, "heun25").within(state_bound));
  EXPECT_TRUE(deviation(Solver::rk4, 13, "rk413").within(state_bound));
  // Two rules of the same order and cost are told apart.
  EXPECT_GT(deviation(Solver::midpoint, 25, "heun25").largest(), 10 * state_bound);
  EXPECT_GT(deviation(Solver::heun, 25, "midpoint25").largest(), 10 * state_bound);
}

TEST(Parity, SamplesOfEachTag) {
  const Golden golden("samplers.txt");
  const ConditionalVectorField model =
      trained(ConditionalVectorField(2, 64), golden, "conditional.net.");
  const Tensor x0 = tensor(golden, "x0");
  Deviation deviation("conditional euler50");
  for (int tag = 0; tag < 10; ++tag) {
    const auto expected = [&](int of) {
      return tensor(golden, "conditional.euler50.tag" + std::to_string(of) + ".final");
    };
    const Tensor x1 = sample(model, x0, tag, {.steps = 50});
    deviation.add(x1, expected(tag), "tag " + std::to_string(tag));
    EXPECT_FALSE(tensors::near(x1, expected((tag + 1) % 10), 10 * state_bound));
  }
  EXPECT_TRUE(deviation.within(state_bound));
}

// ---- Nothing is left out ----------------------------------------------------------------------

bool starts_with_one_of(const std::string& name, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return name.rfind(beginning, 0) == 0; });
}

TEST(Parity, EveryGoldenIsCompared) {
  std::vector<std::string> compared{"points", "tags"};
  for (const std::string seed : seeds) compared.push_back("losses." + seed);
  for (const auto& [file, steps] : {std::pair{"unconditional.txt", unconditional_steps},
                                    std::pair{"conditional.txt", conditional_steps}}) {
    std::vector<std::string> all = compared;
    all.insert(all.end(), steps.begin(), steps.end());
    for (const std::string& name : Golden(file).names()) {
      EXPECT_TRUE(starts_with_one_of(name, all)) << "no test compares with " << name;
    }
  }
  const std::vector<std::string> samplers{
      "x0",      "net.",   "euler50.",         "midpoint25.",
      "heun25.", "rk413.", "conditional.net.", "conditional.euler50."};
  for (const std::string& name : Golden("samplers.txt").names()) {
    EXPECT_TRUE(starts_with_one_of(name, samplers)) << "no test compares with " << name;
  }
}

}  // namespace
}  // namespace flow
