#include "autograd/ops/elementwise.h"

#include <utility>

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

// --- One argument -------------------------------------------------------------------------------

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

// An operation beside its textbook definition in double, and where it is sampled.
struct Unary {
  const char* name;
  std::function<Tensor(Tensor)> f;
  double low, high;
  std::function<double(double)> value, slope;
};

const std::vector<Unary>& unaries() {
  const auto one = [](double) { return 1.0; };
  static const std::vector<Unary> all = {
      {"neg", neg, -3, 3, [](double x) { return -x; }, [](double) { return -1.0; }},
      {"relu", relu, -3, 3, [](double x) { return std::max(x, 0.0); },
       [](double x) { return x > 0 ? 1.0 : 0.0; }},
      {"silu", silu, -6, 6, [](double x) { return x * logistic(x); },
       [](double x) { return logistic(x) * (1 + x * logistic(-x)); }},
      {"tanh", tanh, -2, 2, [](double x) { return std::tanh(x); },
       [](double x) { return 1 / (std::cosh(x) * std::cosh(x)); }},
      {"sigmoid", sigmoid, -5, 5, logistic, [](double x) { return logistic(x) * logistic(-x); }},
      {"exp", exp, -9, 9, [](double x) { return std::exp(x); },
       [](double x) { return std::exp(x); }},
      {"log", log, 0.01, 9, [](double x) { return std::log(x); }, [](double x) { return 1 / x; }},
      {"sin", sin, -9, 9, [](double x) { return std::sin(x); },
       [](double x) { return std::cos(x); }},
      {"cos", cos, -9, 9, [](double x) { return std::cos(x); },
       [](double x) { return -std::sin(x); }},
      {"sqrt", sqrt, 0.01, 9, [](double x) { return std::sqrt(x); },
       [](double x) { return 0.5 / std::sqrt(x); }},
      {"square", square, -3, 3, [](double x) { return x * x; }, [](double x) { return 2 * x; }},
      {"abs", abs, -3, 3, [](double x) { return std::abs(x); },
       [](double x) { return x < 0 ? -1.0 : 1.0; }},
      {"pow", [](Tensor x) { return pow(std::move(x), 1.5); }, 0.01, 4,
       [](double x) { return std::pow(x, 1.5); }, [](double x) { return 1.5 * std::sqrt(x); }},
      {"pow with exponent 1", [](Tensor x) { return pow(std::move(x), 1); }, -3, 3,
       [](double x) { return x; }, one},
      {"clamp", [](Tensor x) { return clamp(std::move(x), -1, 0.5); }, -3, 3,
       [](double x) { return std::min(std::max(x, -1.0), 0.5); },
       [](double x) { return -1 <= x && x <= 0.5 ? 1.0 : 0.0; }},
  };
  return all;
}

// Values within 4 epsilons of themselves, derivatives within 8 of themselves or of dy: 1 - y^2
// loses the digits that y has rounded away.
constexpr double value_k = 4, slope_k = 8;

std::vector<double> mapped(const std::function<double(double)>& f, const Tensor& x) {
  std::vector<double> y = values(x);
  for (double& value : y) value = f(value);
  return y;
}

TEST(Elementwise, OneArgumentAtAllLengths) {
  for (const Unary& op : unaries()) {
    for (const Index n : lengths) {
      for (const Shape& shape : {Shape{n}, Shape{1, n}, Shape{n, 1}}) {
        SCOPED_TRACE(std::string(op.name) + " of shape " + to_string(shape));
        Tensor x = numbers(shape, op.low, op.high).requires_grad_();
        const Tensor dy = numbers(shape, -2, 2, 2);
        const Tensor y = op.f(x);
        ASSERT_EQ(y.shape(), shape);
        EXPECT_TRUE(within(value_k, y, mapped(op.value, x)));
        y.backward(dy);
        std::vector<double> dx = mapped(op.slope, x), scale = dx;
        for (std::size_t i = 0; i < dx.size(); ++i) {
          const double incoming = values(dy)[i];
          scale[i] = std::abs(incoming) * std::max(1.0, std::abs(dx[i]));
          dx[i] *= incoming;
        }
        ASSERT_EQ(x.grad().shape(), shape);
        EXPECT_TRUE(within(slope_k, x.grad(), dx, scale));
      }
    }
  }
}

