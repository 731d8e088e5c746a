#include <gtest/gtest.h>

#include <array>

#include "autograd/kernels/reference.h"
#include "support.h"

namespace autograd {
namespace {

using namespace testing;

using Words = std::array<std::uint32_t, 624>;

// The state that a seed starts from (Matsumoto & Nishimura 2002).
Words seeded(std::uint32_t seed) {
  Words state;
  state[0] = seed;
  for (std::uint32_t i = 1; i < state.size(); ++i) {
    state[i] = 1812433253U * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
  }
  return state;
}

TEST(Mt19937, IsTheStandardLibrarys) {
  for (const Kernels* table : tables()) {
    for (const std::uint32_t seed : {0U, 1U, 5489U, 0xffffffffU}) {
      Words state = seeded(seed), words;
      std::vector<std::uint32_t> mine;
      for (int block = 0; block < 7; ++block) {
        table->mt19937(state.data(), words.data());
        mine.insert(mine.end(), words.begin(), words.end());
      }
      const std::vector<std::uint32_t> expected =
          reference::mt19937(seed, static_cast<Index>(mine.size()));
      EXPECT_EQ(mine, expected) << table->name << " seed " << seed;
      EXPECT_NE(mine, reference::mt19937(seed + 1, static_cast<Index>(mine.size())));
    }
  }
}

TEST(Uniform, IsTheLow24BitsOfAWord) {
  std::vector<std::uint32_t> words = reference::mt19937(3, 1000);
  words[0] = 0;
  words[1] = 0xffffffU;
  words[2] = 0xffffffffU;
  words[3] = 0xff000000U;
  for (const Kernels* table : tables()) {
    for (const Index n : lengths) {
      std::vector<float> y(size(n) + 1, 77);
      table->uniform(n, words.data(), y.data());
      for (std::size_t i = 0; i < size(n); ++i) {
        ASSERT_EQ(double{y[i]}, static_cast<double>(words[i] % (1U << 24)) / (1 << 24));
        ASSERT_LT(y[i], 1);
      }
      EXPECT_EQ(y.back(), 77);
    }
  }
}

// The distance that PyTorch's own values may have, and more than twice what these have.
constexpr double tolerance = 4e-6;

std::vector<float> uniforms(Index n) {
  const std::vector<std::uint32_t> words = reference::mt19937(11, n);
  std::vector<float> y(size(n));
  kernels().uniform(n, words.data(), y.data());
  return y;
}

TEST(Normal, IsBoxMullersFormula) {
  for (const Kernels* table : tables()) {
    for (const Index n : {0, 16, 32, 240, 256, 272, 512, 1600}) {
      std::vector<float> x = uniforms(n);
      for (const std::size_t edge : {0U, 3U, 9U}) {  // the smallest and the largest uniforms
        if (edge < x.size()) x[edge] = 0;
        if (edge + 1 < x.size()) x[edge + 1] = 1 - 0x1p-24F;
      }
      const std::vector<double> expected = reference::normal(x);
      std::vector<float> y = x;
      y.push_back(77);
      table->normal(n, y.data());
      EXPECT_EQ(y.back(), 77);
      for (std::size_t i = 0; i < size(n); ++i) {
        ASSERT_NEAR(double{y[i]}, expected[i], tolerance) << table->name << " " << i;
      }
    }
  }
}

TEST(Normal, TheToleranceSeesExchangedHalves) {
  std::vector<float> x = uniforms(16);
  const std::vector<double> expected = reference::normal(x);
  for (std::size_t i = 0; i < 8; ++i) std::swap(x[i], x[i + 8]);
  const std::vector<double> exchanged = reference::normal(x);
  double least = 1;
  for (std::size_t i = 0; i < 16; ++i) {
    least = std::min(least, std::abs(expected[i] - exchanged[i]));
  }
  EXPECT_GT(least, tolerance);
}

}  // namespace
}  // namespace autograd
