#include "flow/ddpm.h"

#include <cmath>

#include "flow/sampler.h"
#include "flow/vector_field.h"
#include "tests/tensors.h"

namespace flow {
namespace {

using autograd::real;
using tensors::equal;
using tensors::near;
using tensors::rounding;
using tensors::throws;
using tensors::values;

// beta = 0.1, 0.2, 0.3; abar = 0.9, 0.72, 0.504.
const NoiseSchedule short_schedule(3, 0.1, 0.3);

Tensor no_noise(const Tensor& x, const Tensor&) { return autograd::zeros(x.shape()); }

// The best answer for data from N(mean, spread^2): x_k is normal, too, and E[eps | x_k = x] is
// linear in x.
struct GaussianData {
  double mean = 3;
  double spread = 0.5;

  NoisePredictor exact(const NoiseSchedule& schedule) const {
    return [*this, &schedule](const Tensor& x, const Tensor& time) {
      const auto k = std::lround(time.data()[0] * static_cast<double>(schedule.steps()));
      const double a = schedule.signal(k);
      const double b = schedule.noise(k);
      return b / (a * a * spread * spread + b * b) * (x - a * mean);
    };
  }
};

// ---- Schedule ---------------------------------------------------------------------------------

TEST(NoiseSchedule, ByHand) {
  EXPECT_EQ(short_schedule.steps(), 3);
  const double abar[] = {1, 0.9, 0.72, 0.504};
  for (Index k = 0; k <= 3; ++k) {
    EXPECT_NEAR(short_schedule.alpha_bar(k), abar[k], 1e-15);
    EXPECT_NEAR(short_schedule.signal(k), std::sqrt(abar[k]), 1e-15);
    EXPECT_NEAR(short_schedule.noise(k), std::sqrt(1 - abar[k]), 1e-15);
  }
  for (Index k = 1; k <= 3; ++k) {
    EXPECT_NEAR(short_schedule.beta(k), 0.1 * static_cast<double>(k), 1e-15);
  }
}

TEST(NoiseSchedule, OfThePaper) {
  const NoiseSchedule schedule;
  EXPECT_EQ(schedule.steps(), 1000);
  EXPECT_EQ(schedule.beta(1), 1e-4);
  EXPECT_NEAR(schedule.beta(1000), 0.02, 1e-15);
  // torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64), (1 - beta).cumprod(0)
  EXPECT_NEAR(schedule.alpha_bar(500), 0.0785872428818, 1e-12);
  EXPECT_NEAR(schedule.alpha_bar(1000), 4.03582976538e-05, 1e-15);
  // In float, 1 - abar_1 would be 1.00017e-4.
  EXPECT_NEAR(1 - schedule.alpha_bar(1), 1e-4, 1e-15);
}

TEST(NoiseSchedule, OneStepHasTheFirstBeta) {
  const NoiseSchedule schedule(1, 0.25, 0.5);
  EXPECT_EQ(schedule.beta(1), 0.25);
  EXPECT_EQ(schedule.alpha_bar(1), 0.75);
}

TEST(NoiseSchedule, RefusesWhatIsNoSchedule) {
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(0); }, {"steps", "got 0"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(-7); }, {"got -7"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(10, 0, 0.1); }, {"0 < first", "0.000000"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(10, 0.1, 1); }, {"last < 1", "1.000000"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(10, 0.2, 0.1); }, {"first <= last"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(10, NAN, 0.1); }, {"nan"}));
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(1000, 0.1, 0.9); }, {"leave nothing", "1000"}));
  // 1 - 1e-17 is 1 in double: x_1 would have no noise, and samplers divide by its deviation.
  EXPECT_TRUE(throws<ValueError>([] { NoiseSchedule(10, 1e-17, 0.1); }, {"too small"}));
  EXPECT_NO_THROW(NoiseSchedule(10, 0.1, 0.1));
}

