#include "autograd/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "autograd/parallel.h"
#include "kernels/support.h"

namespace autograd {
namespace {

using testing::tables;

// The fixed pseudo-random inputs: multiples of 1/512 in (-1, 1), made from integers alone, so that
// every platform has the same.
class Numbers {
 public:
  explicit Numbers(std::uint32_t seed) : state_(seed * 2654435761u + 12345u) {}
  real next() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<real>(static_cast<int>(state_ >> 22) - 512) / real{512};
  }
  std::vector<real> vector(Index n) {
    std::vector<real> x(static_cast<std::size_t>(n));
    for (real& value : x) value = next() + next() / 1024;  // so that products need rounding
    return x;
  }

 private:
  std::uint32_t state_;
};

enum class Layout { nn, nt, tn, tt, strided };
enum class Start { null, bias, accumulate };

struct Case {
  Index m, n, k;
  Layout layout = Layout::nn;
  Start start = Start::null;
  Epilogue epilogue = Epilogue::none;
  bool y_is_c = false;  // of relu_backward: the result replaces what it selects by
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.m << "x" << c.n << "x" << c.k << " layout " << static_cast<int>(c.layout)
             << " start " << static_cast<int>(c.start) << " epilogue "
             << static_cast<int>(c.epilogue) << (c.y_is_c ? ", y is c" : "");
}

// The arrays of one product, and the Gemm that describes them.
struct Problem {
  explicit Problem(const Case& which) : shape(which) {
    Numbers numbers(static_cast<std::uint32_t>(which.m * 7 + which.n * 5 + which.k * 3));
    const bool strided = which.layout == Layout::strided;
    const Index gap = strided ? 2 : 1;  // unused elements between those of one row
    a = numbers.vector(which.m * which.k * gap + 1);
    b = numbers.vector(which.k * which.n * gap + 1);
    c = numbers.vector(which.m * which.n * gap + 1);
    bias = numbers.vector(which.n);
    const bool a_transposed = which.layout == Layout::tn || which.layout == Layout::tt;
    const bool b_transposed = which.layout == Layout::nt || which.layout == Layout::tt;
    gemm = {which.m,
            which.n,
            which.k,
            a.data(),
            a_transposed ? 1 : which.k * gap,
            a_transposed ? which.m : gap,
            b.data(),
            b_transposed ? 1 : which.n * gap,
            b_transposed ? which.k : gap,
            c.data(),
            which.n * gap,
            gap};
    if (which.start == Start::bias) gemm.start = bias.data();
    if (which.start == Start::accumulate) {
      gemm.start = c.data();
      gemm.start_row = gemm.c_row;
      gemm.start_col = gemm.c_col;
    }
    gemm.epilogue = which.epilogue;
    if (which.epilogue != Epilogue::relu_backward) return;
    if (!which.y_is_c) y = numbers.vector(which.m * which.n * gap + 1);
    std::vector<real>& selects = which.y_is_c ? c : y;
    for (std::size_t i = 0; i < selects.size(); i += 7) {
      selects[i] = std::array{real{0}, -real{0}, std::numeric_limits<real>::quiet_NaN(),
                              std::numeric_limits<real>::denorm_min()}[i % 4];
    }
    gemm.y = selects.data();
  }
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;

