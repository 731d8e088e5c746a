#include <gtest/gtest.h>

#include "autograd/kernels/reference.h"
#include "support.h"

namespace autograd {
namespace {

using namespace testing;

// Rows, columns, blocks; around the widths of vectors and the numbers of chains; with nothing.
std::vector<Dims> reduced_dims() {
  std::vector<Dims> all;
  for (const Index n : lengths) all.push_back({1, n, 1});
  for (const Index n : {0, 1, 3, 31, 32, 33, 70}) all.push_back({5, n, 1});
  for (Index inner = 0; inner <= 20; ++inner) {
    for (const Index n : {0, 1, 7, 8, 9, 200}) all.push_back({1, n, inner});
  }
  for (const Index inner : {31, 32, 33, 63, 64, 65, 100, 131}) {
    all.push_back({1, 41, inner});
    all.push_back({3, 5, inner});
  }
  all.push_back({0, 3, 4});
  all.push_back({0, 3, 1});
  all.push_back({0, 0, 0});
  all.push_back({4, 9, 2});
  return all;
}

// Where `sums` (which began at `start`) leaves the reference: n additions of mixed signs differ by
// at most (sqrt(n) + 2) epsilon times the sum of absolute terms. Empty if nowhere.
std::string sum_difference(const Dims& d, const std::vector<real>& x, const std::vector<real>& sums,
                           double start) {
  const std::vector<double> exact = reference::sum(d.outer, d.n, d.inner, x);
  std::vector<real> sizes(x);
  for (real& value : sizes) value = std::abs(value);
  const std::vector<double> scale = reference::sum(d.outer, d.n, d.inner, sizes);
  if (sums.size() != exact.size()) return "sizes differ";
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double bound = (std::sqrt(static_cast<double>(d.n)) + 2) * epsilon * (scale[i] + start);
    if (!(std::abs(double{sums[i]} - (start + exact[i])) <= bound)) {
      return text("[", i, "]: ", sums[i], " instead of ", start + exact[i]);
    }
  }
  return "";
}

std::vector<real> sum(const Kernels& table, const Dims& d, const std::vector<real>& x, bool add,
                      real before) {
  std::vector<real> y(size(d.outer * d.inner) + 1, before);
  y.back() = 77;
  table.sum(d.outer, d.n, d.inner, x.data(), y.data(), add);
  EXPECT_EQ(y.back(), 77) << name(table, d);
  y.pop_back();
  return y;
}

TEST(Sum, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : reduced_dims()) {
      const std::vector<real> x = numbers(d.outer * d.n * d.inner, -2, 2);
      EXPECT_EQ(sum_difference(d, x, sum(*table, d, x, false, 77), 0), "") << name(*table, d);
      EXPECT_EQ(sum_difference(d, x, sum(*table, d, x, true, 3), 3), "") << name(*table, d);
    }
  }
}

// However many rows are added up at a time.
TEST(Sum, ShortRowsAreAddedUpInOrder) {
  for (const Kernels* table : tables()) {
    for (const Index rows : lengths) {
      for (const Index n : {0, 1, 2, 3, 4, 5, 9, 31}) {
        const Dims d{rows, n, 1};
        std::vector<real> x = numbers(rows * n, -2, 2);
        for (real& value : x) value /= 3;  // so that sums are rounded
        for (Index i = 0; i < std::min(n, rows * n); ++i) x[size(i)] = -real{0};
        for (const bool add : {false, true}) {
          std::vector<real> expected;
          for (Index r = 0; r < rows; ++r) {
            real total = 0;
            for (Index i = 0; i < n; ++i) total += x[size(r * n + i)];
            expected.push_back(add ? 3 + total : total);
          }
          EXPECT_EQ(difference(sum(*table, d, x, add, 3), expected), "") << name(*table, d);
        }
      }
    }
  }
}

TEST(Sum, TheToleranceSeesALostElement) {
  for (const Dims& d : {Dims{1, 1000, 1}, Dims{1, 200, 2}, Dims{1, 200, 64}}) {
    std::vector<real> x = numbers(d.outer * d.n * d.inner, -2, 2);
    const std::vector<real> sums = sum(kernels(), d, x, false, 0);
    ASSERT_EQ(sum_difference(d, x, sums, 0), "");
    x.back() += real{1} / 32;  // the reference now has something that the sum has not
    EXPECT_NE(sum_difference(d, x, sums, 0), "");
    x.back() = not_a_number;
    EXPECT_NE(sum_difference(d, x, sums, 0), "");
  }
}