TEST(NoiseSchedule, RefusesStepsThatItDoesNotHave) {
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.beta(0); }, {"beta", "1..3", "got 0"}));
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.beta(4); }, {"got 4"}));
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.alpha_bar(-1); }, {"0..3", "got -1"}));
  EXPECT_TRUE(
      throws<ValueError>([] { short_schedule.signal(4); }, {"::signal: ", "0..3", "got 4"}));
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.noise(4); }, {"::noise: ", "0..3", "got 4"}));
}

TEST(NoiseSchedule, StationsRunFromNoiseToData) {
  EXPECT_EQ(short_schedule.stations(3), (std::vector<Index>{3, 2, 1, 0}));
  EXPECT_EQ(short_schedule.stations(2), (std::vector<Index>{3, 1, 0}));
  EXPECT_EQ(short_schedule.stations(1), (std::vector<Index>{3, 0}));
  EXPECT_EQ(NoiseSchedule().stations(5), (std::vector<Index>{1000, 800, 600, 400, 200, 0}));
  const NoiseSchedule odd(37);
  for (Index steps = 1; steps <= 37; ++steps) {
    const std::vector<Index> k = odd.stations(steps);
    ASSERT_EQ(k.size(), static_cast<std::size_t>(steps) + 1);
    EXPECT_EQ(k.front(), 37);
    EXPECT_EQ(k.back(), 0);
    for (std::size_t i = 1; i < k.size(); ++i) EXPECT_LT(k[i], k[i - 1]);
  }
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.stations(0); }, {"stations", "1..3", "0"}));
  EXPECT_TRUE(throws<ValueError>([] { short_schedule.stations(4); }, {"1..3", "got 4"}));
}

// ---- The forward process ----------------------------------------------------------------------

TEST(ForwardProcess, ByHandWithAStepForEachRow) {
  const Tensor x = Tensor::from({10, -10, 10, -10}, {2, 2});
  const Tensor eps = Tensor::from({1, 2, 1, 2}, {2, 2});
  const std::vector<Index> k{1, 3};
  const NoisedSample noised = short_schedule.sample(x, eps, k);
  const double a1 = std::sqrt(0.9), b1 = std::sqrt(0.1);
  const double a3 = std::sqrt(0.504), b3 = std::sqrt(0.496);
  EXPECT_TRUE(
      near(noised.x_k,
           Tensor::from({10 * a1 + b1, -10 * a1 + 2 * b1, 10 * a3 + b3, -10 * a3 + 2 * b3}, {2, 2}),
           10 * rounding));
  EXPECT_TRUE(near(noised.time, Tensor::from({1 / 3.0, 1}, {2, 1}), rounding));
}

TEST(ForwardProcess, StartsAtTheDataBitForBit) {
  autograd::manual_seed(1);
  const Tensor x = 10 * autograd::randn({50, 3});
  const Tensor eps = autograd::randn({50, 3});
  const NoisedSample noised = NoiseSchedule().sample(x, eps, std::vector<Index>(50, 0));
  EXPECT_TRUE(equal(noised.x_k, x));
  EXPECT_TRUE(equal(noised.time, autograd::zeros({50, 1})));
}

// Eq. 2, k times, on mean and variance: x_k = sqrt(1 - beta) x_{k-1} + sqrt(beta) z.
TEST(ForwardProcess, ManySmallStepsAreOne) {
  const NoiseSchedule schedule;
  double mean = 1;
  double variance = 0;
  for (Index k = 1; k <= 1000; ++k) {
    mean *= std::sqrt(1 - schedule.beta(k));
    variance = (1 - schedule.beta(k)) * variance + schedule.beta(k);
    ASSERT_NEAR(mean, schedule.signal(k), 1e-13);
    ASSERT_NEAR(variance, schedule.noise(k) * schedule.noise(k), 1e-13);
  }
}

TEST(ForwardProcess, KeepsVarianceOne) {
  // Data of variance 1 stays at variance 1 on the whole way.
  autograd::manual_seed(2);
  const Index n = 20000;
  const NoiseSchedule schedule;
  const Tensor x = autograd::randn({n, 1});
  const Tensor eps = autograd::randn({n, 1});
  const auto variance = [&](const Tensor& v) { return mean(square(v - mean(v))).item(); };
  for (const Index k : {1, 200, 500, 1000}) {
    const Tensor x_k = schedule.sample(x, eps, std::vector<Index>(n, k)).x_k;
    EXPECT_NEAR(variance(x_k), 1, 0.05);
  }
  // The straight line of flow matching does not: half of each has variance 1/2.
  EXPECT_NEAR(variance(0.5 * x + 0.5 * eps), 0.5, 0.025);
}