  // Where `result` (an array laid out as c is) leaves the tolerance; empty if nowhere. Two orders
  // of summation differ by at most factor * epsilon * sum |a||b| (and |start|). A chain of k
  // additions can come to k / 2 epsilons; sums of mixed signs stay far below, so the factor is
  // sqrt(k) + 2.
  std::string difference(const std::vector<real>& result) const {
    Problem fresh(shape);
    const Gemm& g = fresh.gemm;
    const std::vector<real> before = fresh.c;
    gemm_reference(g);
    const double factor = std::sqrt(static_cast<double>(g.k)) + 2;
    std::vector<real> untouched = before;
    for (Index i = 0; i < g.m; ++i) {
      for (Index j = 0; j < g.n; ++j) {
        double scale = 0;
        if (shape.start == Start::bias) scale = std::abs(double{fresh.bias[std::size_t(j)]});
        const std::size_t at = static_cast<std::size_t>(i * g.c_row + j * g.c_col);
        if (shape.start == Start::accumulate) scale = std::abs(double{before[at]});
        for (Index p = 0; p < g.k; ++p) {
          scale += std::abs(double{g.a[i * g.a_row + p * g.a_col]} *
                            double{g.b[p * g.b_row + j * g.b_col]});
        }
        const double bound = factor * double{std::numeric_limits<real>::epsilon()} * scale;
        if (!(std::abs(double{result[at]} - double{fresh.c[at]}) <= bound)) {
          std::ostringstream text;
          text << "(" << i << ", " << j << "): " << result[at] << " instead of " << fresh.c[at];
          return text.str();
        }
        untouched[at] = result[at];
      }
    }
    // What lies between the elements of C must be as before.
    if (!result.empty() &&
        std::memcmp(untouched.data(), result.data(), result.size() * sizeof(real)) != 0) {
      return "written between the elements of C";
    }
    return "";
  }

  Case shape;
  std::vector<real> a, b, c, bias, y;
  Gemm gemm;
};

struct Workspace {
  explicit Workspace(Index n)
      : data(static_cast<real*>(
            ::operator new (static_cast<std::size_t>(n) * sizeof(real), std::align_val_t{64}))) {}
  ~Workspace() { ::operator delete (data, std::align_val_t{64}); }
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;
  real* data;
};

std::vector<real> result_of(const Kernels& table, const Case& which) {
  static Workspace workspace(Index{1} << 21);  // touched lazily; the largest any table asks for
  EXPECT_LE(table.gemm_workspace, Index{1} << 21);
  Problem problem(which);
  table.gemm(problem.gemm, workspace.data);
  return problem.c;
}

bool same_bits(const std::vector<real>& x, const std::vector<real>& y) {
  return x.size() == y.size() &&
         (x.empty() || std::memcmp(x.data(), y.data(), x.size() * sizeof(real)) == 0);
}

// Ragged in every direction, more than one block in every direction, narrow, empty.
std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Layout layout : {Layout::nn, Layout::nt, Layout::tn, Layout::tt, Layout::strided}) {
    for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{
             {7, 5, 300},   {65, 33, 70}, {1, 1, 1},    {1, 1, 40},   {1, 70, 9},    {70, 1, 9},
             {3, 130, 21},  {13, 17, 2},  {40, 64, 3},  {64, 64, 64}, {25, 96, 130}, {2, 64, 200},
             {0, 3, 4},     {3, 0, 4},    {0, 0, 0},    {5, 7, 0},    {40, 3, 0},    {5, 40, 0},
             {97, 40, 100}, {14, 5, 600}, {14, 3, 600}, {40, 12, 20}}) {
      all.push_back({m, n, k, layout});
    }
    for (Index n = 1; n <= 8; ++n) {
      for (const Index k : {15, 16, 17, 37, 64}) {
        all.push_back({37, n, k, layout});
        all.push_back({n, 37, k, layout});
      }
    }
  }
  // The products of the note's two training steps, in all three transpositions.
  for (const Index batch : {200, 1000}) {
    const Index in = batch == 200 ? 3 : 4;
    for (const Layout layout : {Layout::nn, Layout::nt, Layout::tn}) {
      for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{
               {batch, 64, in}, {batch, 2, 64}, {batch, 64, 2}, {64, in, batch}, {2, 64, batch}}) {
        all.push_back({m, n, k, layout});
      }
    }
  }
  all.push_back({301, 67, 513});
  all.push_back({67, 33, 1030, Layout::tn});
  all.push_back({16, 1600, 20, Layout::nt});
  const std::size_t plain = all.size();
  for (std::size_t i = 0; i < plain; i += 3) {
    Case which = all[i];
    which.start = Start::bias;
    which.epilogue = i % 2 ? Epilogue::relu : Epilogue::none;
    all.push_back(which);
    which.start = Start::accumulate;
    which.epilogue = i % 2 ? Epilogue::none : Epilogue::relu;
    all.push_back(which);
  }
  return all;
}

