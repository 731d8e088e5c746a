#include <gtest/gtest.h>

#include "autograd/kernels/reference.h"
#include "support.h"

namespace autograd {
namespace {

using namespace testing;

constexpr double lr = 0.01, beta1 = 0.9, beta2 = 0.999, eps = 1e-8;

AdamStep step_number(int t) {
  return {static_cast<real>(beta1),
          static_cast<real>(1 - beta1),
          static_cast<real>(beta2),
          static_cast<real>(1 - beta2),
          static_cast<real>(lr / (1 - std::pow(beta1, t))),
          static_cast<real>(std::sqrt(1 - std::pow(beta2, t))),
          static_cast<real>(eps)};
}

// Parameters and moments before and after some steps, each element followed by one nobody may
// touch.
struct State {
  std::vector<real> p, m, v;
};

State run(const Kernels& table, Index n, int steps) {
  State state{numbers(n + 1, -2, 2, 1), std::vector<real>(size(n) + 1),
              std::vector<real>(size(n) + 1)};
  state.p.back() = state.m.back() = state.v.back() = 77;
  for (int t = 1; t <= steps; ++t) {
    const std::vector<real> g = numbers(n, -2, 2, 10 + static_cast<std::uint32_t>(t));
    table.adam(n, step_number(t), g.data(), state.p.data(), state.m.data(), state.v.data());
  }
  for (std::vector<real>* part : {&state.p, &state.m, &state.v}) {
    EXPECT_EQ(part->back(), 77);
    part->pop_back();
  }
  return state;
}

TEST(AdamKernel, FollowsTheReference) {
  constexpr int steps = 20;
  for (const Kernels* table : tables()) {
    for (const Index n : lengths) {
      const State mine = run(*table, n, steps);
      const std::vector<real> start = numbers(n + 1, -2, 2, 1);
      for (std::size_t i = 0; i < size(n); ++i) {
        reference::AdamState exact{double{start[i]}, 0, 0};
        for (int t = 1; t <= steps; ++t) {
          const real g = numbers(n, -2, 2, 10 + static_cast<std::uint32_t>(t))[i];
          exact = reference::adam(exact, double{g}, lr, beta1, beta2, eps, t);
        }
        // Each step rounds p once, and moves it by at most lr, with a few roundings of the move.
        ASSERT_TRUE(close(mine.p[i], exact.p, steps, 2)) << table->name << " n = " << n;
        ASSERT_TRUE(close(mine.m[i], exact.m, steps, 2));
        ASSERT_TRUE(close(mine.v[i], exact.v, 2 * steps));
      }
    }
  }
}

TEST(AdamKernel, TheToleranceSeesAMissingCorrection) {
  for (const double change : {1e-3, -1e-3}) {
    AdamStep step = step_number(5);
    step.sqrt_correction2 *= static_cast<real>(1 + change);
    const std::vector<real> g = {1};
    std::vector<real> p = {1}, m = {0}, v = {0};
    kernels().adam(1, step, g.data(), p.data(), m.data(), v.data());
    std::vector<real> q = {1}, m2 = {0}, v2 = {0};
    kernels().adam(1, step_number(5), g.data(), q.data(), m2.data(), v2.data());
    EXPECT_FALSE(close(p[0], double{q[0]}, 20, 2));
  }
}

// Without a gradient the moments shrink, and in float they are zero before they are too small to be
// computed with at full speed. A weight that moved before has long come to rest. With eps = 0 the
// smallest moments still count.
TEST(AdamKernel, MomentsDoNotLingerBelowTheSmallestNormalNumber) {
  const auto after_step = [](const Kernels& table, double m_before, double v_before,
                             double epsilon) {
    const std::vector<real> g = {0};
    State state{{1}, {static_cast<real>(m_before)}, {static_cast<real>(v_before)}};
    AdamStep step = step_number(1000);
    step.eps = static_cast<real>(epsilon);
    table.adam(1, step, g.data(), state.p.data(), state.m.data(), state.v.data());
    return state;
  };
  for (const Kernels* table : tables()) {
    const State small = after_step(*table, 1.1e-30, 1.1755e-38, eps);
    EXPECT_EQ(small.m[0] == 0, sizeof(real) == 4) << table->name;
    EXPECT_EQ(small.v[0] == 0, sizeof(real) == 4) << table->name;
    EXPECT_EQ(small.p[0], 1) << table->name;

    const State larger = after_step(*table, 1.2e-30, 1.2e-38, eps);
    EXPECT_NE(larger.m[0], 0) << table->name;
    EXPECT_NE(larger.v[0], 0) << table->name;

    const State counted = after_step(*table, 1e-19, 1e-38, 0);
    EXPECT_NE(counted.v[0], 0) << table->name;
    EXPECT_TRUE(std::isfinite(counted.p[0])) << table->name;
    EXPECT_LT(counted.p[0], 1) << table->name;
  }
}

// A vanishing gradient does not divide by zero, and NaN spoils its own element alone.
TEST(AdamKernel, SpecialGradients) {
  for (const Kernels* table : tables()) {
    std::vector<real> g(40, 0), p(40, 1), m(40, 0), v(40, 0);
    g[7] = not_a_number;
    table->adam(40, step_number(1), g.data(), p.data(), m.data(), v.data());
    for (std::size_t i = 0; i < 40; ++i) {
      if (i == 7) {
        EXPECT_TRUE(std::isnan(p[i])) << table->name;
      } else {
        EXPECT_EQ(p[i], 1) << table->name;
      }
    }
  }
}

}  // namespace
}  // namespace autograd