TEST(Elementwise, TheComparisonSeesWrongValues) {
  const Tensor x = Tensor::from({1, -2, nan}, {3});
  EXPECT_TRUE(within(4, x, {1, -2, nan}));
  EXPECT_TRUE(within(4, x, {1 + 3 * epsilon, -2, nan}));
  EXPECT_FALSE(within(4, x, {1 + 5 * epsilon, -2, nan}));
  EXPECT_FALSE(within(4, x, {1, 2, nan}));
  EXPECT_FALSE(within(4, x, {1, -2, 3}));
  EXPECT_FALSE(within(4, x, {1, nan, nan}));
  EXPECT_FALSE(within(4, x, {1, infinity, nan}));
  EXPECT_FALSE(within(4, x, {1, -2}));
  EXPECT_TRUE(has_values(x, {1, -2, nan}));
  EXPECT_FALSE(has_values(x, {1 + 2 * epsilon, -2, nan}));
}

TEST(Elementwise, RankZeroStaysRankZero) {
  EXPECT_EQ(exp(Tensor(0.0)).shape(), Shape{});
  EXPECT_EQ(exp(Tensor(0.0)).item(), 1);
  EXPECT_EQ((Tensor(2.0) * 3.0).shape(), Shape{});
}

// --- NaN, infinity, kinks -----------------------------------------------------------------------

TEST(Elementwise, NanPassesThroughEverything) {
  for (const Unary& op : unaries()) {
    EXPECT_TRUE(std::isnan(op.f(nan).item())) << op.name;
    for (const Index n : {9, 33}) {  // in a vector and behind the last whole one
      Tensor x = numbers({n}, op.low, op.high);
      const std::vector<double> clean = values(op.f(x));
      x.data()[3] = x.data()[n - 1] = static_cast<real>(nan);
      std::vector<double> expected = clean;
      expected[3] = expected[at(n - 1)] = nan;
      EXPECT_TRUE(has_values(op.f(x), expected)) << op.name;
    }
  }
  EXPECT_EQ(pow(nan, 0).item(), 1);  // as in C, Python and PyTorch
  for (const auto& f : {add, sub, mul, div}) {
    EXPECT_TRUE(std::isnan(f(nan, 1).item()));
    EXPECT_TRUE(std::isnan(f(1, nan).item()));
  }
}

// The zeros of a derivative are selected. A product with zero would make NaN of them.
TEST(Elementwise, AnInfiniteGradientIsSelectedNotMultiplied) {
  const auto dx = [](const std::function<Tensor(const Tensor&)>& f, const Tensor& x, double dy) {
    return gradient(f, x, full(x.shape(), dy));
  };
  const Tensor x = Tensor::from({-2, 0, 2, nan}, {4});
  for (const double dy : {infinity, -infinity, nan}) {
    EXPECT_TRUE(has_values(dx(relu, x, dy), {0, 0, dy, dy}));
    EXPECT_TRUE(has_values(dx(abs, x, dy), {-dy, 0, dy, 0}));
    EXPECT_TRUE(
        has_values(dx([](const Tensor& t) { return clamp(t, -1, 1); }, x, dy), {0, dy, 0, 0}));
    EXPECT_TRUE(has_values(dx([](const Tensor& t) { return pow(t, 0); }, x, dy), {0, 0, 0, 0}));
  }
}

TEST(Elementwise, KinksAreAsDocumented) {
  const auto slope = [](const std::function<Tensor(const Tensor&)>& f, double x) {
    return gradient(f, x, 1).item();
  };
  EXPECT_EQ(slope(relu, 0), 0);
  EXPECT_EQ(slope(abs, 0), 0);
  const auto limited = [](const Tensor& x) { return clamp(x, -1, 0.5); };
  EXPECT_EQ(slope(limited, -1), 1);
  EXPECT_EQ(slope(limited, 0.5), 1);
  EXPECT_EQ(slope(limited, std::nextafter(0.5f, 1.0f)), 0);
  EXPECT_EQ(slope(sqrt, 0), infinity);
  EXPECT_EQ(slope(log, 0), infinity);
}

TEST(Elementwise, ReluKeepsNanAndDropsTheRest) {
  EXPECT_TRUE(has_values(relu(Tensor::from({nan, -infinity, infinity, -0.0, 3}, {5})),
                         {nan, 0, infinity, 0, 3}));
}

