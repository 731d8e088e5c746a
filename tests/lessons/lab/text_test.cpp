#include "lessons/lab/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

namespace lab {
namespace {

TEST(Text, NumbersInColumnsAreFixedWhereThatSaysEnough) {
  EXPECT_EQ(column_number(0.8812345678), "0.881235");
  EXPECT_EQ(column_number(0.0), "0.000000");
  EXPECT_EQ(column_number(-1.5e-9), "-1.500e-09");
  EXPECT_EQ(column_number(2e7), "2.000e+07");
  EXPECT_EQ(column_number(std::nan("")), "nan");
  EXPECT_EQ(column_number(-std::nan("")), "nan");
  EXPECT_EQ(column_number(-std::numeric_limits<double>::infinity()), "-inf");
}

TEST(Text, ExactNumbersReadBackExactly) {
  EXPECT_EQ(exact_number(0.1), "0.1");
  EXPECT_EQ(exact_number(200.0), "200");
  std::mt19937_64 words(1);
  for (int i = 0; i < 10000; ++i) {
    const double value =
        std::ldexp(static_cast<double>(words()), static_cast<int>(words() % 2000) - 1070);
    EXPECT_EQ(std::strtod(exact_number(value).c_str(), nullptr), value);
  }
  for (double value : {std::numeric_limits<double>::denorm_min(), 1e308, 1.0 / 3.0, -0.0}) {
    const double back = std::strtod(exact_number(value).c_str(), nullptr);
    EXPECT_EQ(back, value);
    EXPECT_EQ(std::signbit(back), std::signbit(value));
  }
  EXPECT_EQ(exact_number(std::nan("")), "nan");
}

TEST(Text, WidthCountsCharactersNotBytes) {
  EXPECT_EQ(display_width("a·b"), 3U);
  EXPECT_EQ(pad_right("π", 3), "π  ");
  EXPECT_EQ(pad_left("π", 3), "  π");
  EXPECT_EQ(pad_left("long", 2), "long");
}

TEST(Text, WrapBreaksAtSpacesOnly) {
  const std::vector<std::string> expected = {"one two", "three", "muchtoolong", "x"};
  EXPECT_EQ(wrap("one two three muchtoolong x", 8), expected);
  const std::vector<std::string> kept = {"a", "", "b"};
  EXPECT_EQ(wrap("a\n\nb", 8), kept);
  EXPECT_TRUE(wrap("", 8).empty());
}

TEST(Text, LinesStayAsTheyAre) {
  const std::vector<std::string> expected = {"a   b", "", " c"};
  EXPECT_EQ(split_lines("a   b\n\n c"), expected);
  EXPECT_EQ(split_lines("a   b\n\n c\n"), expected);
  EXPECT_TRUE(split_lines("").empty());
}

TEST(Text, OneLineIsOneLine) { EXPECT_EQ(one_line("a\nb\n\n"), "a b"); }

}  // namespace
}  // namespace lab
