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

std::vector<float> uniforms(const std::vector<std::uint32_t>& words) {
  std::vector<float> y(words.size());
  kernels().uniform(static_cast<Index>(words.size()), words.data(), y.data());
  return y;
}

TEST(Normal, IsBoxMullersFormula) {
  for (const Kernels* table : tables()) {
    for (const Index n : {0, 16, 32, 240, 256, 272, 512, 1600}) {
      std::vector<std::uint32_t> words = reference::mt19937(11, n);
      for (const std::size_t edge : {0U, 3U, 9U}) {  // the smallest and the largest uniforms
        if (edge < words.size()) words[edge] = 0;
        if (edge + 1 < words.size()) words[edge + 1] = 0xffffffffU;
      }
      const std::vector<double> expected = reference::normal(uniforms(words));
      std::vector<float> y(size(n) + 1, 77);
      table->normal(n, words.data(), y.data());
      EXPECT_EQ(y.back(), 77);
      for (std::size_t i = 0; i < size(n); ++i) {
        ASSERT_NEAR(double{y[i]}, expected[i], tolerance) << table->name << " " << i;
      }
    }
  }
}

#ifndef HANDFLOW_DOUBLE
// Cheaper than what the kernels of log, sqrt, sin and cos do, but the same bits: for all 2^24 u1,
// and all 2^24 u2.
TEST(Normal, TakesNoOtherBitsThanTheKernelsOfTheFormula) {
  constexpr std::uint32_t pairs = 1U << 12;
  std::vector<std::uint32_t> words(2 * pairs);
  std::vector<float> u1(pairs), angle(pairs), log_u1(pairs), radius(pairs), sin(pairs), cos(pairs);
  std::vector<float> expected(2 * pairs), y(2 * pairs);
  for (const Kernels* table : tables()) {
    for (std::uint32_t begin = 0; begin < 1U << 24; begin += pairs) {
      for (std::uint32_t i = 0; i < pairs; ++i) {
        const std::uint32_t word1 = begin + i, word2 = 0x9e3779b1U * word1;  // odd: takes all, too
        words[i / 8 * 16 + i % 8] = word1;
        words[i / 8 * 16 + i % 8 + 8] = word2;
        u1[i] = 1.0F - static_cast<float>(word1) * 0x1p-24F;
        angle[i] = 6.2831855F * (static_cast<float>(word2 & 0xffffffU) * 0x1p-24F);
      }
      table->log.forward(pairs, u1.data(), log_u1.data(), 0, 0);
      table->sin.forward(pairs, angle.data(), sin.data(), 0, 0);
      table->cos.forward(pairs, angle.data(), cos.data(), 0, 0);
      for (float& x : log_u1) x *= -2.0F;
      table->sqrt.forward(pairs, log_u1.data(), radius.data(), 0, 0);
      for (std::uint32_t i = 0; i < pairs; ++i) {
        expected[i / 8 * 16 + i % 8] = radius[i] * cos[i];
        expected[i / 8 * 16 + i % 8 + 8] = radius[i] * sin[i];
      }
      table->normal(2 * pairs, words.data(), y.data());
      const std::size_t bytes = y.size() * sizeof y[0];
      ASSERT_EQ(std::memcmp(y.data(), expected.data(), bytes), 0)
          << table->name << " " << begin << ": " << difference(y, expected);
    }
  }
}
#endif

TEST(Normal, TheToleranceSeesExchangedHalves) {
  std::vector<float> x = uniforms(reference::mt19937(11, 16));
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
