#include <gtest/gtest.h>

#include <functional>

#include "autograd/kernels/reference.h"
#include "support.h"

namespace autograd {
namespace {

using namespace testing;

// One operation as a textbook has it, in double: f(x) and f'(x), p and q as in the kernels.
struct Unary {
  const char* name;
  UnaryKernel Kernels::*kernel;
  double low, high;  // where it is sampled
  std::function<double(double)> f, derivative;
  real p = 0, q = 0;
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

const std::vector<Unary>& unaries() {
  static const std::vector<Unary> all = {
      {"neg", &Kernels::neg, -3, 3, [](double x) { return -x; }, [](double) { return -1; }},
      {"relu", &Kernels::relu, -3, 3, [](double x) { return std::max(x, 0.0); },
       [](double x) { return x > 0 ? 1 : 0; }},
      {"silu", &Kernels::silu, -8, 8, [](double x) { return x * logistic(x); },
       [](double x) {
         const double s = logistic(x);
         return s + x * s * (1 - s);
       }},
      {"tanh", &Kernels::tanh, -2, 2, [](double x) { return std::tanh(x); },
       [](double x) { return 1 / (std::cosh(x) * std::cosh(x)); }},
      {"sigmoid", &Kernels::sigmoid, -5, 5, logistic,
       [](double x) { return logistic(x) * logistic(-x); }},
      {"exp", &Kernels::exp, -20, 20, [](double x) { return std::exp(x); },
       [](double x) { return std::exp(x); }},
      {"log", &Kernels::log, 0.01, 9, [](double x) { return std::log(x); },
       [](double x) { return 1 / x; }},
      {"sin", &Kernels::sin, -9, 9, [](double x) { return std::sin(x); },
       [](double x) { return std::cos(x); }},
      {"cos", &Kernels::cos, -9, 9, [](double x) { return std::cos(x); },
       [](double x) { return -std::sin(x); }},
      {"sin of large angles", &Kernels::sin, -2e4, 2e4, [](double x) { return std::sin(x); },
       [](double x) { return std::cos(x); }},
      {"cos of large angles", &Kernels::cos, -2e4, 2e4, [](double x) { return std::cos(x); },
       [](double x) { return -std::sin(x); }},
      {"sqrt", &Kernels::sqrt, 0.01, 9, [](double x) { return std::sqrt(x); },
       [](double x) { return 0.5 / std::sqrt(x); }},
      {"square", &Kernels::square, -3, 3, [](double x) { return x * x; },
       [](double x) { return 2 * x; }},
      {"pow 2", &Kernels::pow, -3, 3, [](double x) { return x * x; },
       [](double x) { return 2 * x; }, 2},
      {"pow 0.5", &Kernels::pow, 0.01, 9, [](double x) { return std::sqrt(x); },
       [](double x) { return 0.5 / std::sqrt(x); }, real{0.5}},
      {"pow -3", &Kernels::pow, 0.1, 3, [](double x) { return 1 / (x * x * x); },
       [](double x) { return -3 / (x * x * x * x); }, -3},
      {"pow 0", &Kernels::pow, -3, 3, [](double) { return 1; }, [](double) { return 0; }, 0},
      {"abs", &Kernels::abs, -3, 3, [](double x) { return std::abs(x); },
       [](double x) { return x < 0 ? -1 : 1; }},
      {"clamp", &Kernels::clamp, -3, 3, [](double x) { return std::min(std::max(x, -1.0), 2.0); },
       [](double x) { return -1 <= x && x <= 2 ? 1 : 0; }, -1, 2},
  };
  return all;
}

// A derivative of 1 - y^2 or the like loses digits that were rounded away in y: measured against 1.
constexpr double value_factor = 4, derivative_factor = 8;

std::vector<real> sampled(const Unary& op, Index n) { return numbers(n, op.low, op.high); }

// The result of one forward call. A further element, which no kernel may touch, follows the n.
std::vector<real> forward(const UnaryKernel& kernel, const std::vector<real>& x, real p, real q,
                          bool in_place = false) {
  std::vector<real> y(x.size() + 1, 77);
  if (in_place) std::copy(x.begin(), x.end(), y.begin());
  kernel.forward(static_cast<Index>(x.size()), in_place ? y.data() : x.data(), y.data(), p, q);
  EXPECT_EQ(y.back(), 77);
  y.pop_back();
  return y;
}

enum class Into { fresh, dy, saved };

std::vector<real> backward(const UnaryKernel& kernel, const std::vector<real>& dy,
                           const std::vector<real>& saved, real p, real q, bool add = false,
                           Into into = Into::fresh) {
  std::vector<real> dx(dy.size() + 1, 3);
  dx.back() = 77;
  if (into == Into::dy) std::copy(dy.begin(), dy.end(), dx.begin());
  if (into == Into::saved) std::copy(saved.begin(), saved.end(), dx.begin());
  const real* kept = kernel.saves == Saves::nothing ? nullptr
                     : into == Into::saved          ? dx.data()
                                                    : saved.data();
  kernel.backward(static_cast<Index>(dy.size()), into == Into::dy ? dx.data() : dy.data(), kept,
                  dx.data(), add, p, q);
  EXPECT_EQ(dx.back(), 77);
  dx.pop_back();
  return dx;
}

const std::vector<real>& kept(const UnaryKernel& kernel, const std::vector<real>& x,
                              const std::vector<real>& y) {
  return kernel.saves == Saves::output ? y : x;
}

TEST(Unary, ValuesAndDerivativesAreTheTextbooks) {
  for (const Kernels* table : tables()) {
    for (const Unary& op : unaries()) {
      const UnaryKernel& kernel = table->*op.kernel;
      for (Index n : lengths) {
        const std::vector<real> x = sampled(op, n), dy = numbers(n, -2, 2, 2);
        const std::vector<real> y = forward(kernel, x, op.p, op.q);
        const std::vector<real> dx = backward(kernel, dy, kept(kernel, x, y), op.p, op.q);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const double exact = op.f(double{x[i]});
          ASSERT_TRUE(close(y[i], exact, value_factor))
              << table->name << " " << op.name << "(" << x[i] << ") = " << y[i] << ", not "
              << exact;
          const double slope = op.derivative(double{x[i]}), exact_dx = double{dy[i]} * slope;
          const double scale = std::abs(double{dy[i]}) * std::max(1.0, std::abs(slope));
          ASSERT_TRUE(close(dx[i], exact_dx, derivative_factor, scale))
              << table->name << " " << op.name << "'(" << x[i] << ") * " << dy[i] << " = " << dx[i]
              << ", not " << exact_dx;
        }
      }
    }
  }
}

TEST(Unary, TheComparisonSeesWrongValues) {
  EXPECT_TRUE(close(real{2}, 2, value_factor));
  EXPECT_FALSE(close(real{-2}, 2, value_factor));
  EXPECT_FALSE(close(real{2} * (1 + static_cast<real>(5 * epsilon)), 2, value_factor));
  EXPECT_FALSE(close(not_a_number, 2, value_factor));
  EXPECT_FALSE(close(2, std::nan(""), value_factor));
  EXPECT_FALSE(close(2, double{infinity}, value_factor));
  EXPECT_FALSE(close(infinity, 2, value_factor));
  // The wrong derivative of each operation is seen: dy instead of dy f'(x), and the wrong sign.
  for (const Unary& op : unaries()) {
    const std::vector<real> x = sampled(op, 64);
    Index wrong_slope = 0, wrong_sign = 0;
    for (real value : x) {
      const double slope = op.derivative(double{value}), scale = std::max(1.0, std::abs(slope));
      if (!close(1, slope, derivative_factor, scale)) ++wrong_slope;
      if (!close(static_cast<real>(-slope), slope, derivative_factor, scale)) ++wrong_sign;
    }
    EXPECT_GT(wrong_slope, 0) << op.name;
    if (std::string(op.name) != "pow 0") {
      EXPECT_GT(wrong_sign, 0) << op.name;
    }
  }
}

TEST(Unary, AddsAndWorksInPlace) {
  for (const Kernels* table : tables()) {
    for (const Unary& op : unaries()) {
      const UnaryKernel& kernel = table->*op.kernel;
      for (Index n : lengths) {
        SCOPED_TRACE(text(table->name, " ", op.name, ", n = ", n));
        const std::vector<real> x = sampled(op, n), dy = numbers(n, -2, 2, 2);
        const std::vector<real> y = forward(kernel, x, op.p, op.q);
        EXPECT_EQ(difference(forward(kernel, x, op.p, op.q, true), y), "");

        const std::vector<real>& saved = kept(kernel, x, y);
        const std::vector<real> dx = backward(kernel, dy, saved, op.p, op.q);
        EXPECT_EQ(difference(backward(kernel, dy, saved, op.p, op.q, false, Into::dy), dx), "");
        EXPECT_EQ(difference(backward(kernel, dy, saved, op.p, op.q, false, Into::saved), dx), "");
        std::vector<real> added(dx);
        for (real& value : added) value = 3 + value;
        EXPECT_EQ(difference(backward(kernel, dy, saved, op.p, op.q, true), added), "");
      }
    }
  }
}

TEST(Unary, DifferenceSeesOneBit) {
  const std::vector<real> a = {1, 2, not_a_number};
  std::vector<real> b = a;
  EXPECT_EQ(difference(a, b), "");
  b[1] = std::nextafter(b[1], real{3});
  EXPECT_NE(difference(a, b), "");
  EXPECT_NE(difference(std::vector<real>{0}, std::vector<real>{-real{0}}), "");
  EXPECT_NE(difference(a, std::vector<real>{1, 2}), "");
  EXPECT_NE(difference(a, std::vector<real>{1, 2, 3}), "");
  EXPECT_NE(hash(a), hash(b));
}

// Kinks and limits, as PyTorch has them: x, f(x), and dx for dy = 1.
TEST(Unary, KinksAndLimitsArePyTorchs) {
  struct Point {
    const char* name;
    UnaryKernel Kernels::*kernel;
    real x, y, dx;
    real p = 0, q = 0;
  };
  const real inf = infinity, nan = not_a_number;
  const std::vector<Point> points = {
      {"relu", &Kernels::relu, 0, 0, 0},
      {"relu", &Kernels::relu, nan, nan, 1},
      {"relu", &Kernels::relu, inf, inf, 1},
      {"relu", &Kernels::relu, -inf, 0, 0},
      {"abs", &Kernels::abs, 0, 0, 0},
      {"abs", &Kernels::abs, nan, nan, 0},
      {"abs", &Kernels::abs, -inf, inf, -1},
      {"clamp", &Kernels::clamp, -1, -1, 1, -1, 2},
      {"clamp", &Kernels::clamp, 2, 2, 1, -1, 2},
      {"clamp", &Kernels::clamp, inf, 2, 0, -1, 2},
      {"clamp", &Kernels::clamp, -inf, -1, 0, -1, 2},
      {"clamp", &Kernels::clamp, nan, nan, 0, -1, 2},
      {"exp", &Kernels::exp, -inf, 0, 0},
      {"exp", &Kernels::exp, inf, inf, inf},
      {"log", &Kernels::log, 0, -inf, inf},
      {"log", &Kernels::log, -1, nan, -1},
      {"log", &Kernels::log, inf, inf, 0},
      {"sqrt", &Kernels::sqrt, 0, 0, inf},
      {"sqrt", &Kernels::sqrt, -1, nan, nan},
      {"sqrt", &Kernels::sqrt, inf, inf, 0},
      {"tanh", &Kernels::tanh, inf, 1, 0},
      {"tanh", &Kernels::tanh, -inf, -1, 0},
      {"sigmoid", &Kernels::sigmoid, inf, 1, 0},
      {"sigmoid", &Kernels::sigmoid, -inf, 0, 0},
      {"silu", &Kernels::silu, inf, inf, nan},
      {"silu", &Kernels::silu, -inf, nan, nan},
      {"sin", &Kernels::sin, inf, nan, nan},
      {"cos", &Kernels::cos, -inf, nan, nan},
      {"pow 0", &Kernels::pow, 0, 1, 0, 0},
      {"pow 0", &Kernels::pow, nan, 1, 0, 0},
      {"pow 0", &Kernels::pow, inf, 1, 0, 0},
      {"pow 0.5", &Kernels::pow, 0, 0, inf, real{0.5}},
      {"pow 1", &Kernels::pow, 0, 0, 1, 1},
      {"pow 2", &Kernels::pow, 0, 0, 0, 2},
      {"pow 3", &Kernels::pow, -2, -8, 12, 3},
      {"pow -1", &Kernels::pow, 0, inf, -inf, -1},
  };
  for (const Kernels* table : tables()) {
    for (const Point& point : points) {
      const UnaryKernel& kernel = table->*point.kernel;
      for (Index n : {1, 40}) {  // alone, and in vectors
        const std::vector<real> x(size(n), point.x);
        const std::vector<real> y = forward(kernel, x, point.p, point.q);
        const std::vector<real> dx =
            backward(kernel, std::vector<real>(size(n), 1), kept(kernel, x, y), point.p, point.q);
        for (std::size_t i = 0; i < size(n); ++i) {
          EXPECT_TRUE(close(y[i], double{point.y}, 0))
              << table->name << " " << point.name << "(" << point.x << ") = " << y[i];
          EXPECT_TRUE(close(dx[i], double{point.dx}, 0))
              << table->name << " " << point.name << "'(" << point.x << ") = " << dx[i];
        }
      }
    }
  }
}

TEST(Unary, NaNPassesAndSelectedZerosIgnoreAnInfiniteGradient) {
  for (const Kernels* table : tables()) {
    for (const Unary& op : unaries()) {
      if (std::string(op.name) == "pow 0") continue;
      const std::vector<real> y =
          forward(table->*op.kernel, std::vector<real>(33, not_a_number), op.p, op.q);
      for (real value : y) EXPECT_TRUE(std::isnan(value)) << table->name << " " << op.name;
    }
    const std::vector<real> infinite(33, infinity), zeros(33, 0), fives(33, 5);
    EXPECT_EQ(difference(backward(table->relu, infinite, zeros, 0, 0), zeros), "");
    EXPECT_EQ(difference(backward(table->abs, infinite, zeros, 0, 0), zeros), "");
    EXPECT_EQ(difference(backward(table->clamp, infinite, fives, -1, 1), zeros), "");
    EXPECT_EQ(difference(backward(table->pow, infinite, zeros, 0, 0), zeros), "");
  }
}

struct Binary {
  const char* name;
  BinaryKernel Kernels::*kernel;
  std::function<double(double, double)> f, derivative_a, derivative_b;
  bool da_reads_a, da_reads_b, db_reads_a, db_reads_b;
};

const std::vector<Binary>& binaries() {
  static const auto one = [](double, double) { return 1.0; };
  static const std::vector<Binary> all = {
      {"add", &Kernels::add, [](double a, double b) { return a + b; }, one, one, false, false,
       false, false},
      {"sub", &Kernels::sub, [](double a, double b) { return a - b; }, one,
       [](double, double) { return -1; }, false, false, false, false},
      {"mul", &Kernels::mul, [](double a, double b) { return a * b; },
       [](double, double b) { return b; }, [](double a, double) { return a; }, false, true, true,
       false},
      {"div", &Kernels::div, [](double a, double b) { return a / b; },
       [](double, double b) { return 1 / b; }, [](double a, double b) { return -a / (b * b); },
       false, true, true, true},
  };
  return all;
}

// The four combinations of steps, add, in place; operands that a derivative ignores are null.
TEST(Binary, ValuesAndDerivativesAreTheTextbooks) {
  for (const Kernels* table : tables()) {
    for (const Binary& op : binaries()) {
      const BinaryKernel& kernel = table->*op.kernel;
      EXPECT_EQ(kernel.saves_operands, op.db_reads_a);
      for (Index n : lengths) {
        const std::vector<real> a = numbers(n + 1, -2, 2, 3), b = numbers(n + 1, 0.5, 2, 4);
        const std::vector<real> dy = numbers(n, -2, 2, 5);
        for (Index a_step : {0, 1}) {
          for (Index b_step : {0, 1}) {
            SCOPED_TRACE(text(table->name, " ", op.name, ", n = ", n, ", steps ", a_step, b_step));
            std::vector<real> y(size(n) + 1, 77), da(y), db(y);
            kernel.forward(n, a.data(), a_step, b.data(), b_step, y.data());
            kernel.backward_a(n, dy.data(), op.da_reads_a ? a.data() : nullptr, a_step,
                              op.da_reads_b ? b.data() : nullptr, b_step, da.data(), false);
            kernel.backward_b(n, dy.data(), op.db_reads_a ? a.data() : nullptr, a_step,
                              op.db_reads_b ? b.data() : nullptr, b_step, db.data(), false);
            for (Index i = 0; i < n; ++i) {
              const double p = double{a[size(i * a_step)]}, q = double{b[size(i * b_step)]};
              const double gradient = double{dy[size(i)]};
              ASSERT_TRUE(close(y[size(i)], op.f(p, q), 1));
              ASSERT_TRUE(close(da[size(i)], gradient * op.derivative_a(p, q), 2));
              ASSERT_TRUE(close(db[size(i)], gradient * op.derivative_b(p, q), 2));
            }
            EXPECT_EQ(y.back(), 77);
            EXPECT_EQ(da.back(), 77);
            EXPECT_EQ(db.back(), 77);

            // Adding, onto 3.
            std::vector<real> sum_a(size(n) + 1, 3), sum_b(sum_a);
            kernel.backward_a(n, dy.data(), a.data(), a_step, b.data(), b_step, sum_a.data(), true);
            kernel.backward_b(n, dy.data(), a.data(), a_step, b.data(), b_step, sum_b.data(), true);
            for (Index i = 0; i < n; ++i) {
              ASSERT_EQ(sum_a[size(i)], 3 + da[size(i)]);
              ASSERT_EQ(sum_b[size(i)], 3 + db[size(i)]);
            }

            // In place of an operand that is walked, and of dy.
            std::vector<real> into(a);
            if (a_step == 1) {
              kernel.forward(n, into.data(), 1, b.data(), b_step, into.data());
              into.resize(size(n));
              EXPECT_EQ(difference(into, {y.begin(), y.end() - 1}), "");
            }
            into = b;
            if (b_step == 1) {
              kernel.forward(n, a.data(), a_step, into.data(), 1, into.data());
              into.resize(size(n));
              EXPECT_EQ(difference(into, {y.begin(), y.end() - 1}), "");
            }
            into = dy;
            kernel.backward_b(n, into.data(), a.data(), a_step, b.data(), b_step, into.data(),
                              false);
            EXPECT_EQ(difference(into, {db.begin(), db.end() - 1}), "");
          }
        }
      }
    }
  }
}

TEST(Moving, FillCopyScale) {
  for (const Kernels* table : tables()) {
    for (Index n : lengths) {
      SCOPED_TRACE(text(table->name, ", n = ", n));
      const std::vector<real> x = numbers(n, -2, 2);
      std::vector<real> y(size(n) + 1, 77);
      table->fill(n, 5, y.data());
      for (Index i = 0; i < n; ++i) ASSERT_EQ(y[size(i)], 5);
      table->copy(n, x.data(), y.data(), true);
      for (Index i = 0; i < n; ++i) ASSERT_EQ(y[size(i)], 5 + x[size(i)]);
      table->copy(n, x.data(), y.data(), false);
      for (Index i = 0; i < n; ++i) ASSERT_EQ(y[size(i)], x[size(i)]);
      table->scale(n, 3, x.data(), y.data(), false);
      for (Index i = 0; i < n; ++i) ASSERT_EQ(y[size(i)], 3 * x[size(i)]);
      table->scale(n, 4, x.data(), y.data(), true);
      for (Index i = 0; i < n; ++i) ASSERT_EQ(y[size(i)], 3 * x[size(i)] + 4 * x[size(i)]);
      std::vector<real> doubled(x);
      table->scale(n, 2, doubled.data(), doubled.data(), false);
      for (Index i = 0; i < n; ++i) ASSERT_EQ(doubled[size(i)], 2 * x[size(i)]);
      EXPECT_EQ(y.back(), 77);
    }
  }
}

TEST(Moving, Repeat) {
  for (const Kernels* table : tables()) {
    for (const Index outer : lengths) {
      for (const Index times : {0, 1, 2, 3, 4, 5, 64}) {
        for (const Index inner : {0, 1, 2, 3, 4, 5, 33}) {
          if (outer * times * inner > 20000) continue;
          SCOPED_TRACE(text(table->name, ", ", outer, " x ", times, " x ", inner));
          const std::vector<real> x = numbers(outer * inner, -2, 2);
          std::vector<real> y(size(outer * times * inner) + 1, 77), expected;
          for (Index o = 0; o < outer; ++o) {
            for (Index t = 0; t < times; ++t) {
              for (Index i = 0; i < inner; ++i) expected.push_back(x[size(o * inner + i)]);
            }
          }
          expected.push_back(77);
          table->repeat(outer, times, inner, x.data(), y.data());
          EXPECT_EQ(difference(y, expected), "");
        }
      }
    }
  }
}

// Rows as far apart as they are long, and farther.
TEST(Moving, CopyRows) {
  for (const Kernels* table : tables()) {
    for (const Index rows : lengths) {
      for (const Index width : {0, 1, 2, 3, 4, 5, 33}) {
        for (const auto& [x_gap, y_gap] : {std::pair(0, 0), {0, 1}, {2, 0}, {1, 5}}) {
          SCOPED_TRACE(text(table->name, ", ", rows, " x ", width, ", ", x_gap, ", ", y_gap));
          const Index x_row = width + x_gap, y_row = width + y_gap;
          const std::vector<real> x = numbers(rows * x_row, -2, 2);
          std::vector<real> y(size(rows * y_row) + 1, 77), expected(y);
          const auto expect = [&](real before) {
            for (Index r = 0; r < rows; ++r) {
              for (Index i = 0; i < width; ++i) {
                expected[size(r * y_row + i)] =
                    before * expected[size(r * y_row + i)] + x[size(r * x_row + i)];
              }
            }
          };
          expect(0);
          table->copy_rows(rows, width, x.data(), x_row, y.data(), y_row, false);
          ASSERT_EQ(difference(y, expected), "");
          expect(1);
          table->copy_rows(rows, width, x.data(), x_row, y.data(), y_row, true);
          ASSERT_EQ(difference(y, expected), "");
        }
      }
    }
  }
}

// One part to four, of all widths.
TEST(Moving, Cat) {
  const std::vector<Index> choices = {0, 1, 2, 3, 5};
  std::vector<std::vector<Index>> all = {{40}, {40, 1}, {1, 40}, {1, 1, 1, 1}, {2, 1, 1, 3}};
  for (const Index a : choices) {
    all.push_back({a});
    for (const Index b : choices) {
      all.push_back({a, b});
      for (const Index c : choices) all.push_back({a, b, c});
    }
  }
  for (const Kernels* table : tables()) {
    for (const std::vector<Index>& widths : all) {
      for (const Index rows : lengths) {
        std::vector<std::vector<real>> x;
        std::vector<Columns> parts;
        std::string name = text(table->name, ", ", rows, " rows of");
        for (const Index width : widths) {
          x.push_back(numbers(rows * width, -2, 2, static_cast<std::uint32_t>(x.size())));
          parts.push_back({.data = x.back().data(), .width = width});
          name += text(" ", width);
        }
        SCOPED_TRACE(name);
        std::vector<real> expected;
        for (Index r = 0; r < rows; ++r) {
          for (std::size_t p = 0; p < x.size(); ++p) {
            for (Index i = 0; i < widths[p]; ++i) {
              expected.push_back(x[p][size(r * widths[p] + i)]);
            }
          }
        }
        std::vector<real> y(expected.size() + 1, 77);
        expected.push_back(77);
        table->cat(rows, static_cast<int>(parts.size()), parts.data(), y.data());
        ASSERT_EQ(difference(y, expected), "");
      }
    }
  }
}

TEST(Moving, Transpose) {
  const Index shapes[][2] = {{0, 3}, {1, 1},   {1, 40},  {40, 1},   {3, 5},
                             {4, 4}, {16, 16}, {17, 31}, {64, 200}, {33, 2}};
  for (const Kernels* table : tables()) {
    for (const auto& [rows, cols] : shapes) {
      SCOPED_TRACE(text(table->name, " ", rows, "x", cols));
      const std::vector<real> x = numbers(rows * cols, -2, 2);
      std::vector<real> expected = reference::transpose(rows, cols, x);
      std::vector<real> y(x.size(), 77);
      table->transpose(rows, cols, x.data(), y.data(), false);
      EXPECT_EQ(difference(y, expected), "");
      if (rows > 1 && cols > 1) {
        EXPECT_NE(difference(y, x), "");
      }
      table->transpose(rows, cols, x.data(), y.data(), true);
      for (real& value : expected) value += value;
      EXPECT_EQ(difference(y, expected), "");
    }
  }
}

// All results of a table on fixed inputs, specials among them.
std::uint64_t everything(const Kernels& table) {
  std::vector<real> b = numbers(1000, 0.5, 2, 4), dy = numbers(1000, -2, 2, 5);
  std::uint64_t state = 1;
  for (const Unary& op : unaries()) {
    std::vector<real> x = sampled(op, 1000);
    // pow is the C library's and does not enter; nor do angles which are left to it.
    if (op.kernel == &Kernels::pow) continue;
    if (std::string(op.name).find("large") != std::string::npos) continue;
    if (op.kernel != &Kernels::sin && op.kernel != &Kernels::cos) {
      for (real special : specials()) x.push_back(special);
    }
    dy = numbers(static_cast<Index>(x.size()), -2, 2, 5);
    const UnaryKernel& kernel = table.*op.kernel;
    const std::vector<real> y = forward(kernel, x, op.p, op.q);
    state = hash(y, state);
    state = hash(backward(kernel, dy, kept(kernel, x, y), op.p, op.q, true), state);
  }
  const std::vector<real> a = specials();
  b = numbers(static_cast<Index>(a.size()), 0.5, 2, 4);
  for (const Binary& op : binaries()) {
    std::vector<real> y(a.size());
    const BinaryKernel& kernel = table.*op.kernel;
    const auto n = static_cast<Index>(a.size());
    kernel.forward(n, a.data(), 1, b.data(), 1, y.data());
    state = hash(y, state);
    kernel.backward_a(n, dy.data(), a.data(), 1, b.data(), 1, y.data(), false);
    state = hash(y, state);
    kernel.backward_b(n, dy.data(), a.data(), 1, b.data(), 1, y.data(), false);
    state = hash(y, state);
  }
  return state;
}

// The promise of the course: the same bits with every instruction set and every compiler. The hash
// was computed once, with g++ 12 and clang 14.
TEST(Elementwise, SameBitsEverywhere) {
  if (std::is_same_v<real, double>)
    GTEST_SKIP() << "in double the C library computes exp, log, ...";
  for (const Kernels* table : tables())
    EXPECT_EQ(everything(*table), 4365677227668090089ULL) << table->name;
}

TEST(Elementwise, PowIsTheSameWithEveryInstructionSet) {
  const std::vector<real> x = numbers(100, 0.1, 3);
  const std::vector<real> baseline =
      forward(kernels_named("baseline")->pow, x, static_cast<real>(1.7), 0);
  for (const Kernels* table : tables()) {
    EXPECT_EQ(difference(forward(table->pow, x, static_cast<real>(1.7), 0), baseline), "")
        << table->name;
  }
}

}  // namespace
}  // namespace autograd
