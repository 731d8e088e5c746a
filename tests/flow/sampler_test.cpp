#include "flow/sampler.h"

#include <cmath>
#include <limits>
#include <utility>

#include "flow/oracle.h"
#include "flow/vector_field.h"
#include "tests/tensors.h"

namespace flow {
namespace {

using autograd::real;
using tensors::equal;
using tensors::near;
using tensors::throws;
using tensors::values;

constexpr Solver solvers[] = {Solver::euler, Solver::midpoint, Solver::heun, Solver::rk4};

Tensor decay(const Tensor& x, const Tensor&) { return -x; }

// dx/dt = -x, and a record of the times it was asked at.
struct Recorder {
  std::vector<real> times;
  Tensor operator()(const Tensor& x, const Tensor& t) {
    EXPECT_EQ(t.shape(), (autograd::Shape{x.size(0), 1}));
    for (Index row = 1; row < t.numel(); ++row) EXPECT_EQ(t.data()[row], t.data()[0]);
    times.push_back(t.data()[0]);
    return -x;
  }
};

std::vector<real> times_asked(SampleOptions options) {
  Recorder recorder;
  sample([&](const Tensor& x, const Tensor& t) { return recorder(x, t); }, autograd::ones({3, 2}),
         options);
  return recorder.times;
}

// ---- One step ---------------------------------------------------------------------------------

TEST(SolverStep, ByHandOnTheSquareOfTime) {
  // From t = 1 in one step of 2: what each rule makes of the integral of t^2, which is 26/3.
  const Velocity velocity = [](const Tensor& x, const Tensor& t) { return 0 * x + t * t; };
  const Tensor x = Tensor::from({10}, {1, 1});
  const auto step = [&](Solver solver) { return solver_step(solver, velocity, x, 1, 2).item(); };
  EXPECT_EQ(step(Solver::euler), 10 + 2 * 1);
  EXPECT_EQ(step(Solver::midpoint), 10 + 2 * 4);
  EXPECT_EQ(step(Solver::heun), 10 + 1 + 9);
  EXPECT_NEAR(step(Solver::rk4), 10 + 26 / 3.0, 1e-5);
}

TEST(SolverStep, ByHandOnTheSquareOfThePlace) {
  const Velocity velocity = [](const Tensor& x, const Tensor&) { return x * x; };
  const Tensor x = Tensor::from({1}, {1, 1});
  const auto step = [&](Solver solver) { return solver_step(solver, velocity, x, 0, 1).item(); };
  EXPECT_EQ(step(Solver::euler), 2);
  EXPECT_EQ(step(Solver::midpoint), 1 + 1.5 * 1.5);
  EXPECT_EQ(step(Solver::heun), 1 + (1 + 4) / 2.0);
  const double k2 = 1.5 * 1.5;
  const double k3 = (1 + k2 / 2) * (1 + k2 / 2);
  const double k4 = (1 + k3) * (1 + k3);
  EXPECT_NEAR(step(Solver::rk4), 1 + (1 + 2 * k2 + 2 * k3 + k4) / 6, 2e-6);
}

TEST(SolverStep, LeavesThePointAsItWas) {
  for (const Solver solver : solvers) {
    const Tensor x = Tensor::from({1, 2}, {1, 2});
    solver_step(solver, decay, x, 0, 0.5);
    EXPECT_EQ(values(x), (std::vector<double>{1, 2}));
  }
}

// ---- Many steps -------------------------------------------------------------------------------

TEST(Sample, DecayGoesDownByTheSameFactorInEachStep) {
  const double h = 1 / 8.0;
  const double factor[] = {1 - h, 1 - h + h * h / 2, 1 - h + h * h / 2,
                           1 - h + h * h / 2 - h * h * h / 6 + h * h * h * h / 24};
  const Tensor x0 = Tensor::from({1, -2, 3, 0.5}, {2, 2});
  for (std::size_t i = 0; i < 4; ++i) {
    const Tensor x1 = sample(decay, x0, {.solver = solvers[i], .steps = 8});
    EXPECT_TRUE(near(x1, x0 * std::pow(factor[i], 8), 2 * tensors::rounding));
  }
}

TEST(Sample, EndsExactlyAtTimeOne) {
  // dx/dt = 3, in steps that are exact in binary.
  const Velocity constant = [](const Tensor& x, const Tensor&) {
    return autograd::full(x.shape(), 3);
  };
  for (const Solver solver : solvers) {
    for (const Index steps : {1, 2, 8, 64}) {
      const Tensor x1 = sample(constant, autograd::ones({1, 2}), {solver, steps});
      EXPECT_TRUE(near(x1, autograd::full({1, 2}, 4), solver == Solver::rk4 ? 1e-6 : 0));
    }
  }
}

TEST(Sample, FromNoiseToDataNotBack) {
  // The field that carries everything to the right.
  const Velocity right = [](const Tensor& x, const Tensor&) { return autograd::ones(x.shape()); };
  EXPECT_NEAR(sample(right, autograd::zeros({1, 1})).item(), 1, 1e-6);
}

#ifdef HANDFLOW_DOUBLE
// The order by halving the step: the error falls by 2^order.
std::vector<double> measured_orders(const Velocity& velocity, double x1, Solver solver) {
  std::vector<double> orders;
  double before = 0;
  for (const Index steps : {8, 16, 32, 64}) {
    const double error =
        std::abs(sample(velocity, autograd::ones({1, 1}), {solver, steps}).item() - x1);
    if (before > 0) orders.push_back(std::log2(before / error));
    before = error;
  }
  return orders;
}

void expect_order(Solver solver, double order, double tolerance) {
  // dx/dt = -x, and dx/dt = x cos t, which asks for the right times, too.
  const Velocity wave = [](const Tensor& x, const Tensor& t) { return x * cos(t); };
  const std::vector<double> orders = measured_orders(decay, std::exp(-1.0), solver);
  ASSERT_EQ(orders.size(), 3U);
  for (const double measured : orders) EXPECT_NEAR(measured, order, tolerance);
  const double last = measured_orders(wave, std::exp(std::sin(1.0)), solver).back();
  EXPECT_NEAR(last, order, tolerance);
}

TEST(Sample, EulerHasOrderOne) { expect_order(Solver::euler, 1, 0.15); }
TEST(Sample, MidpointHasOrderTwo) { expect_order(Solver::midpoint, 2, 0.15); }
TEST(Sample, HeunHasOrderTwo) { expect_order(Solver::heun, 2, 0.15); }
TEST(Sample, Rk4HasOrderFour) { expect_order(Solver::rk4, 4, 0.3); }

// The measurement sees a solver that is one order worse: here one that asks at the wrong times.
TEST(Sample, MeasuredOrderFallsWhenTheTimesAreWrong) {
  const Velocity late = [](const Tensor& x, const Tensor& t) { return x * cos(t + 0.01); };
  const auto orders = measured_orders(late, std::exp(std::sin(1.0)), Solver::rk4);
  EXPECT_LT(orders.back(), 0.5);
}
#endif

// ---- When the velocity is asked ---------------------------------------------------------------

TEST(Sample, EulerAsksAtKOverN) {
  for (const int steps : {1, 2, 3, 7, 50, 1000}) {
    const std::vector<real> times = times_asked({.solver = Solver::euler, .steps = steps});
    ASSERT_EQ(times.size(), static_cast<std::size_t>(steps));
    for (int k = 0; k < steps; ++k) {
      // Not a sum of rounded steps.
      EXPECT_EQ(times[static_cast<std::size_t>(k)],
                static_cast<real>(static_cast<double>(k) / steps));
    }
    EXPECT_LT(times.back(), 1);  // never at the data
  }
}

TEST(Sample, MidpointAsksAtStartAndMiddle) {
  EXPECT_EQ(times_asked({.solver = Solver::midpoint, .steps = 2}),
            (std::vector<real>{0, 0.25, 0.5, 0.75}));
}

TEST(Sample, HeunAsksAtStartAndEnd) {
  EXPECT_EQ(times_asked({.solver = Solver::heun, .steps = 2}), (std::vector<real>{0, 0.5, 0.5, 1}));
}

TEST(Sample, Rk4AsksAtStartMiddleAndEnd) {
  EXPECT_EQ(times_asked({.solver = Solver::rk4, .steps = 2}),
            (std::vector<real>{0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1}));
}

TEST(Sample, NeverAsksPastTimeOne) {
  for (const Solver solver : {Solver::heun, Solver::rk4}) {
    for (Index steps = 1; steps <= 100; ++steps) {
      EXPECT_EQ(times_asked({solver, steps}).back(), 1) << steps << " steps";
    }
  }
}

TEST(Sample, AsksAsOftenAsFunctionEvaluationsSays) {
  const Index evaluations_of_a_step[] = {1, 2, 2, 4};
  for (std::size_t i = 0; i < 4; ++i) {
    for (const Index steps : {1, 7, 50}) {
      const SampleOptions options{.solver = solvers[i], .steps = steps};
      EXPECT_EQ(function_evaluations(options), evaluations_of_a_step[i] * steps);
      EXPECT_EQ(static_cast<Index>(times_asked(options).size()), function_evaluations(options));
    }
  }
}

TEST(Sample, TakesFiftyEulerStepsUnlessTold) {
  const SampleOptions options;
  EXPECT_EQ(options.solver, Solver::euler);
  EXPECT_EQ(options.steps, 50);
  EXPECT_EQ(times_asked({}).size(), 50U);
}

// ---- What goes in, what comes out -------------------------------------------------------------

TEST(Sample, LeavesTheNoiseAsItWas) {
  autograd::manual_seed(1);
  const Tensor x0 = autograd::randn({20, 2});
  const std::vector<double> before = values(x0);
  for (const Solver solver : solvers) {
    const Tensor x1 = sample(decay, x0, {solver, 3});
    EXPECT_FALSE(equal(x1, x0));
    EXPECT_EQ(values(x0), before);
  }
}

TEST(Sample, RefusesFewerThanOneStep) {
  const Tensor x0 = autograd::ones({1, 2});
  using autograd::ValueError;
  for (const Solver solver : solvers) {
    EXPECT_TRUE(throws<ValueError>([&] { sample(decay, x0, {solver, 0}); }, {"steps", "got 0"}));
    EXPECT_TRUE(throws<ValueError>([&] { sample(decay, x0, {solver, -1}); }, {"steps", "got -1"}));
    EXPECT_TRUE(throws<ValueError>([&] { trajectory(decay, x0, {solver, 0}); }, {"got 0"}));
  }
}

TEST(Sample, RefusesNoiseThatIsNoBatch) {
  EXPECT_TRUE(throws<autograd::ShapeError>([] { sample(decay, autograd::ones({2})); },
                                           {"sample", "x0 (2,)", "(batch, dim)"}));
}

// It would broadcast: (3, 1) and (3, 2) give (3, 2), the same speed in both dimensions.
TEST(Sample, RefusesAVelocityOfAnotherShape) {
  const Tensor x0 = autograd::ones({3, 2});
  const Velocity one_column = [](const Tensor&, const Tensor& t) { return t; };
  const Velocity one_row = [](const Tensor&, const Tensor&) { return autograd::ones({2}); };
  for (const Solver solver : solvers) {
    EXPECT_TRUE(throws<autograd::ShapeError>(
        [&] {
          sample(one_column, x0, {solver, 2});
        },
        {"sample", "(3, 1)", "(3, 2)"}));
    EXPECT_TRUE(throws<autograd::ShapeError>(
        [&] {
          sample(one_row, x0, {solver, 2});
        },
        {"sample", "(2,)", "(3, 2)"}));
  }
}

TEST(Sample, ZeroRows) {
  const VectorField field(2, 8);
  for (const Solver solver : solvers) {
    EXPECT_EQ(sample(field, autograd::zeros({0, 2}), {solver, 2}).shape(), (autograd::Shape{0, 2}));
  }
}

TEST(Sample, RecordsNoGraph) {
  autograd::manual_seed(2);
  VectorField field(2, 8);
  const Tensor x0 = autograd::randn({5, 2}).requires_grad_();
  bool recorded = true;
  const Tensor x1 = sample(
      [&](const Tensor& x, const Tensor& t) {
        const Tensor v = field(x, t);
        recorded = v.requires_grad();
        return v;
      },
      x0, {.steps = 2});
  EXPECT_FALSE(recorded);
  EXPECT_FALSE(x1.requires_grad());
  EXPECT_TRUE(x1.is_leaf());
  EXPECT_FALSE(sample(field, x0, {.steps = 2, .chunk = 2}).requires_grad());
  for (const Tensor& state : trajectory(field, x0, {.steps = 2}))
    EXPECT_FALSE(state.requires_grad());
  EXPECT_TRUE(autograd::grad_enabled());
  EXPECT_TRUE(field(x0, 0).requires_grad());  // outside it would be recorded
}

TEST(Sample, AVelocityThatThrowsLeavesGradientsEnabled) {
  const Velocity fails = [](const Tensor&, const Tensor&) -> Tensor {
    throw autograd::ValueError("no wind");
  };
  EXPECT_TRUE(throws<autograd::ValueError>(
      [&] {
        sample(fails, autograd::ones({1, 1}));
      },
      {"no wind"}));
  EXPECT_TRUE(autograd::grad_enabled());
}

TEST(Sample, RowsDoNotSeeEachOther) {
  autograd::manual_seed(3);
  const VectorField field(2, 8);
  const Tensor x0 = autograd::randn({6, 2});
  const std::vector<Index> order{4, 1, 5, 0, 3, 2};
  const Tensor x1 = sample(field, x0, {.solver = Solver::rk4, .steps = 5});
  const Tensor permuted =
      sample(field, index_select(x0, order), {.solver = Solver::rk4, .steps = 5});
  EXPECT_TRUE(equal(permuted, index_select(x1, order)));
}

// ---- Trajectories -----------------------------------------------------------------------------

TEST(Trajectory, HasAStateMoreThanStepsAndEndsInTheSample) {
  autograd::manual_seed(4);
  const VectorField field(2, 8);
  const Tensor x0 = autograd::randn({6, 2});
  for (const Solver solver : solvers) {
    for (const Index steps : {1, 5}) {
      const std::vector<Tensor> states = trajectory(field, x0, {solver, steps});
      ASSERT_EQ(states.size(), static_cast<std::size_t>(steps + 1));
      EXPECT_TRUE(equal(states.front(), x0));
      EXPECT_TRUE(equal(states.back(), sample(field, x0, {solver, steps})));
    }
  }
}

TEST(Trajectory, StatesAreOneStepApart) {
  const Tensor x0 = Tensor::from({1, -2}, {1, 2});
  const std::vector<Tensor> states = trajectory(decay, x0, {.solver = Solver::euler, .steps = 4});
  for (std::size_t k = 0; k < states.size(); ++k) {
    EXPECT_TRUE(equal(states[k], x0 * std::pow(0.75, static_cast<double>(k))));
  }
}

TEST(Trajectory, TheFirstStateIsACopy) {
  Tensor x0 = Tensor::from({1, -2}, {1, 2});
  const std::vector<Tensor> states = trajectory(decay, x0, {.steps = 2});
  x0.fill_(9);
  EXPECT_EQ(values(states[0]), (std::vector<double>{1, -2}));
}

// ---- Chunks -----------------------------------------------------------------------------------

constexpr Index chunks[] = {1, 7, 64, 150, 151, std::numeric_limits<Index>::max()};

TEST(Chunks, ChangeNoBitOfASample) {
  autograd::manual_seed(8);
  const VectorField field(2, 64);
  const Tensor x0 = autograd::randn({150, 2});
  for (const Solver solver : solvers) {
    const Tensor whole = sample(field, x0, {solver, 3});
    for (const Index chunk : chunks) {
      EXPECT_TRUE(equal(sample(field, x0, {solver, 3, chunk}), whole)) << "chunks of " << chunk;
    }
  }
}

TEST(Chunks, ChangeNoBitOfATrajectory) {
  autograd::manual_seed(9);
  const ConditionalVectorField field(2, 64);
  const Tensor x0 = autograd::randn({150, 2});
  const Tensor tag = autograd::randn({150, 1});
  for (const Solver solver : solvers) {
    const std::vector<Tensor> whole = trajectory(field, x0, tag, {solver, 3});
    for (const Index chunk : chunks) {
      const std::vector<Tensor> states = trajectory(field, x0, tag, {solver, 3, chunk});
      ASSERT_EQ(states.size(), 4U);
      for (std::size_t k = 0; k < 4; ++k) {
        EXPECT_TRUE(equal(states[k], whole[k])) << "state " << k << ", chunks of " << chunk;
      }
    }
  }
}

TEST(Chunks, EachGoesAllTheWayBeforeTheNext) {
  using Call = std::pair<Index, real>;  // rows, time
  std::vector<Call> calls;
  const Velocity velocity = [&](const Tensor& x, const Tensor& t) {
    EXPECT_EQ(t.shape(), (autograd::Shape{x.size(0), 1}));
    calls.emplace_back(x.size(0), t.data()[0]);
    return -x;
  };
  const Tensor x0 = autograd::ones({5, 2});
  sample(velocity, x0, {.steps = 2, .chunk = 2});
  const std::vector<Call> expected{{2, 0}, {2, 0.5}, {2, 0}, {2, 0.5}, {1, 0}, {1, 0.5}};
  EXPECT_EQ(calls, expected);
  calls.clear();
  trajectory(velocity, x0, {.steps = 2, .chunk = 2});
  EXPECT_EQ(calls, expected);

  const std::vector<Call> all_at_once{{5, 0}, {5, 0.5}};
  for (const Index chunk : {0, 5, 6}) {
    calls.clear();
    sample(velocity, x0, {.steps = 2, .chunk = chunk});
    EXPECT_EQ(calls, all_at_once);
  }
}

TEST(Chunks, DoNotCountAsEvaluations) {
  for (const Solver solver : solvers) {
    EXPECT_EQ(function_evaluations({solver, 7, 2}), function_evaluations({solver, 7}));
  }
}

// Three numbers a row, so that a wrong row or a wrong column shows.
TEST(Chunks, CutTheTagWithThePoints) {
  autograd::manual_seed(10);
  const ConditionalVectorField field(2, 8, {.tag_dim = 3});
  const Tensor x0 = autograd::randn({150, 2});
  const Tensor tag = autograd::randn({150, 3});
  const Tensor whole = sample(field, x0, tag, {.steps = 3});
  for (const Index chunk : chunks) {
    EXPECT_TRUE(equal(sample(field, x0, tag, {.steps = 3, .chunk = chunk}), whole));
  }
  // The comparison sees tags: one row further up, all is different.
  EXPECT_FALSE(
      equal(sample(field, x0, autograd::cat({slice(tag, 0, 1, 150), slice(tag, 0, 0, 1)}, 0),
                   {.steps = 3, .chunk = 7}),
            whole));
}

TEST(Chunks, AllSeeATagThatIsANumber) {
  autograd::manual_seed(11);
  const ConditionalVectorField field(2, 8);
  const Tensor x0 = autograd::randn({20, 2});
  const Tensor whole = sample(field, x0, 3, {.steps = 3});
  EXPECT_TRUE(equal(sample(field, x0, 3, {.steps = 3, .chunk = 7}), whole));
}

// Ten rows would do for each chunk of ten, but nobody said for which.
TEST(Chunks, RefuseATagOfOtherRows) {
  const ConditionalVectorField field(2, 8);
  const Tensor x0 = autograd::zeros({20, 2});
  for (const Index rows : {1, 10, 21}) {
    const Tensor tag = autograd::zeros({rows, 1});
    const std::string its_shape = "tag " + to_string(tag.shape());
    const SampleOptions in_tens{.steps = 2, .chunk = 10};
    EXPECT_TRUE(throws<autograd::ShapeError>([&] { sample(field, x0, tag, in_tens); },
                                             {"sample", its_shape.c_str(), "x0 (20, 2)"}));
    EXPECT_TRUE(throws<autograd::ShapeError>([&] { trajectory(field, x0, tag, in_tens); },
                                             {"sample", its_shape.c_str(), "x0 (20, 2)"}));
  }
}

TEST(Chunks, RefusesFewerThanNone) {
  const Tensor x0 = autograd::ones({1, 2});
  const SampleOptions negative{.chunk = -1};
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([&] { sample(decay, x0, negative); }, {"chunk", "got -1"}));
  EXPECT_TRUE(throws<ValueError>([&] { trajectory(decay, x0, negative); }, {"chunk", "got -1"}));
}

TEST(Chunks, OfNoRows) {
  const VectorField field(2, 8);
  const Tensor none = autograd::zeros({0, 2});
  EXPECT_EQ(sample(field, none, {.steps = 2, .chunk = 3}).shape(), none.shape());
  EXPECT_EQ(trajectory(field, none, {.steps = 2, .chunk = 3}).size(), 3U);
}

// As sampler.h warns: it sees the chunk, no longer the batch.
TEST(Chunks, ShowInAVelocityThatLooksAcrossRows) {
  const Velocity to_the_mean = [](const Tensor& x, const Tensor&) { return mean(x, 0, true) - x; };
  const Tensor x0 = Tensor::from({1, 3, 5, 7}, {4, 1});
  EXPECT_EQ(values(sample(to_the_mean, x0, {.steps = 1})), (std::vector<double>{4, 4, 4, 4}));
  EXPECT_EQ(values(sample(to_the_mean, x0, {.steps = 1, .chunk = 2})),
            (std::vector<double>{2, 2, 6, 6}));
}

// ---- Tags -------------------------------------------------------------------------------------

TEST(SampleWithTags, PassesTheTagToEachCall) {
  const Tensor tag = Tensor::from({3, 5}, {2, 1});
  int calls = 0;
  const TaggedVelocity towards_tag = [&](const Tensor& x, const Tensor&, const Tensor& y) {
    ++calls;
    EXPECT_TRUE(equal(y, tag));
    return y + 0 * x;
  };
  const Tensor x1 = sample(towards_tag, autograd::zeros({2, 1}), tag, {Solver::rk4, 4});
  EXPECT_EQ(calls, 16);
  EXPECT_TRUE(near(x1, tag, 4 * tensors::rounding));
}

TEST(SampleWithTags, ATagIsANumberOrAColumn) {
  autograd::manual_seed(5);
  const ConditionalVectorField field(2, 8);
  const Tensor x0 = autograd::randn({6, 2});
  const SampleOptions options{.solver = Solver::heun, .steps = 5};
  const Tensor column = sample(field, x0, autograd::full({6, 1}, 3), options);
  EXPECT_TRUE(equal(sample(field, x0, 3, options), column));
  EXPECT_FALSE(equal(sample(field, x0, 4, options), column));
}

TEST(SampleWithTags, EachRowFollowsItsOwnTag) {
  autograd::manual_seed(6);
  const ConditionalVectorField field(2, 8);
  const Tensor x0 = autograd::randn({2, 2});
  const Tensor mixed = sample(field, x0, Tensor::from({3, 7}, {2, 1}), {.steps = 5});
  EXPECT_TRUE(equal(slice(mixed, 0, 0, 1), slice(sample(field, x0, 3, {.steps = 5}), 0, 0, 1)));
  EXPECT_TRUE(equal(slice(mixed, 0, 1, 2), slice(sample(field, x0, 7, {.steps = 5}), 0, 1, 2)));
}

TEST(SampleWithTags, TrajectoryEndsInTheSample) {
  autograd::manual_seed(7);
  const ConditionalVectorField field(2, 8);
  const Tensor x0 = autograd::randn({6, 2});
  const std::vector<Tensor> states = trajectory(field, x0, 3, {Solver::midpoint, 5});
  ASSERT_EQ(states.size(), 6U);
  EXPECT_TRUE(equal(states.front(), x0));
  EXPECT_TRUE(equal(states.back(), sample(field, x0, 3, {Solver::midpoint, 5})));
}

TEST(SampleWithTags, RefusesATagThatIsNoColumn) {
  const ConditionalVectorField field(2, 8);
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [&] {
        sample(field, autograd::zeros({2, 2}), autograd::zeros({2}));
      },
      {"tag (2,)", "(2, 1)"}));
}

}  // namespace
}  // namespace flow