TEST(Elementwise, LimitsOfTheDomain) {
  EXPECT_TRUE(has_values(log(Tensor::from({0, -1, infinity}, {3})), {-infinity, nan, infinity}));
  EXPECT_TRUE(has_values(sqrt(Tensor::from({0, -1, infinity}, {3})), {0, nan, infinity}));
  EXPECT_TRUE(has_values(div(Tensor::from({1, -1, 0}, {3}), 0.0), {infinity, -infinity, nan}));
  EXPECT_TRUE(has_values(sigmoid(Tensor::from({-1000, 1000}, {2})), {0, 1}));
  EXPECT_TRUE(has_values(tanh(Tensor::from({-1000, 1000}, {2})), {-1, 1}));
  EXPECT_TRUE(has_values(silu(Tensor::from({-1000, 1000}, {2})), {0, 1000}));
}

// --- Two arguments ------------------------------------------------------------------------------

TEST(Elementwise, NumbersStandOnBothSides) {
  const Tensor x = Tensor::from({1, 2, 4}, {3});
  EXPECT_TRUE(has_values(1 - x, {0, -1, -3}));
  EXPECT_TRUE(has_values(x - 1, {0, 1, 3}));
  EXPECT_TRUE(has_values(2 / x, {2, 1, 0.5}));
  EXPECT_TRUE(has_values(x / 2, {0.5, 1, 2}));
  EXPECT_TRUE(has_values(3 * x + 1, {4, 7, 13}));
  EXPECT_TRUE(has_values(-x, {-1, -2, -4}));
}

TEST(Elementwise, TheSameTensorTwice) {
  for (const Index n : lengths) {
    const Tensor x = whole_numbers({n});
    const Tensor dy = whole_numbers({n}, 2);
    const auto grad = [&](const auto& f) {
      return gradient([&](const Tensor& t) { return f(t, t); }, x, dy);
    };
    EXPECT_TRUE(equal(x + x, 2 * x));
    EXPECT_TRUE(equal(x * x, square(x)));
    EXPECT_TRUE(equal(x - x, zeros({n})));
    EXPECT_TRUE(equal(x / x, ones({n})));
    EXPECT_TRUE(equal(grad(add), 2 * dy));
    EXPECT_TRUE(equal(grad(sub), 0 * dy));
    EXPECT_TRUE(equal(grad(mul), 2 * x * dy));
    EXPECT_TRUE(tensors::near(grad(div), zeros({n}), 9 * 4 * epsilon));
  }
  // Moved into its own second place.
  Tensor y = Tensor::from({1, 2}, {2});
  const Tensor z = y;
  EXPECT_TRUE(has_values(std::move(y) * z, {1, 4}));
  EXPECT_TRUE(has_values(z, {1, 2}));
}

// --- Errors -------------------------------------------------------------------------------------

TEST(Elementwise, ClampRefusesAnEmptyInterval) {
  const Tensor x = ones({2});
  EXPECT_TRUE(throws<ValueError>([&] { clamp(x, 2, 1); }, {"clamp: ", "2.0", "1.0"}));
  EXPECT_TRUE(throws<ValueError>([&] { clamp(x, nan, 1); }, {"clamp: ", "nan"}));
  EXPECT_TRUE(throws<ValueError>([&] { clamp(x, 0, nan); }, {"clamp: ", "nan"}));
  EXPECT_TRUE(has_values(clamp(x, 0.5, 0.5), {0.5, 0.5}));
  EXPECT_TRUE(has_values(clamp(x, -infinity, infinity), {1, 1}));
}

TEST(Elementwise, NamesTheUndefinedArgument) {
  EXPECT_TRUE(
      throws<GraphError>([] { add(ones({2}), Tensor()); }, {"add: argument 2", "undefined"}));
  EXPECT_TRUE(throws<GraphError>([] { add(Tensor(), ones({2})); }, {"add: argument 1"}));
  EXPECT_TRUE(throws<GraphError>([] { -Tensor(); }, {"neg: argument 1"}));
}

TEST(Elementwise, NothingChangesWhenItThrows) {
  Tensor a = whole_numbers({2, 3}, 1).requires_grad_();
  Tensor b = whole_numbers({4, 3}, 2).requires_grad_();
  for (const auto& f : {add, sub, mul, div}) EXPECT_THROW(f(a, b), ShapeError);
  EXPECT_TRUE(equal(a, whole_numbers({2, 3}, 1)));
  EXPECT_TRUE(equal(b, whole_numbers({4, 3}, 2)));
  EXPECT_TRUE(a.is_leaf() && a.requires_grad() && !a.grad().defined());
  EXPECT_EQ(a.node().references, 1);
  EXPECT_EQ(b.node().references, 1);
}

}  // namespace
}  // namespace autograd