TEST(ForwardProcess, RefusesOtherShapesAndSteps) {
  const auto sample = [](autograd::Shape x, autograd::Shape eps, std::vector<Index> k) {
    return [=] { short_schedule.sample(autograd::zeros(x), autograd::zeros(eps), k); };
  };
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(sample({2, 2}, {2, 1}, {1, 1}), {"x_data (2, 2)", "eps (2, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(sample({2, 2}, {2, 2}, {1}), {"1 values of k"}));
  EXPECT_TRUE(throws<ShapeError>(sample({2}, {2}, {1, 1}), {"x_data (2,)"}));
  EXPECT_TRUE(throws<autograd::ValueError>(sample({2, 2}, {2, 2}, {1, 4}),
                                           {"::sample: ", "0..3", "got 4"}));
  EXPECT_TRUE(throws<autograd::ValueError>(sample({2, 2}, {2, 2}, {-1, 1}), {"got -1"}));
  EXPECT_EQ(short_schedule.sample(autograd::zeros({0, 2}), autograd::zeros({0, 2}), {}).x_k.shape(),
            (autograd::Shape{0, 2}));
}

// ---- Loss -------------------------------------------------------------------------------------

struct Batch {
  Tensor x = 10 * autograd::randn({6, 2});
  Tensor eps = autograd::randn({6, 2});
  std::vector<Index> k{1, 2, 3, 1, 2, 3};
};

TEST(DdpmLoss, IsTheMeanSquareOfTheNoiseForAModelThatSeesNone) {
  const Tensor x = Tensor::from({5, 6, 7, 8}, {2, 2});
  const Tensor eps = Tensor::from({1, 2, 0, 3}, {2, 2});
  const Tensor loss = ddpm_loss(no_noise, short_schedule, x, eps, std::vector<Index>{1, 2});
  EXPECT_EQ(loss.shape(), autograd::Shape());
  EXPECT_EQ(loss.item(), (1 + 4 + 0 + 9) / 4.0);
}

TEST(DdpmLoss, ShowsTheNoisedPointAndItsTime) {
  autograd::manual_seed(1);
  const Batch b;
  const NoisedSample noised = short_schedule.sample(b.x, b.eps, b.k);
  int calls = 0;
  const auto model = [&](const Tensor& x, const Tensor& time) {
    ++calls;
    EXPECT_TRUE(equal(x, noised.x_k));
    EXPECT_TRUE(equal(time, noised.time));
    return b.eps;
  };
  EXPECT_EQ(ddpm_loss(model, short_schedule, b.x, b.eps, b.k).item(), 0);
  EXPECT_EQ(calls, 1);
  const auto backwards = [&](const Tensor&, const Tensor&) { return -b.eps; };
  EXPECT_GT(ddpm_loss(backwards, short_schedule, b.x, b.eps, b.k).item(), 1);
}

TEST(DdpmLoss, GivesEveryParameterAGradient) {
  autograd::manual_seed(3);
  const Batch b;
  VectorField model(2, 8);
  ddpm_loss(model, short_schedule, b.x, b.eps, b.k).backward();
  for (const Tensor& parameter : model.parameters()) {
    ASSERT_TRUE(parameter.grad().defined());
    EXPECT_GT(max(abs(parameter.grad())).item(), 0);
  }
}

TEST(DdpmLoss, RefusesAPredictionOfAnotherShape) {
  const auto one_column = [](const Tensor&, const Tensor& time) { return time; };
  autograd::manual_seed(1);
  const Batch b;
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [&] { ddpm_loss(one_column, short_schedule, b.x, b.eps, b.k); }, {"(6, 1)", "(6, 2)"}));
}

