#include "tests/lessons/output.h"

#include <gtest/gtest.h>

namespace {

const std::string expected =
    "euler: How?\n"
    "  seed 42 · steps 100000\n"
    "~ kernels avx512\n"
    "\n"
    "       steps   distance\n"
    "           5   9.999990\n"
    " 2 ┤   ⠄       ⠒\n"
    "ok    order of Euler          |1.02 - 1| <= 0.15\n"
    "[[9.4830, -0.6694],\n";

/// `expected` with one piece replaced.
std::string with(const std::string& piece, const std::string& other) {
  const std::size_t at = expected.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return std::string(expected).replace(at, piece.size(), other);
}

bool agree(const std::string& actual) { return compare_outputs(expected, actual).empty(); }

TEST(CompareOutputs, TheSameAgrees) { EXPECT_TRUE(agree(expected)); }

TEST(CompareOutputs, MachinesAndRoundingMayDiffer) {
  EXPECT_TRUE(agree(with("~ kernels avx512\n", "")));
  EXPECT_TRUE(agree(with("~ kernels avx512", "~ kernels avx2")));
  EXPECT_TRUE(agree(with("~ kernels avx512", "~ kernels avx2\ngnuplot not found: ...")));
  EXPECT_TRUE(agree(with("   9.999990", "  10.000010"))) << "another width";
  EXPECT_TRUE(agree(with("|1.02 - 1|", "|1.02005 - 1|")));
  EXPECT_TRUE(agree(with("-0.6694", "-0.66942")));
}

TEST(CompareOutputs, EveryOtherChangeIsSeen) {
  EXPECT_FALSE(agree(with("How?", "Why?")));
  EXPECT_FALSE(agree(with("seed 42", "seed 43")));
  EXPECT_FALSE(agree(with("100000", "100001"))) << "whole numbers are exact";
  EXPECT_FALSE(agree(with("9.999990", "9.998000")));
  EXPECT_FALSE(agree(with("9.999990", "nan")));
  EXPECT_FALSE(agree(with("1.02", "1.03")));
  EXPECT_FALSE(agree(with("-0.6694", "0.6694")));
  EXPECT_FALSE(agree(with("0.15", "0.16")));
  EXPECT_FALSE(agree(with("<=", ">=")));
  EXPECT_FALSE(agree(with("-0.6694],", "-0.6694]]")));
  EXPECT_FALSE(agree(with("ok ", "FAIL ")));
  EXPECT_FALSE(agree(with("⠒", "⠓"))) << "one dot of a plot";
  EXPECT_FALSE(agree(with("⠄       ⠒", "⠄        ⠒"))) << "a plot's spaces";
  EXPECT_FALSE(agree(with("\n\n", "\n"))) << "a blank line";
  EXPECT_FALSE(agree(with("[[9.4830, -0.6694],\n", "")));
  EXPECT_FALSE(agree(expected + "one line more\n"));
  EXPECT_FALSE(agree(with("euler: How?\n", "")));
  EXPECT_FALSE(agree(""));
}

TEST(CompareOutputs, TheLineIsNamed) {
  const auto differences = compare_outputs("a\nb 1.5\n", "a\nb 1.6\n");
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0], "line 2 must be\n    b 1.5\nand is\n    b 1.6");
}

}  // namespace