TEST(Gemm, EqualsTheReference) {
  for (const Kernels* table : tables()) {
    for (const Case& which : cases()) {
      const Problem problem(which);
      EXPECT_EQ(problem.difference(result_of(*table, which)), "") << table->name << " " << which;
    }
  }
}

TEST(Gemm, TheToleranceSeesAWrongElement) {
  const Case which{65, 33, 70};
  const Problem problem(which);
  std::vector<real> result = result_of(kernels(), which);
  ASSERT_EQ(problem.difference(result), "");
  real& victim = result[64 * 33 + 32];
  victim += real{1} / 1024;
  EXPECT_NE(problem.difference(result), "");
  victim = std::numeric_limits<real>::quiet_NaN();
  EXPECT_NE(problem.difference(result), "");
}

TEST(Gemm, SeesAWriteBetweenTheElements) {
  const Case which{5, 6, 7, Layout::strided};
  const Problem problem(which);
  std::vector<real> result = result_of(kernels(), which);
  ASSERT_EQ(problem.difference(result), "");
  result[1] += 1;
  EXPECT_NE(problem.difference(result), "");
}

TEST(Gemm, Avx2AndAvx512GiveTheSameBits) {
  const Kernels* avx2 = kernels_named("avx2");
  const Kernels* avx512 = kernels_named("avx512");
  if (!avx2 || !avx512) GTEST_SKIP() << "needs a machine with both";
  for (const Case& which : cases()) {
    EXPECT_TRUE(same_bits(result_of(*avx2, which), result_of(*avx512, which))) << which;
  }
}

// The derivative of a relu, behind a product: all layouts, ragged sizes, narrow outputs, several
// blocks; y apart from C, and C itself where sums are short enough. Not among cases(), whose hash
// is fixed.
std::vector<Case> cases_of_relu_backward() {
  std::vector<Case> all;
  const auto add = [&](Index m, Index n, Index k, Layout layout) {
    for (const Start start : {Start::null, Start::bias, Start::accumulate}) {
      all.push_back({m, n, k, layout, start, Epilogue::relu_backward});
    }
    if (k <= most_terms_in_place) {
      all.push_back({m, n, k, layout, Start::null, Epilogue::relu_backward, true});
    }
  };
  for (const Layout layout : {Layout::nn, Layout::nt, Layout::tn, Layout::tt, Layout::strided}) {
    for (const Index m : {1, 12, 37}) {
      for (Index n = 1; n <= 4; ++n) {
        for (const Index k : {0, 15, 16, 17, 40}) add(m, n, k, layout);
      }
    }
    for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{{7, 5, 300},
                                                                   {65, 33, 70},
                                                                   {1, 70, 9},
                                                                   {3, 130, 21},
                                                                   {40, 64, 3},
                                                                   {64, 64, 64},
                                                                   {97, 96, 130},
                                                                   {2, 64, 200},
                                                                   {0, 3, 4},
                                                                   {3, 0, 4},
                                                                   {5, 40, 0},
                                                                   {14, 5, 600},
                                                                   {14, 3, 600},
                                                                   {100, 40, 512},
                                                                   {13, 3, 512}}) {
      add(m, n, k, layout);
    }
  }
  add(200, 64, 2, Layout::nn);  // the note's dh = dy W
  add(301, 67, 513, Layout::nn);
  add(67, 33, 1030, Layout::tn);
  add(16, 1600, 20, Layout::nt);
  return all;
}

TEST(Gemm, ReluBackwardEqualsTheReference) {
  for (const Case& which : cases_of_relu_backward()) {
    const Problem problem(which);
    EXPECT_EQ(problem.difference(result_of(kernels(), which)), "") << which;
  }
}