#ifdef HANDFLOW_DOUBLE
TEST(DdpmLoss, Gradcheck) {
  autograd::manual_seed(4);
  Batch b;
  VectorField model(2, 6);
  std::vector<Tensor> inputs = model.parameters();
  inputs.push_back(b.x.detach().requires_grad_());
  inputs.push_back(b.eps.requires_grad_());
  EXPECT_TRUE(autograd::gradcheck(
      [&](const auto& in) { return ddpm_loss(model, short_schedule, in[4], in[5], b.k); }, inputs));
}
#endif

// ---- One step ---------------------------------------------------------------------------------

// A model that knows the noise of the one pair it is asked about.
struct Pair {
  Tensor x_data = Tensor::from({10, -4}, {1, 2});
  Tensor eps = Tensor::from({0.5, -1.5}, {1, 2});
  Tensor at(const NoiseSchedule& schedule, Index k) const {
    return schedule.sample(x_data, eps, std::vector<Index>{k}).x_k;
  }
  NoisePredictor knowing() const {
    return [this](const Tensor&, const Tensor&) { return eps; };
  }
};

TEST(DdpmStep, IsTheFormulaOfThePaper) {
  autograd::manual_seed(5);
  const VectorField model(2, 8);
  const Tensor x = autograd::randn({4, 2});
  const Tensor z = autograd::randn({4, 2});
  const double beta[] = {0, 0.1, 0.2, 0.3};
  const double abar[] = {1, 0.9, 0.72, 0.504};
  for (Index k = 1; k <= 3; ++k) {
    const Tensor eps = model(x, static_cast<double>(k) / 3);
    const double sigma = std::sqrt(beta[k] * (1 - abar[k - 1]) / (1 - abar[k]));
    const Tensor expected =
        (x - beta[k] / std::sqrt(1 - abar[k]) * eps) / std::sqrt(1 - beta[k]) + sigma * z;
    EXPECT_TRUE(near(ddpm_step(model, short_schedule, x, z, k, k - 1), expected, 10 * rounding));
  }
}

TEST(DdpmStep, IsThePosteriorOfThePair) {
  // Ho et al. 2020, eq. 6 and 7: the law of x_{k-1} given x_k and the data.
  const Pair pair;
  const Tensor nothing = autograd::zeros({1, 2});
  for (Index k = 1; k <= 3; ++k) {
    const double abar = short_schedule.alpha_bar(k);
    const double abar_to = short_schedule.alpha_bar(k - 1);
    const double beta = short_schedule.beta(k);
    const Tensor x = pair.at(short_schedule, k);
    const Tensor expected = std::sqrt(abar_to) * beta / (1 - abar) * pair.x_data +
                            std::sqrt(1 - beta) * (1 - abar_to) / (1 - abar) * x;
    EXPECT_TRUE(near(ddpm_step(pair.knowing(), short_schedule, x, nothing, k, k - 1), expected,
                     20 * rounding));
  }
}

TEST(DdpmStep, SkippingStepsKeepsTheLawOfTheirEnd) {
  // Given the data, x_k ~ N(a x, b^2) must become x_to ~ N(a_to x, b_to^2), however far the step.
  const NoiseSchedule schedule;
  const Tensor one = autograd::ones({1, 1});
  const Tensor nothing = autograd::zeros({1, 1});
  for (const auto& ends : {std::pair<Index, Index>{1000, 800}, {300, 299}, {200, 3}, {7, 0}}) {
    const Index k = ends.first, to = ends.second;
    const double a = schedule.signal(k), b = schedule.noise(k);
    // Data at x = 1: the noise is (x_k - a) / b.
    const NoisePredictor knowing = [=](const Tensor& x, const Tensor&) { return (x - a) / b; };
    const auto step = [&](const Tensor& x, const Tensor& z) {
      return ddpm_step(knowing, schedule, x, z, k, to).item();
    };
    const double shift = step(nothing, nothing);
    const double slope = step(one, nothing) - shift;
    const double sigma = step(nothing, one) - shift;
    EXPECT_NEAR(shift + slope * a, schedule.signal(to), 2e3 * rounding);
    EXPECT_NEAR(slope * slope * b * b + sigma * sigma, std::pow(schedule.noise(to), 2),
                2e3 * rounding);
    EXPECT_EQ(sigma == 0, to == 0);
  }
}

