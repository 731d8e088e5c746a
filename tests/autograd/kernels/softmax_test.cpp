#include <gtest/gtest.h>

#include "autograd/kernels/reference.h"
#include "support.h"

namespace autograd {
namespace {

using namespace testing;

// Rows around the widths of vectors and the number of chains, columns around the number taken at
// once, blocks of both; and nothing.
std::vector<Dims> softmax_dims() {
  std::vector<Dims> all;
  for (const Index n : lengths) all.push_back({2, n, 1});
  for (const Index inner : {2, 3, 7, 8, 17, 63, 64, 65, 130}) {
    all.push_back({1, 9, inner});
    all.push_back({3, 4, inner});
  }
  all.push_back({5, 1, 6});
  all.push_back({1, 300, 3});
  all.push_back({0, 3, 4});
  all.push_back({3, 0, 4});
  all.push_back({3, 4, 0});
  return all;
}

std::vector<real> logits(const Dims& d) { return numbers(d.outer * d.n * d.inner, -15, 15, 1); }
std::vector<real> upstream(const Dims& d) { return numbers(d.outer * d.n * d.inner, -2, 2, 2); }

std::vector<real> forward(const SoftmaxKernel& kernel, const Dims& d, const std::vector<real>& x) {
  std::vector<real> y(x.size() + 1, 77);
  kernel.forward(d.outer, d.n, d.inner, x.data(), y.data());
  EXPECT_EQ(y.back(), 77);
  y.pop_back();
  return y;
}

std::vector<real> backward(const SoftmaxKernel& kernel, const Dims& d, const std::vector<real>& dy,
                           const std::vector<real>& y, bool add) {
  std::vector<real> dx(y.size() + 1, 3);
  dx.back() = 77;
  kernel.backward(d.outer, d.n, d.inner, dy.data(), y.data(), dx.data(), add);
  EXPECT_EQ(dx.back(), 77);
  dx.pop_back();
  return dx;
}

// Elements of y which are more than `factor` epsilons of `scale` from the exact ones; an empty text
// if there are none.
std::string beyond(const std::vector<real>& y, const std::vector<double>& exact, double factor,
                   double scale) {
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double size = scale > 0 ? scale : std::abs(exact[i]);
    if (!close(y[i], exact[i], factor, size)) {
      return text("[", i, "]: ", y[i], " instead of ", exact[i]);
    }
  }
  return "";
}

// n additions of positive terms: a chain of at most n, most of whose errors cancel.
double additions(Index n) { return std::sqrt(static_cast<double>(n)) + 2; }

// x - m is at most 30 in size: rounded, it is wrong by up to 8 epsilons, and so is e^(x - m),
// relative. Then the errors of e, of the sum and of the quotient.
double softmax_bound(const Dims& d) { return 10 + additions(d.n); }

TEST(Softmax, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : softmax_dims()) {
      const std::vector<real> x = logits(d);
      const std::vector<double> exact = reference::softmax(d.outer, d.n, d.inner, x);
      EXPECT_EQ(beyond(forward(table->softmax, d, x), exact, softmax_bound(d), 0), "")
          << name(*table, d);
    }
  }
}

TEST(LogSoftmax, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : softmax_dims()) {
      const std::vector<real> x = logits(d);
      const std::vector<double> exact = reference::log_softmax(d.outer, d.n, d.inner, x);
      // Two differences of numbers up to 36 in size, each rounded to half an epsilon of it or less.
      EXPECT_EQ(beyond(forward(table->log_softmax, d, x), exact, additions(d.n), 36), "")
          << name(*table, d);
    }
  }
}

TEST(Softmax, ItsDerivativeIsTheJacobians) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : softmax_dims()) {
      const std::vector<real> x = logits(d), dy = upstream(d);
      const std::vector<real> y = forward(table->softmax, d, x);
      std::vector<double> exact = reference::softmax_backward(d.outer, d.n, d.inner, dy, x);
      // Probabilities are at most 1, dy and the sum of y dy at most 2.
      const double bound = softmax_bound(d);
      EXPECT_EQ(beyond(backward(table->softmax, d, dy, y, false), exact, bound, 4), "")
          << name(*table, d);
      for (double& value : exact) value += 3;
      EXPECT_EQ(beyond(backward(table->softmax, d, dy, y, true), exact, bound, 4), "")
          << name(*table, d);
    }
  }
}

TEST(LogSoftmax, ItsDerivativeIsTheJacobians) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : softmax_dims()) {
      const std::vector<real> x = logits(d), dy = upstream(d);
      const std::vector<real> y = forward(table->log_softmax, d, x);
      std::vector<double> exact = reference::log_softmax_backward(d.outer, d.n, d.inner, dy, x);
      // The sum of dy is at most 2 n; e^y is as wrong, relative, as y is absolute: 36 epsilons.
      const double bound = 36 + additions(d.n);
      const double scale = 2 + 2 * static_cast<double>(d.n);
      EXPECT_EQ(beyond(backward(table->log_softmax, d, dy, y, false), exact, bound, scale), "")
          << name(*table, d);
      for (double& value : exact) value += 3;
      EXPECT_EQ(beyond(backward(table->log_softmax, d, dy, y, true), exact, bound, scale + 3), "")
          << name(*table, d);
    }
  }
}

