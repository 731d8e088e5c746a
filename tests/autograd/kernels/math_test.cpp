#include <gtest/gtest.h>

#include "support.h"

// How far exp, log, sin, cos, tanh, sigmoid and silu are from the exact values, in ULPs: the
// distance of two neighbouring floats at the exact value. The bounds are those which math.inc
// states.

namespace autograd {
namespace {

using namespace testing;

#ifdef HANDFLOW_DOUBLE

TEST(Math, InDoubleIsTheCLibrarys) {
  const std::vector<double> x = numbers(1000, -20, 20);
  const auto expect = [&](const UnaryKernel& kernel, double (*f)(double)) {
    std::vector<double> y(x.size());
    kernel.forward(static_cast<Index>(x.size()), x.data(), y.data(), 0, 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double exact = f(x[i]);
      EXPECT_TRUE(identical(y[i], exact)) << x[i];
    }
  };
  expect(kernels().exp, [](double v) { return std::exp(v); });
  expect(kernels().log, [](double v) { return std::log(v); });
  expect(kernels().sin, [](double v) { return std::sin(v); });
  expect(kernels().cos, [](double v) { return std::cos(v); });
  expect(kernels().tanh, [](double v) { return std::tanh(v); });
}

#else

double ulp(double exact) {
  const double size = std::abs(exact);
  if (!(size >= 0x1p-126)) return 0x1p-149;
  int exponent = 0;
  std::frexp(size, &exponent);
  return std::ldexp(1, exponent - 24);
}

// The error of y in ULPs. Infinity stands for 2^128, the float that would follow the largest one.
double error(float y, double exact) {
  if (std::isnan(exact)) return std::isnan(y) ? 0 : INFINITY;
  if (std::isnan(y)) return INFINITY;
  const auto bounded = [](double value) { return std::min(std::max(value, -0x1p128), 0x1p128); };
  const double e = bounded(exact);
  const double unit = std::abs(e) == 0x1p128 ? 0x1p104 : ulp(e);
  return std::abs(bounded(static_cast<double>(y)) - e) / unit;
}

float from_bits(std::uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

// Floats of every size and sign between low and high, and the specials there.
std::vector<float> floats(double low, double high) {
  std::vector<float> all = specials();
  for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32; bits += 10007) {
    all.push_back(from_bits(static_cast<std::uint32_t>(bits)));
  }
  // Dense where the functions are not flat.
  for (int i = -200'000; i <= 200'000; ++i) all.push_back(static_cast<float>(i) * 1.00037e-4F);
  std::vector<float> chosen;
  for (const float x : all) {
    if (std::isnan(x) || (x >= low && x <= high)) chosen.push_back(x);
  }
  return chosen;
}

struct Function {
  const char* name;
  UnaryKernel Kernels::*kernel;
  double (*exact)(double);
  double low, high;
  double bound;
};

const Function functions[] = {
    {"exp", &Kernels::exp, [](double x) { return std::exp(x); }, -INFINITY, INFINITY, 1},
    {"log", &Kernels::log, [](double x) { return std::log(x); }, -INFINITY, INFINITY, 1},
    {"sin", &Kernels::sin, [](double x) { return std::sin(x); }, -8192, 8192, 2.5},
    {"cos", &Kernels::cos, [](double x) { return std::cos(x); }, -8192, 8192, 2.5},
    {"sin of any angle", &Kernels::sin, [](double x) { return std::sin(x); }, -INFINITY, INFINITY,
     2.5},
    {"cos of any angle", &Kernels::cos, [](double x) { return std::cos(x); }, -INFINITY, INFINITY,
     2.5},
    {"tanh", &Kernels::tanh, [](double x) { return std::tanh(x); }, -INFINITY, INFINITY, 1.5},
    {"sigmoid", &Kernels::sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -87, INFINITY,
     2.5},
    {"silu", &Kernels::silu, [](double x) { return x / (1 + std::exp(-x)); }, -88, INFINITY, 2.5},
};

TEST(Math, ErrorsStayWithinTheStatedUlps) {
  for (const Kernels* table : tables()) {
    for (const Function& f : functions) {
      const std::vector<float> x = floats(f.low, f.high);
      EXPECT_GT(x.size(), 100'000U);
      std::vector<float> y(x.size());
      (table->*f.kernel).forward(static_cast<Index>(x.size()), x.data(), y.data(), 0, 0);
      double worst = 0;
      float where = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double ulps = error(y[i], f.exact(double{x[i]}));
        if (ulps > worst) worst = ulps, where = x[i];
      }
      EXPECT_LE(worst, f.bound) << table->name << " " << f.name << " at " << where;
      // A bound that is far too wide would see nothing.
      EXPECT_GE(worst, f.bound / 3) << table->name << " " << f.name;
    }
  }
}

TEST(Math, TheErrorIsCountedInUlps) {
  EXPECT_EQ(error(1, 1), 0);
  EXPECT_EQ(error(std::nextafter(1.0F, 2.0F), 1), 1);
  EXPECT_EQ(error(std::nextafter(1.0F, 0.0F), 1), 0.5);
  EXPECT_EQ(error(3e-45F, 1.401298464324817e-45), 1);
  EXPECT_EQ(error(infinity, 1e300), 0);
  EXPECT_EQ(error(infinity, double{std::numeric_limits<float>::max()}), 1);
  EXPECT_GT(error(infinity, -1e300), 1e6);
  EXPECT_EQ(error(not_a_number, 1), INFINITY);
  EXPECT_EQ(error(1, std::nan("")), INFINITY);
  EXPECT_GT(error(0, 1e-30), 1e6);
}

// Below the ranges above e^-x is infinite: the results are 0, as PyTorch's are.
TEST(Math, SigmoidAndSiluEndInZero) {
  for (const Kernels* table : tables()) {
    for (const float x : {-89.0F, -100.0F, -1e30F}) {
      const std::vector<float> many(40, x);
      std::vector<float> y(40);
      table->sigmoid.forward(40, many.data(), y.data(), 0, 0);
      for (const float value : y) EXPECT_EQ(value, 0) << table->name << " " << x;
      table->silu.forward(40, many.data(), y.data(), 0, 0);
      for (const float value : y) EXPECT_EQ(value, 0) << table->name << " " << x;
    }
  }
}

#endif

}  // namespace
}  // namespace autograd