TEST(DdimStep, ByHand) {
  const Tensor x = Tensor::from({2, 4}, {1, 2});
  const NoisePredictor half = [](const Tensor& at, const Tensor&) { return 0.5 * at; };
  // abar from 0.504 to 0.9, the model says eps = (1, 2).
  const double x1 = (2 - std::sqrt(0.496)) / std::sqrt(0.504);
  const double expected = std::sqrt(0.9) * x1 + std::sqrt(0.1);
  EXPECT_TRUE(near(ddim_step(half, short_schedule, x, 3, 1),
                   Tensor::from({expected, 2 * expected}, {1, 2}), 10 * rounding));
}

TEST(DdimStep, StaysOnTheWayOfAPairWhoseNoiseIsKnown) {
  const Pair pair;
  const NoiseSchedule schedule;
  for (const auto& [k, to] : {std::pair<Index, Index>{1000, 0}, {1000, 500}, {500, 499}, {1, 0}}) {
    const Tensor there = ddim_step(pair.knowing(), schedule, pair.at(schedule, k), k, to);
    EXPECT_TRUE(near(there, pair.at(schedule, to), 1e3 * rounding));  // 1/sqrt(abar_K) is 157
    EXPECT_FALSE(near(there, pair.at(schedule, to + 1), 1e3 * rounding));
  }
}

TEST(Steps, AskTheModelOnceAtTheTimeTheyStartFrom) {
  std::vector<real> times;
  const NoisePredictor model = [&](const Tensor& x, const Tensor& time) {
    EXPECT_EQ(time.shape(), (autograd::Shape{x.size(0), 1}));
    for (Index row = 0; row < time.numel(); ++row) EXPECT_EQ(time.data()[row], time.data()[0]);
    times.push_back(time.data()[0]);
    return x;
  };
  const NoiseSchedule schedule(4);
  const Tensor x = autograd::ones({3, 2});
  ddim_step(model, schedule, x, 3, 1);
  ddpm_step(model, schedule, x, x, 2, 1);
  EXPECT_EQ(times, (std::vector<real>{0.75, 0.5}));
  EXPECT_TRUE(equal(x, autograd::ones({3, 2})));
}