// The bounds above are not so wide that they would let a mistake pass: the sum without one term,
// one probability exchanged for its neighbour, the derivative without its sum.
TEST(Softmax, TheTolerancesSeeMistakes) {
  for (const Dims& d : {Dims{1, 33, 1}, Dims{1, 9, 3}, Dims{2, 4, 65}}) {
    const Kernels& table = kernels();
    const std::vector<real> x = logits(d), dy = upstream(d);
    std::vector<real> without = x;
    without.back() = -infinity;
    EXPECT_NE(beyond(forward(table.softmax, d, without),
                     reference::softmax(d.outer, d.n, d.inner, x), softmax_bound(d), 0),
              "");
    std::vector<real> off = x;
    off.back() += static_cast<real>(1000 * epsilon * 36);
    EXPECT_NE(beyond(forward(table.log_softmax, d, off),
                     reference::log_softmax(d.outer, d.n, d.inner, x), additions(d.n), 36),
              "");
    const std::vector<real> y = forward(table.softmax, d, x);
    std::vector<real> no_sum(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) no_sum[i] = y[i] * dy[i];
    EXPECT_NE(beyond(no_sum, reference::softmax_backward(d.outer, d.n, d.inner, dy, x),
                     softmax_bound(d), 4),
              "");
    EXPECT_NE(beyond(dy, reference::log_softmax_backward(d.outer, d.n, d.inner, dy, x),
                     36 + additions(d.n), 2 + 2 * static_cast<double>(d.n)),
              "");
  }
}

// Backward may write where dy stood.
TEST(Softmax, DerivativesWorkInPlace) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : softmax_dims()) {
      for (const SoftmaxKernel& kernel : {table->softmax, table->log_softmax}) {
        const std::vector<real> y = forward(kernel, d, logits(d));
        std::vector<real> dy = upstream(d);
        const std::vector<real> apart = backward(kernel, d, dy, y, false);
        kernel.backward(d.outer, d.n, d.inner, dy.data(), y.data(), dy.data(), false);
        EXPECT_EQ(difference(dy, apart), "") << name(*table, d);
      }
    }
  }
}

// A row that lies alone and the same row as a column have different chains, but each is the same
// whatever lies beside it.
TEST(Softmax, NeighboursDoNotShow) {
  for (const Kernels* table : tables()) {
    for (const SoftmaxKernel& kernel : {table->softmax, table->log_softmax}) {
      const Dims wide{1, 9, 130};
      const std::vector<real> x = logits(wide);
      const std::vector<real> y = forward(kernel, wide, x);
      for (const Index j : {0, 63, 64, 127, 128}) {
        std::vector<real> pair, expected;
        for (Index i = 0; i < 9; ++i) {
          for (const Index k : {j, j + 1}) {
            pair.push_back(x[size(i * 130 + k)]);
            expected.push_back(y[size(i * 130 + k)]);
          }
        }
        EXPECT_EQ(difference(forward(kernel, {1, 9, 2}, pair), expected), "") << j;
      }
    }
  }
}

// Spoiled rows are NaN throughout, and do not spoil their neighbours.
TEST(Softmax, SpecialValuesStayInTheirRow) {
  for (const Kernels* table : tables()) {
    for (const SoftmaxKernel& kernel : {table->softmax, table->log_softmax}) {
      for (const Dims& d : {Dims{1, 40, 3}, Dims{3, 40, 1}, Dims{3, 5, 1}}) {
        const auto at = [&](Index row, Index i) {
          return size(d.inner == 1 ? row * d.n + i : i * d.inner + row);
        };
        const std::vector<real> clean = forward(kernel, d, logits(d));
        for (const real special : {not_a_number, infinity}) {
          for (Index place = 0; place < d.n; ++place) {
            std::vector<real> x = logits(d);
            x[at(1, place)] = special;
            const std::vector<real> y = forward(kernel, d, x);
            for (Index i = 0; i < d.n; ++i) {
              ASSERT_TRUE(std::isnan(y[at(1, i)])) << name(*table, d);
              ASSERT_EQ(y[at(0, i)], clean[at(0, i)]) << name(*table, d);
              ASSERT_EQ(y[at(2, i)], clean[at(2, i)]) << name(*table, d);
            }
          }
        }
        std::vector<real> x = logits(d);
        for (Index i = 0; i < d.n; ++i) x[at(1, i)] = -infinity;
        EXPECT_TRUE(std::isnan(forward(kernel, d, x)[at(1, 0)]));
        x[at(1, 2)] = 5;  // now this one is certain
        const std::vector<real> y = forward(kernel, d, x);
        const bool logarithm = clean[0] < 0;
        for (Index i = 0; i < d.n; ++i) {
          const real certain = logarithm ? 0 : 1, impossible = logarithm ? -infinity : 0;
          EXPECT_EQ(y[at(1, i)], i == 2 ? certain : impossible) << name(*table, d);
        }
      }
    }
  }
}

// The largest numbers there are: no overflow, and a sum that is 1.
TEST(Softmax, LargeNumbersDoNotOverflow) {
  const real largest = std::numeric_limits<real>::max();
  for (const Kernels* table : tables()) {
    const std::vector<real> x = {largest, -largest, largest, 0};
    EXPECT_EQ(forward(table->softmax, {1, 4, 1}, x),
              (std::vector<real>{real{0.5}, 0, real{0.5}, 0}));
    const std::vector<real> y = forward(table->log_softmax, {1, 4, 1}, x);
    EXPECT_TRUE(close(y[0], -std::log(2.0), 1)) << y[0];
    EXPECT_EQ(y[1], -infinity);
    EXPECT_EQ(y[3], -largest);
  }
}

}  // namespace
}  // namespace autograd