TEST(Sum, NaNAndInfinityStay) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : {Dims{1, 100, 1}, Dims{1, 20, 1}, Dims{1, 50, 3}, Dims{1, 50, 70}}) {
      for (const real special : {not_a_number, infinity, -infinity}) {
        std::vector<real> x = numbers(d.outer * d.n * d.inner, -2, 2);
        x[size(17 * d.inner)] = special;
        const std::vector<real> y = sum(*table, d, x, false, 0);
        EXPECT_TRUE(identical(y[0], special)) << name(*table, d);
        for (std::size_t i = 1; i < y.size(); ++i) EXPECT_TRUE(std::isfinite(y[i]));
      }
    }
  }
}

struct Maxima {
  std::vector<real> value;
  std::vector<Index> position;
};

Maxima max(const Kernels& table, const Dims& d, const std::vector<real>& x) {
  Maxima y{std::vector<real>(size(d.outer * d.inner) + 1, 77),
           std::vector<Index>(size(d.outer * d.inner) + 1, 77)};
  table.max(d.outer, d.n, d.inner, x.data(), y.value.data(), y.position.data());
  EXPECT_EQ(y.value.back(), 77);
  EXPECT_EQ(y.position.back(), 77);
  y.value.pop_back();
  y.position.pop_back();
  return y;
}

void expect_reference(const Kernels& table, const Dims& d, const std::vector<real>& x) {
  const Maxima mine = max(table, d, x);
  const reference::Largest expected = reference::max(d.outer, d.n, d.inner, x);
  EXPECT_EQ(difference(mine.value, expected.value), "") << name(table, d);
  EXPECT_EQ(mine.position, expected.position) << name(table, d);
}

TEST(Max, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Dims& d : reduced_dims()) {
      if (d.n == 0) continue;
      std::vector<real> x = numbers(d.outer * d.n * d.inner, -2, 2);
      expect_reference(*table, d, x);
      for (real& value : x) value = std::round(value);  // many ties, and zeros of both signs
      expect_reference(*table, d, x);
      for (real& value : x) value -= 10;
      expect_reference(*table, d, x);
      for (std::size_t i = 3; i < x.size(); i += 40) x[i] = not_a_number;
      expect_reference(*table, d, x);
      for (std::size_t i = 0; i < x.size(); i += 3) x[i] = infinity;
      expect_reference(*table, d, x);
      std::fill(x.begin(), x.end(), -infinity);
      expect_reference(*table, d, x);
      std::fill(x.begin(), x.end(), not_a_number);
      expect_reference(*table, d, x);
    }
  }
}

TEST(Max, IsFoundAtEveryPlace) {
  for (const Kernels* table : tables()) {
    for (const Index n : {1, 5, 32, 33, 127, 128, 129, 300}) {
      for (Index place = 0; place < n; ++place) {
        for (const real special : {real{5}, not_a_number, infinity}) {
          std::vector<real> x = numbers(n, -2, 2);
          x[size(place)] = special;
          const Maxima y = max(*table, {1, n, 1}, x);
          ASSERT_EQ(y.position[0], place) << table->name << " n = " << n;
          ASSERT_TRUE(identical(y.value[0], special));
        }
      }
    }
  }
}

TEST(SquaredError, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Index n : lengths) {
      const std::vector<real> a = numbers(n, -2, 2, 1), b = numbers(n, -2, 2, 2);
      const double exact = reference::squared_error(a, b);
      const real mine = table->squared_error(n, a.data(), b.data());
      // No term is negative, so the sum is its own scale. A chain of n additions, which in double
      // the reference is, may be wrong by n / 2 epsilons; each term has three roundings more.
      const double factor = static_cast<double>(n) / 2 + 4;
      EXPECT_TRUE(close(mine, exact, factor)) << table->name << ", n = " << n;
      EXPECT_EQ(table->squared_error(n, a.data(), a.data()), 0);
      if (n == 0) continue;
      std::vector<real> other = b;
      other.back() += real{1};
      EXPECT_FALSE(close(table->squared_error(n, a.data(), other.data()), exact, factor));
    }
  }
}

TEST(SquaredError, ItsDerivativeIsTheFormula) {
  for (const Kernels* table : tables()) {
    for (const Index n : lengths) {
      const std::vector<real> a = numbers(n, -2, 2, 1), b = numbers(n, -2, 2, 2);
      const real factor = static_cast<real>(0.3);
      std::vector<real> once(size(n) + 1, 3), twice(once);
      once.back() = twice.back() = 77;
      table->squared_error_backward(n, factor, a.data(), b.data(), once.data(), false);
      table->squared_error_backward(n, factor, a.data(), b.data(), twice.data(), true);
      for (std::size_t i = 0; i < size(n); ++i) {
        ASSERT_EQ(once[i], factor * (a[i] - b[i]));
        ASSERT_EQ(twice[i], 3 + factor * (a[i] - b[i]));
      }
      EXPECT_EQ(once.back(), 77);
      EXPECT_EQ(twice.back(), 77);
    }
  }
}

}  // namespace
}  // namespace autograd
