#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "autograd/gemm.h"
#include "autograd/parallel.h"
#include "support.h"

// Which table is chosen, and that the choice does not show: the kernels of all instruction sets
// give the same bits. (The matrix product's are in gemm_test.cpp.)

namespace autograd {
namespace {

using namespace ::autograd::testing;

TEST(Dispatch, TablesGoByTheirNames) {
  EXPECT_EQ(kernels_named(nullptr), nullptr);
  EXPECT_EQ(kernels_named(""), nullptr);
  EXPECT_EQ(kernels_named("avx"), nullptr);
  EXPECT_EQ(kernels_named("AVX2"), nullptr);
  ASSERT_NE(kernels_named("baseline"), nullptr);
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    const Kernels* table = kernels_named(name);
    if (table) {
      EXPECT_STREQ(table->name, name);
    }
  }
  EXPECT_EQ(kernels_named(kernels().name), &kernels());
}

// Every member is there, in every table.
TEST(Dispatch, TablesAreComplete) {
  static_assert(sizeof(Kernels) % sizeof(void*) == 0);
  for (const Kernels* table : tables()) {
    for (const BinaryKernel* kernel : {&table->add, &table->sub, &table->mul, &table->div}) {
      EXPECT_TRUE(kernel->forward && kernel->backward_a && kernel->backward_b) << table->name;
    }
    for (const UnaryKernel* kernel :
         {&table->neg, &table->relu, &table->silu, &table->tanh, &table->sigmoid, &table->exp,
          &table->log, &table->sin, &table->cos, &table->sqrt, &table->square, &table->pow,
          &table->abs, &table->clamp}) {
      EXPECT_TRUE(kernel->forward && kernel->backward) << table->name;
    }
    EXPECT_TRUE(table->fill && table->copy && table->scale && table->copy_rows && table->cat &&
                table->repeat && table->transpose && table->sum && table->max &&
                table->softmax.forward && table->softmax.backward && table->log_softmax.forward &&
                table->log_softmax.backward && table->squared_error &&
                table->squared_error_backward && table->adam && table->gemm && table->mt19937 &&
                table->uniform && table->normal)
        << table->name;
  }
}

// The environment is read once, so each choice needs a process of its own: the child of a death
// test, run anew.
void expect_choice(const char* wanted, const char* expected) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        wanted ? setenv("HANDFLOW_ISA", wanted, 1) : unsetenv("HANDFLOW_ISA");
        std::fprintf(stderr, "chose %s.", kernels().name);
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), std::string("chose ") + expected + "\\.")
      << (wanted ? wanted : "(unset)");
}

TEST(DispatchDeathTest, TheEnvironmentMayNarrowTheChoice) {
  const char* const widest = tables().back()->name;
  expect_choice(nullptr, widest);
  expect_choice("nonsense", widest);
  expect_choice("", widest);
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    expect_choice(name, kernels_named(name) ? name : widest);
  }
}

// A hash of what every kernel besides pow (the C library's) and the matrix product gives on fixed
// inputs; elementwise_test.cpp has the one of the elementwise kernels.
std::uint64_t everything_else(const Kernels& table) {
  std::uint64_t state = 1;
  const auto number = [](double value) { return static_cast<real>(value); };
  const auto result = [&](Index n, auto f) {
    std::vector<real> y(size(n), real{0.25});
    f(y.data());
    state = hash(y, state);
  };
  for (const Index n : lengths) {
    const std::vector<real> x = numbers(n, -2, 2, 1), z = numbers(n, -2, 2, 2);
    for (const bool add : {false, true}) {
      result(n, [&](real* y) { table.copy(n, x.data(), y, add); });
      result(n, [&](real* y) { table.scale(n, number(0.3), x.data(), y, add); });
      result(n, [&](real* y) {
        table.squared_error_backward(n, number(0.7), x.data(), z.data(), y, add);
      });
    }
    result(n, [&](real* y) { table.fill(n, number(0.1), y); });
    result(1, [&](real* y) { *y = table.squared_error(n, x.data(), z.data()); });
    for (const Index times : {1, 2, 3, 4, 7}) {
      result(n * times, [&](real* y) { table.repeat(n, times, 1, x.data(), y); });
    }
  }
  // (outer, n, inner)
  const std::array<Index, 3> dims[] = {{1, 1000, 1}, {3, 31, 1},   {1, 12801, 1}, {1, 200, 2},
                                       {1, 201, 3},  {1, 200, 64}, {1, 203, 65},  {1, 99, 131},
                                       {3, 5, 7},    {2, 9, 100},  {1, 77, 16},   {1, 77, 17}};
  for (const auto& [outer, n, inner] : dims) {
    const Index o = outer, count = n, in = inner;
    std::vector<real> x = numbers(o * count * in, -2, 2, 3);
    for (const bool add : {false, true}) {
      result(o * in, [&](real* y) { table.sum(o, count, in, x.data(), y, add); });
      result(count * in, [&](real* y) { table.transpose(count, in, x.data(), y, add); });
    }
    for (const bool with_nan : {false, true}) {
      if (with_nan) x[x.size() / 2] = not_a_number;
      std::vector<Index> positions(size(o * in));
      result(o * in, [&](real* y) { table.max(o, count, in, x.data(), y, positions.data()); });
      state = hash(positions, state);
    }
    if (std::is_same_v<real, double>) continue;  // its exponentials are the C library's
    const std::vector<real> logits = numbers(o * count * in, -9, 9, 6);
    for (const SoftmaxKernel& kernel : {table.softmax, table.log_softmax}) {
      std::vector<real> y(logits.size());
      kernel.forward(o, count, in, logits.data(), y.data());
      state = hash(y, state);
      for (const bool add : {false, true}) {
        result(o * count * in,
               [&](real* dx) { kernel.backward(o, count, in, x.data(), y.data(), dx, add); });
      }
    }
  }
  {
    const Index n = 1001;
    const AdamStep step = {number(0.9),  number(0.1),   number(0.999), number(0.001),
                           number(0.01), number(0.125), number(1e-8)};
    std::vector<real> p = numbers(n, -2, 2, 4), m(size(n)), v(size(n));
    for (std::uint32_t t = 0; t < 5; ++t) {
      const std::vector<real> g = numbers(n, -2, 2, 5 + t);
      table.adam(n, step, g.data(), p.data(), m.data(), v.data());
    }
    state = hash(v, hash(m, hash(p, state)));
  }
  {
    std::vector<std::uint32_t> twister(624), words(624);
    for (std::size_t i = 0; i < 624; ++i) twister[i] = static_cast<std::uint32_t>(i * 2654435761U);
    std::vector<float> y(624);
    for (int block = 0; block < 3; ++block) {
      table.mt19937(twister.data(), words.data());
      table.uniform(624, words.data(), y.data());
      table.normal(624, words.data(), y.data());
      state = hash(y, hash(words, state));
    }
  }
  return state;
}

// What every instruction set, compiler and optimisation level gives.
TEST(Dispatch, TheChoiceDoesNotShowInTheBits) {
  const std::uint64_t expected =
      std::is_same_v<real, float> ? 797154182321036407ULL : 8647622678759001563ULL;
  for (const Kernels* table : tables()) EXPECT_EQ(everything_else(*table), expected) << table->name;
}

TEST(Dispatch, TheHashSeesOneBit) {
  Kernels broken = kernels();
  broken.fill = [](Index n, real value, real* y) {
    kernels().fill(n, value, y);
    if (n == 65) y[64] = std::nextafter(y[64], real{1});
  };
  EXPECT_NE(everything_else(broken), everything_else(kernels()));
}

}  // namespace
}  // namespace autograd