TEST(Steps, RefuseOtherStepsAndShapes) {
  const Tensor x = autograd::ones({3, 2});
  const NoisePredictor one_column = [](const Tensor&, const Tensor& time) { return time; };
  using autograd::ShapeError;
  using autograd::ValueError;
  for (const auto& ends : {std::pair<Index, Index>{1, 1}, {1, 2}, {4, 3}, {2, -1}, {0, -1}}) {
    const Index from = ends.first, end = ends.second;
    const std::string text = "from k = " + std::to_string(from) + " to " + std::to_string(end);
    EXPECT_TRUE(throws<ValueError>([&] { ddim_step(no_noise, short_schedule, x, from, end); },
                                   {"ddim_step", text.c_str(), "k <= 3"}));
    EXPECT_TRUE(throws<ValueError>([&] { ddpm_step(no_noise, short_schedule, x, x, from, end); },
                                   {"ddpm_step", text.c_str()}));
  }
  EXPECT_TRUE(throws<ShapeError>([&] { ddim_step(one_column, short_schedule, x, 2, 1); },
                                 {"ddim_step", "(3, 1)", "(3, 2)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { ddpm_step(one_column, short_schedule, x, x, 2, 1); },
                                 {"ddpm_step", "(3, 1)", "(3, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        ddpm_step(no_noise, short_schedule, x, autograd::ones({1, 2}), 2, 1);
      },
      {"z (1, 2)", "(3, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] { ddim_step(no_noise, short_schedule, autograd::ones({3}), 2, 1); }, {"x (3,)"}));
}

// ---- A DDIM step is an Euler step ---------------------------------------------------------------

// In y = x / (a + b) and t = a / (a + b), with u = (y - eps) / t.
TEST(DdimStep, IsAnEulerStepOfTheFlowInOtherVariables) {
  autograd::manual_seed(6);
  const NoiseSchedule schedule;
  const VectorField model(2, 16);
  const auto scale = [&](Index k) { return schedule.signal(k) + schedule.noise(k); };
  const auto time = [&](Index k) { return schedule.signal(k) / scale(k); };
  const std::vector<Index> k = schedule.stations(25);
  for (std::size_t i = 0; i + 1 < k.size(); ++i) {
    const Index from = k[i], to = k[i + 1];
    const Velocity u = [&](const Tensor& y, const Tensor&) {
      return (y - model(scale(from) * y, static_cast<double>(from) / 1000)) / time(from);
    };
    const Tensor x = autograd::randn({20, 2});
    const Tensor euler =
        solver_step(Solver::euler, u, x / scale(from), time(from), time(to) - time(from));
    const Tensor ddim = ddim_step(model, schedule, x, from, to) / scale(to);
    // Rounding of x1, of which DDIM takes time(to).
    const double allowed = 20 * rounding * std::max(1.0, time(to) / time(from));
    EXPECT_TRUE(near(ddim, euler, allowed)) << "from " << from << " to " << to;
    const Tensor further =
        solver_step(Solver::euler, u, x / scale(from), time(from), 1.01 * (time(to) - time(from)));
    EXPECT_FALSE(near(ddim, further, allowed)) << "from " << from << " to " << to;
  }
}

// ---- Samplers ---------------------------------------------------------------------------------

struct Law {
  double mean;
  double variance;
};

// With the exact noise of Gaussian data each step is x -> slope x + shift + sigma z, so the law of
// the samples can be followed without drawing any.
Law sampled_law(const NoiseSchedule& schedule, const NoisePredictor& model, bool ancestral,
                Index steps) {
  const Tensor nothing = autograd::zeros({1, 1});
  const Tensor one = autograd::ones({1, 1});
  Law law{.mean = 0, .variance = 1};
  const std::vector<Index> k = schedule.stations(steps);
  for (std::size_t i = 0; i + 1 < k.size(); ++i) {
    const auto step = [&](const Tensor& x, const Tensor& z) {
      return (ancestral ? ddpm_step(model, schedule, x, z, k[i], k[i + 1])
                        : ddim_step(model, schedule, x, k[i], k[i + 1]))
          .item();
    };
    const double shift = step(nothing, nothing);
    const double slope = step(one, nothing) - shift;
    const double sigma = step(nothing, one) - shift;
    law = {slope * law.mean + shift, slope * slope * law.variance + sigma * sigma};
  }
  return law;
}

TEST(Samplers, ReachTheLawOfGaussianData) {
  const NoiseSchedule schedule;
  const GaussianData data;
  const NoisePredictor model = data.exact(schedule);
  for (const bool ancestral : {false, true}) {
    const Law law = sampled_law(schedule, model, ancestral, 1000);
    EXPECT_NEAR(law.mean, data.mean, 0.02) << ancestral;
    EXPECT_NEAR(law.variance, data.spread * data.spread, 0.01) << ancestral;
    // A model that sees a tenth too much noise is noticed.
    const NoisePredictor wrong = [&](const Tensor& x, const Tensor& t) {
      return 1.1 * model(x, t);
    };
    const Law off = sampled_law(schedule, wrong, ancestral, 1000);
    EXPECT_GT(std::abs(off.variance - data.spread * data.spread), 0.02) << ancestral;
  }
}

TEST(Samplers, FewerStepsAreFurtherOff) {
  const NoiseSchedule schedule;
  const GaussianData data;
  const NoisePredictor model = data.exact(schedule);
  for (const bool ancestral : {false, true}) {
    const auto error = [&](Index steps) {
      return std::abs(sampled_law(schedule, model, ancestral, steps).variance -
                      data.spread * data.spread);
    };
    EXPECT_GT(error(10), 2 * error(50)) << ancestral;
    EXPECT_GT(error(50), 2 * error(500)) << ancestral;
  }
}

// Starting from N(0, 1) is wrong where the noising has not lost the data.
TEST(Samplers, AScheduleThatIsTooShortSpoilsTheStart) {
  const NoiseSchedule schedule(100);
  const GaussianData data;
  const Law law = sampled_law(schedule, data.exact(schedule), false, 100);
  EXPECT_GT(std::abs(law.mean - data.mean), 0.5);
}

TEST(Samplers, DrawTheNoiseTheyNeed) {
  const NoiseSchedule schedule;
  const GaussianData data;
  autograd::manual_seed(7);
  const Tensor noise = autograd::randn({4000, 1});
  const Tensor samples = ddpm_sample(data.exact(schedule), schedule, noise, 100);
  EXPECT_NEAR(mean(samples).item(), data.mean, 0.05);
  const Law law = sampled_law(schedule, data.exact(schedule), true, 100);
  EXPECT_NEAR(mean(square(samples - mean(samples))).item(), law.variance, 0.02);
  // Not the noise they started with: little of it can be seen in the end.
  const double correlation = mean((samples - data.mean) * noise).item() / std::sqrt(law.variance);
  EXPECT_LT(std::abs(correlation), 0.1);
}

TEST(Samplers, AreTheirSteps) {
  const NoiseSchedule schedule(12, 0.01, 0.3);
  autograd::manual_seed(8);
  const VectorField model(2, 8);
  const Tensor noise = autograd::randn({8, 2});
  autograd::manual_seed(9);
  Tensor ancestral = noise;
  Tensor deterministic = noise;
  const std::vector<Index> k = schedule.stations(5);
  for (std::size_t i = 0; i < 5; ++i) {
    const Tensor z = i < 4 ? autograd::randn({8, 2}) : autograd::zeros({8, 2});
    ancestral = ddpm_step(model, schedule, ancestral, z, k[i], k[i + 1]);
    deterministic = ddim_step(model, schedule, deterministic, k[i], k[i + 1]);
  }
  const Tensor next = autograd::randn({8, 2});
  autograd::manual_seed(9);
  const Tensor samples = ddpm_sample(model, schedule, noise, 5);
  EXPECT_TRUE(equal(samples, ancestral));
  EXPECT_TRUE(equal(autograd::randn({8, 2}), next));  // nothing is drawn for the last step
  EXPECT_TRUE(equal(ddim_sample(model, schedule, noise, 5), deterministic));
  EXPECT_FALSE(equal(ddpm_sample(model, schedule, noise, 5), samples));  // other noise
  EXPECT_FALSE(samples.requires_grad());
  EXPECT_FALSE(ddim_sample(model, schedule, noise, 5).requires_grad());
}

TEST(Samplers, DdimDrawsNothing) {
  const NoiseSchedule schedule(12, 0.01, 0.3);
  const VectorField model(2, 8);
  const Tensor noise = autograd::ones({8, 2});
  autograd::manual_seed(9);
  const Tensor next = autograd::randn({8, 2});
  autograd::manual_seed(9);
  ddim_sample(model, schedule, noise, 5);
  EXPECT_TRUE(equal(autograd::randn({8, 2}), next));
}

TEST(Samplers, AskTheModelAsOftenAsTheyTakeSteps) {
  const NoiseSchedule schedule(20);
  int calls = 0;
  const NoisePredictor model = [&](const Tensor& x, const Tensor&) {
    ++calls;
    return x;
  };
  const Tensor noise = autograd::ones({2, 2});
  ddpm_sample(model, schedule, noise, 7);
  EXPECT_EQ(calls, 7);
  ddim_sample(model, schedule, noise, 20);
  EXPECT_EQ(calls, 27);
}

TEST(Samplers, RefuseMoreStepsThanThereAre) {
  const Tensor noise = autograd::ones({2, 2});
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([&] { ddpm_sample(no_noise, short_schedule, noise, 4); },
                                 {"1..3", "got 4"}));
  EXPECT_TRUE(throws<ValueError>([&] { ddim_sample(no_noise, short_schedule, noise, 0); },
                                 {"1..3", "got 0"}));
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [&] { ddim_sample(no_noise, short_schedule, autograd::ones({2}), 2); }, {"x (2,)"}));
}

}  // namespace
}  // namespace flow