// Where y is positive or NaN, the bits of the plain product; elsewhere a positive zero.
TEST(Gemm, ReluBackwardSelectsThePlainProduct) {
  for (const Kernels* table : tables()) {
    for (const Case& which : cases_of_relu_backward()) {
      const Problem problem(which);
      Case plain = which;
      plain.epilogue = Epilogue::none;
      std::vector<real> expected = result_of(*table, plain);
      const Gemm& g = problem.gemm;
      std::vector<bool> in_c(expected.size());
      for (Index i = 0; i < g.m; ++i) {
        for (Index j = 0; j < g.n; ++j) {
          const auto at = static_cast<std::size_t>(i * g.c_row + j * g.c_col);
          in_c[at] = true;
          if (g.y[at] <= 0) expected[at] = 0;
        }
      }
      for (std::size_t at = 0; at < expected.size(); ++at) {
        if (!in_c[at]) expected[at] = problem.c[at];  // between the elements, as it was
      }
      EXPECT_TRUE(same_bits(result_of(*table, which), expected)) << table->name << " " << which;
    }
  }
}

TEST(Gemm, ReluBackwardGivesTheSameBitsWithAvx2AndAvx512) {
  const Kernels* avx2 = kernels_named("avx2");
  const Kernels* avx512 = kernels_named("avx512");
  if (!avx2 || !avx512) GTEST_SKIP() << "needs a machine with both";
  for (const Case& which : cases_of_relu_backward()) {
    EXPECT_TRUE(same_bits(result_of(*avx2, which), result_of(*avx512, which))) << which;
  }
}

// What is not selected is 0, not 0 times what it was.
TEST(Gemm, ReluBackwardDropsNanAndInfinity) {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const real infinity = std::numeric_limits<real>::infinity();
  for (const Kernels* table : tables()) {
    for (const Index n : {2, 7, 40}) {
      for (const bool y_is_c : {false, true}) {
        Workspace workspace(table->gemm_workspace);
        Problem problem(Case{20, n, 33, Layout::nn, Start::null, Epilogue::relu_backward, y_is_c});
        const std::vector<real> y = y_is_c ? problem.c : problem.y;
        for (Index i = 0; i < 20; ++i) {
          problem.a[std::size_t(i * 33 + i)] = i % 2 ? nan : infinity;
          problem.a[std::size_t(i * 33 + i + 1)] = -infinity;
        }
        table->gemm(problem.gemm, workspace.data);
        for (std::size_t at = 0; at < std::size_t(20 * n); ++at) {
          EXPECT_EQ(std::isfinite(problem.c[at]), y[at] <= 0) << table->name << " " << at;
          if (y[at] <= 0) {
            EXPECT_EQ(problem.c[at], 0) << table->name << " " << at;
          }
        }
      }
    }
  }
}

// Whether a product makes them in passing or afterwards.
TEST(Gemm, ColumnSumsAreThoseOfSum) {
  for (const Kernels* table : tables()) {
    Workspace workspace(table->gemm_workspace);
    for (const Epilogue epilogue : {Epilogue::none, Epilogue::relu, Epilogue::relu_backward}) {
      for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{{200, 64, 2},
                                                                     {37, 16, 3},
                                                                     {37, 32, 1},
                                                                     {1000, 112, 4},
                                                                     {9, 40, 4},
                                                                     {40, 7, 2},
                                                                     {5, 64, 0},
                                                                     {0, 64, 2},
                                                                     {65, 96, 70},
                                                                     {70, 3, 40}}) {
        const Case which{m, n, k, Layout::nn, Start::null, epilogue};
        Problem problem(which);
        std::vector<real> sums(static_cast<std::size_t>(n), 7), expected(sums.size(), 8);
        problem.gemm.column_sums = sums.data();
        table->gemm(problem.gemm, workspace.data);
        table->sum(1, m, n, problem.c.data(), expected.data(), false);
        EXPECT_TRUE(same_bits(sums, expected)) << table->name << " " << which;
        EXPECT_EQ(problem.difference(problem.c), "") << table->name << " " << which;
      }
    }
  }
}

TEST(Gemm, ColumnSumsOnSeveralThreads) {
  const int before = num_threads();
  set_num_threads(3);
  Problem problem(Case{3000, 64, 4, Layout::nn, Start::null, Epilogue::relu_backward});
  std::vector<real> sums(64, 7), expected(64, 8);
  problem.gemm.column_sums = sums.data();
  gemm(problem.gemm);
  kernels().sum(1, 3000, 64, problem.c.data(), expected.data(), false);
  EXPECT_TRUE(same_bits(sums, expected));
  set_num_threads(before);
}

