#include "lessons/lab/plot.h"

#include <cmath>
#include <numbers>
#include <random>
#include <sstream>
#include <stdexcept>

#include "lessons/lab/text.h"
#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

constexpr Ink ascii_ink{};
constexpr Ink unicode_ink{.unicode = true};
constexpr Ink colour_ink{.unicode = true, .colour = true};

std::vector<std::string> rows(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) found.push_back(line);
  return found;
}

/// The text without its colours.
std::string colourless(std::string text) {
  for (std::size_t at = 0; (at = text.find("\033[")) != std::string::npos;) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

bool ascii_only(const std::string& text) {
  for (char c : text) {
    if (c != '\n' && (c < ' ' || c > '~')) return false;
  }
  return true;
}

Series sine(int count) {
  Series series{.label = "sine"};
  for (int i = 0; i < count; ++i) {
    series.x.push_back(4.0 * std::numbers::pi * i / (count - 1));
    series.y.push_back(std::sin(series.x.back()));
  }
  return series;
}

TEST(Scatter, ASmallOneInFull) {
  const std::string text = scatter(
      {{.label = "a", .x = {0, 1, 2}, .y = {0, 1, 2}}, {.label = "b", .x = {0, 2}, .y = {2, 0}}},
      {.title = "corners",
       .x_range = {{0, 2}},
       .y_range = {{0, 2}},
       .width = 24,
       .height = 9,
       .ink = ascii_ink});
  EXPECT_EQ(text,
            "          corners\n"
            "     . a   o b\n"
            "2 +o                   .\n"
            "  |\n"
            "1 +          .\n"
            "  |\n"
            "0 +.                   o\n"
            "  ++-------------------+\n"
            "   0                   2\n");
}

TEST(Scatter, FillsExactlyTheRoomItHas) {
  for (const Ink ink : {ascii_ink, unicode_ink, colour_ink}) {
    for (const auto& [width, height] : {std::pair{72, 20}, {40, 12}, {100, 30}}) {
      const PlotOptions options{.title = "t",
                                .x_label = "x",
                                .y_label = "y",
                                .width = width,
                                .height = height,
                                .ink = ink};
      for (const std::string& text : {scatter({sine(500)}, options), lines({sine(500)}, options)}) {
        EXPECT_EQ(rows(text).size(), static_cast<std::size_t>(height));
        for (const std::string& row : rows(text)) {
          EXPECT_LE(display_width(colourless(row)), static_cast<std::size_t>(width)) << text;
        }
      }
    }
  }
}

TEST(Scatter, AsciiIsAscii) {
  const PlotOptions options{.title = "t", .x_label = "x", .y_label = "y", .ink = ascii_ink};
  EXPECT_TRUE(ascii_only(scatter({sine(500), sine(9)}, options)));
  EXPECT_TRUE(ascii_only(lines({sine(500), sine(9)}, options)));
  EXPECT_FALSE(ascii_only(scatter({sine(500)}, {.ink = unicode_ink})));
}

TEST(Scatter, ADotLiesWhereItsPointDoes) {
  // One point in the lower right dot of the upper left cell: bit 128, U+2880.
  const PlotOptions options{
      .x_range = {{0, 1}}, .y_range = {{0, 1}}, .width = 24, .height = 8, .ink = unicode_ink};
  const std::string text = scatter({{.x = {1.5 / 40}, .y = {1.0 - 3.5 / 24}}}, options);
  EXPECT_HAS(rows(text)[0], "┤\u2880");
  EXPECT_EQ(testing::count_of(text, "\u2880"), 1);
}

TEST(Scatter, ColourChangesNothingElse) {
  const PlotOptions plain{.title = "t", .ink = unicode_ink};
  PlotOptions colour = plain;
  colour.ink = colour_ink;
  EXPECT_EQ(colourless(scatter({sine(300)}, colour)), scatter({sine(300)}, plain));
  EXPECT_HAS_NOT(scatter({sine(300), sine(30)}, plain), "\033");
}

TEST(Scatter, CrowdedCellsAreFuller) {
  // A heavy heap in the middle of thin fog: fog cells must not come out as full as the heap.
  Series series;
  std::mt19937 words(1);
  const auto uniform = [&] { return static_cast<double>(words()) / 4294967296.0; };
  for (int i = 0; i < 40000; ++i) {
    const double spread = i < 20000 ? 1.0 : 0.1;
    series.x.push_back(0.5 + spread * (uniform() - 0.5));
    series.y.push_back(0.5 + spread * (uniform() - 0.5));
  }
  const std::string text = scatter({series}, {.ink = unicode_ink});
  const std::string full = "\u28FF";
  EXPECT_GE(testing::count_of(text, full), 5);
  EXPECT_LE(testing::count_of(text, full), 60);
}

TEST(Scatter, SkipsWhatIsNotFinite) {
  const PlotOptions options{.x_range = {{0, 2}}, .y_range = {{0, 2}}, .ink = ascii_ink};
  const std::string bad =
      scatter({{.x = {1, std::nan(""), 1, 9}, .y = {1, 1, HUGE_VAL, 1}}}, options);
  EXPECT_EQ(bad, scatter({{.x = {1}, .y = {1}}}, options));
}

TEST(Scatter, NothingToShowIsAnEmptyFrame) {
  EXPECT_EQ(rows(scatter({}, {.ink = unicode_ink})).size(), 20U);
  EXPECT_EQ(rows(scatter({{.x = {std::nan("")}, .y = {0}}}, {.ink = unicode_ink})).size(), 20U);
}

TEST(Scatter, RefusesWhatMakesNoPlot) {
  EXPECT_THROW(scatter({{.x = {1, 2}, .y = {1}}}), std::invalid_argument);
  EXPECT_THROW(scatter({}, {.width = 10}), std::invalid_argument);
  EXPECT_THROW(scatter({}, {.height = 3}), std::invalid_argument);
  EXPECT_THROW(scatter({}, {.x_range = {{1, 1}}}), std::invalid_argument);
  EXPECT_THROW(lines({}, {.log_y = true, .y_range = {{0, 1}}}), std::invalid_argument);
}

TEST(Lines, ASmallOneInFull) {
  const std::string text = lines(
      {{.label = "up", .x = {0, 2}, .y = {0, 2}}, {.label = "flat", .x = {0, 2}, .y = {0, 0}}},
      {.x_range = {{0, 2}}, .y_range = {{0, 2}}, .width = 24, .height = 8, .ink = ascii_ink});
  EXPECT_EQ(text,
            "2 +            ** * up\n"
            "  |          **\n"
            "  |       ***\n"
            "1 +    ***\n"
            "  |  **\n"
            "0 +oooooooooooooo o flat\n"
            "  ++------------+\n"
            "   0            2\n");
}

TEST(Lines, TwoCurvesThatEndTogetherAreBothNamed) {
  const std::string text = lines(
      {{.label = "one", .x = {0, 1}, .y = {0, 1}}, {.label = "two", .x = {0, 1}, .y = {1, 1}}},
      {.ink = unicode_ink});
  EXPECT_HAS(text, " one\n");
  EXPECT_HAS(text, " two\n");
}

TEST(Lines, ACurveBreaksAtAHole) {
  const PlotOptions options{.x_range = {{0, 4}}, .y_range = {{0, 1}}, .ink = ascii_ink};
  const Series whole{.x = {0, 1, 2, 3, 4}, .y = {0.5, 0.5, 0.5, 0.5, 0.5}};
  Series broken = whole;
  broken.y[2] = std::nan("");
  EXPECT_GT(testing::count_of(lines({whole}, options), "*"),
            testing::count_of(lines({broken}, options), "*") + 20);
}

TEST(Lines, ALogarithmicAxisMakesADecayStraight) {
  Series decay;
  for (int i = 0; i <= 100; ++i) {
    decay.x.push_back(i);
    decay.y.push_back(std::pow(10.0, -0.06 * i));
  }
  const PlotOptions options{.log_y = true, .ink = ascii_ink};
  const auto text = rows(lines({decay}, options));
  // In each row the middle of the curve lies a constant distance right of the row above.
  std::vector<double> middles;
  for (std::size_t row = 0; row < 18; ++row) {
    const auto first = text[row].find('*');
    ASSERT_NE(first, std::string::npos) << row;
    middles.push_back(0.5 * static_cast<double>(first + text[row].rfind('*')));
  }
  const double step = (middles[16] - middles[1]) / 15.0;
  for (std::size_t row = 2; row < 17; ++row)
    EXPECT_NEAR(middles[row] - middles[row - 1], step, 1.0);
  EXPECT_HAS(lines({decay}, options), "0.01 +");
}

}  // namespace
}  // namespace lab