// Element (i, j) computed by itself, with other strides, is the element of the whole.
TEST(Gemm, StridesAndRowSplitsDoNotChangeBits) {
  for (const auto& [m, n, k] : std::vector<std::array<Index, 3>>{
           {301, 67, 130}, {40, 3, 200}, {40, 3, 15}, {37, 4, 70}, {70, 6, 40}, {2, 64, 90}}) {
    const Case which{m, n, k};
    Problem whole(which);
    Workspace workspace(kernels().gemm_workspace);
    kernels().gemm(whole.gemm, workspace.data);

    // A stored by columns, B by columns, C by columns.
    std::vector<real> a(whole.a.size()), b(whole.b.size()), c(whole.c.size());
    for (Index i = 0; i < m; ++i) {
      for (Index p = 0; p < k; ++p) a[std::size_t(p * m + i)] = whole.a[std::size_t(i * k + p)];
    }
    for (Index j = 0; j < n; ++j) {
      for (Index p = 0; p < k; ++p) b[std::size_t(j * k + p)] = whole.b[std::size_t(p * n + j)];
    }
    Gemm g{m, n, k, a.data(), 1, m, b.data(), 1, k, c.data(), 1, m};
    for (Index first = 0; first < m; first += 9) {  // nine rows at a time
      Gemm part = g;
      part.m = std::min<Index>(9, m - first);
      part.a += first;
      part.c += first;
      kernels().gemm(part, workspace.data);
    }
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < n; ++j) {
        const real x = c[std::size_t(j * m + i)], y = whole.c[std::size_t(i * n + j)];
        ASSERT_EQ(std::memcmp(&x, &y, sizeof x), 0) << which << " at " << i << ", " << j;
      }
    }
  }
}

TEST(Gemm, IsOneChainOfFusedMultiplyAdds) {
  const bool fused = std::string(kernels().name) != "baseline";
  if (!fused) GTEST_SKIP() << "this table multiplies, then adds";
  // k in one block and in three; m and n end in a part of a tile. A is read where it lies, copied
  // by rows and packed; B is packed in both ways.
  for (const Case& which :
       {Case{9, 40, 700}, Case{70, 35, 530, Layout::nt, Start::bias},
        Case{63, 137, 530, Layout::nt, Start::bias}, Case{90, 137, 400, Layout::nt, Start::bias},
        Case{107, 137, 530, Layout::nn, Start::accumulate, Epilogue::relu},
        Case{107, 137, 530, Layout::tn, Start::accumulate},
        Case{107, 137, 530, Layout::strided, Start::accumulate}}) {
    const Problem before(which);
    const Gemm& g = before.gemm;
    const std::vector<real> result = result_of(kernels(), which);
    for (Index i = 0; i < g.m; ++i) {
      for (Index j = 0; j < g.n; ++j) {
        real chain = g.start ? g.start[i * g.start_row + j * g.start_col] : 0;
        for (Index p = 0; p < g.k; ++p) {
          chain = std::fma(g.a[i * g.a_row + p * g.a_col], g.b[p * g.b_row + j * g.b_col], chain);
        }
        if (which.epilogue == Epilogue::relu && chain <= 0) chain = 0;
        ASSERT_EQ(result[std::size_t(i * g.c_row + j * g.c_col)], chain)
            << which << " at " << i << ", " << j;
      }
    }
  }
}

TEST(Gemm, NarrowIsSixteenChainsFoldedInHalves) {
  const bool fused = std::string(kernels().name) != "baseline";
  if (!fused) GTEST_SKIP() << "this table multiplies, then adds";
  const Case which{23, 3, 75, Layout::tn, Start::bias};
  const Problem problem(which);
  const std::vector<real> result = result_of(kernels(), which);
  for (Index i = 0; i < which.m; ++i) {
    for (Index j = 0; j < which.n; ++j) {
      real chain[16] = {};
      for (Index p = 0; p < which.k; ++p) {
        chain[p % 16] = std::fma(problem.a[std::size_t(p * which.m + i)],
                                 problem.b[std::size_t(p * which.n + j)], chain[p % 16]);
      }
      for (int half = 8; half > 0; half /= 2) {
        for (int l = 0; l < half; ++l) chain[l] += chain[l + half];
      }
      ASSERT_EQ(result[std::size_t(i * which.n + j)], problem.bias[std::size_t(j)] + chain[0]);
    }
  }
}

#ifndef HANDFLOW_DOUBLE

std::uint64_t hash_of_all(const Kernels& table) {
  std::uint64_t state = 14695981039346656037ull;
  for (const Case& which : cases()) state = testing::hash(result_of(table, which), state);
  return state;
}

// What every machine with fused multiply-adds, every compiler and every optimisation level gives;
// and what those without give.
TEST(Gemm, HashOfTheBits) {
  for (const Kernels* table : tables()) {
#ifdef __aarch64__
    const bool fused = true;
#else
    const bool fused = std::string(table->name) != "baseline";
#endif
    EXPECT_EQ(hash_of_all(*table), fused ? 12458170005902467345ull : 11018195252323370504ull)
        << table->name;
  }
}

#endif

TEST(Gemm, ThreadsDoNotChangeBits) {
  const int before = num_threads();
  for (const Case& which :
       {Case{301, 67, 130}, Case{1500, 3, 70, Layout::tn, Start::bias},
        Case{64, 130, 64, Layout::nt, Start::accumulate, Epilogue::relu},
        Case{301, 67, 130, Layout::nn, Start::null, Epilogue::relu_backward},
        Case{301, 67, 130, Layout::nt, Start::null, Epilogue::relu_backward, true},
        Case{1500, 3, 70, Layout::tn, Start::accumulate, Epilogue::relu_backward},
        Case{40, 259, 64, Layout::tn, Start::bias, Epilogue::relu_backward, true},
        Case{5, 193, 300, Layout::strided, Start::accumulate}}) {
    std::vector<real> one_thread;
    for (const int threads : {1, 2, 3, 4}) {
      set_num_threads(threads);
      Problem problem(which);
      gemm(problem.gemm);
      if (threads == 1) {
        EXPECT_EQ(problem.difference(problem.c), "") << which;
        one_thread = problem.c;
      }
      EXPECT_TRUE(same_bits(problem.c, one_thread)) << which << " with " << threads;
    }
  }
  set_num_threads(before);
}

TEST(Gemm, NanAndInfinityGoWhereTheyBelong) {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const real infinity = std::numeric_limits<real>::infinity();
  for (const Kernels* table : tables()) {
    Workspace workspace(table->gemm_workspace);
    for (const Layout layout : {Layout::nn, Layout::nt, Layout::tn, Layout::strided}) {
      for (const Index n : {2, 7, 40}) {
        Problem problem(Case{20, n, 33, layout});
        problem.gemm.epilogue = Epilogue::relu;  // must let NaN pass
        for (Index j = 0; j < n; ++j) {          // positive, so that the signs below are known
          for (Index p = 0; p < 33; ++p) {
            problem.b[std::size_t(p * problem.gemm.b_row + j * problem.gemm.b_col)] = real{0.5};
          }
        }
        const auto a = [&](Index i, Index p) -> real& {
          return problem.a[std::size_t(i * problem.gemm.a_row + p * problem.gemm.a_col)];
        };
        a(3, 32) = nan;
        a(11, 5) = infinity;
        a(12, 31) = -infinity;
        a(19, 0) = infinity, a(19, 16) = -infinity;
        table->gemm(problem.gemm, workspace.data);
        for (Index i = 0; i < 20; ++i) {
          for (Index j = 0; j < n; ++j) {
            const real c = problem.c[std::size_t(i * problem.gemm.c_row + j * problem.gemm.c_col)];
            if (i == 3 || i == 19) {
              EXPECT_TRUE(std::isnan(c)) << table->name << " " << i << ", " << j;
            } else if (i == 11) {
              EXPECT_EQ(c, infinity) << table->name << " " << i << ", " << j;
            } else if (i == 12) {
              EXPECT_EQ(c, 0) << table->name << " " << i << ", " << j;
            } else {
              EXPECT_TRUE(std::isfinite(c)) << table->name << " " << i << ", " << j;
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace autograd
