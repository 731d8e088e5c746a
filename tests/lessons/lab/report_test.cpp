#include "lessons/lab/report.h"

#include <cmath>
#include <functional>
#include <limits>
#include <sstream>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

constexpr Ink no_colour{};
constexpr Ink colour_ink{.unicode = true, .colour = true};
constexpr double infinity = std::numeric_limits<double>::infinity();

const Closing complete_closing{
    .what_you_saw = "A.", .change_one_thing = "B.", .next = "./build/rk4"};

struct Ending {
  int exit_code;
  std::string text;
};

/// What a report that does this prints, and how it ends.
Ending ending(const std::function<void(Report&)>& body, Ink ink = no_colour) {
  std::ostringstream out;
  Report report(out, ink);
  report.close(complete_closing);
  body(report);
  const int exit_code = report.finish();
  return {exit_code, out.str()};
}

TEST(Report, ReadsLikeThis) {
  std::ostringstream out;
  Report report(out, no_colour);
  report.heading("euler", "How does a field become samples?");
  report.settings({{"seed", 42}, {"lr", 1e-3}, {"data", "sine"}});
  report.machine({{"kernels", "avx512"}});
  report.log({{"step", 0}, {"loss", 2.5}});
  report.log({{"step", 100}, {"loss", 0.25}});
  report.timing("training", 0.8312);
  report.measured("product  us\nlibrary  12");
  report.print("a\nplot\n");
  report.print("another\nplot\n");
  report.check("all finite", true, "2 of 2");
  report.check_at_most("on the curve", 0.05, 0.06);
  report.close({.what_you_saw = "Noise.", .change_one_thing = "Steps.", .next = "./build/rk4"});
  EXPECT_EQ(report.finish(), 0);
  EXPECT_EQ(out.str(),
            "euler: How does a field become samples?\n"
            "  seed 42, lr 0.001, data sine\n"
            "~ kernels avx512\n"
            "\n"
            "        step        loss\n"
            "           0    2.500000\n"
            "         100    0.250000\n"
            "~ training 0.831 s\n"
            "\n"
            "~   product  us\n"
            "~   library  12\n"
            "\n"
            "a\nplot\n"
            "\n"
            "another\nplot\n"
            "\n"
            "ok    all finite                                          2 of 2\n"
            "ok    on the curve                                        0.05 <= 0.06\n"
            "\n"
            "What you saw\n  Noise.\n"
            "\n"
            "Change one thing\n  Steps.\n"
            "\n"
            "Next\n  ./build/rk4\n");
}

TEST(Report, ANewSetOfColumnsGetsAHeader) {
  const std::string text = ending([](Report& report) {
                             report.log({{"step", 1}, {"loss", 1.0}});
                             report.log({{"step", 2}, {"loss", 1.0}});
                             report.log({{"step", 3}, {"a long column name", 1.0}});
                           }).text;
  EXPECT_EQ(testing::count_of(text, "step"), 2);
  EXPECT_HAS(text, "        step  a long column name\n           3            1.000000\n");
}

TEST(Report, AFalseClaimFails) {
  const auto [code, text] = ending([](Report& report) {
    report.check("true", true);
    report.check("false", false, "measured 3, bound 2");
  });
  EXPECT_EQ(code, 1);
  EXPECT_HAS(text, "FAIL  false");
  EXPECT_HAS(text, "measured 3, bound 2");
  EXPECT_HAS(text, "1 of 2 claims did not hold");
  EXPECT_HAS_NOT(text, "What you saw");
}

TEST(Report, TheBoundsAreKept) {
  const std::vector<std::function<void(Report&)>> hold = {
      [](Report& r) { r.check_at_most("", 2.0, 2.0); },
      [](Report& r) { r.check_at_least("", 2.0, 2.0); },
      [](Report& r) { r.check_between("", 2.0, 2.0, 3.0); },
      [](Report& r) { r.check_between("", 3.0, 2.0, 3.0); },
      [](Report& r) { r.check_near("", 2.0, 2.5, 0.5); },
      [](Report& r) { r.check_near("", -2.0, -2.0, 0.0); },
  };
  for (const auto& claim : hold) EXPECT_EQ(ending(claim).exit_code, 0) << ending(claim).text;
  const std::vector<std::function<void(Report&)>> fail = {
      [](Report& r) { r.check_at_most("", 2.001, 2.0); },
      [](Report& r) { r.check_at_least("", 1.999, 2.0); },
      [](Report& r) { r.check_between("", 1.9, 2.0, 3.0); },
      [](Report& r) { r.check_between("", 3.1, 2.0, 3.0); },
      [](Report& r) { r.check_near("", 2.0, 2.6, 0.5); },
      [](Report& r) { r.check_near("", 2.6, 2.0, 0.5); },
      [](Report& r) { r.check_near("", 2.0, 2.0, -1.0); },
  };
  for (const auto& claim : fail) EXPECT_EQ(ending(claim).exit_code, 1) << ending(claim).text;
}

TEST(Report, NaNAndInfinityFailEverywhere) {
  for (double bad : {std::nan(""), infinity, -infinity}) {
    const std::vector<std::function<void(Report&)>> claims = {
        [=](Report& r) { r.check_at_most("", bad, 1.0); },
        [=](Report& r) { r.check_at_most("", 1.0, bad); },
        [=](Report& r) { r.check_at_least("", bad, 1.0); },
        [=](Report& r) { r.check_at_least("", 1.0, bad); },
        [=](Report& r) { r.check_between("", bad, 0.0, 1.0); },
        [=](Report& r) { r.check_between("", 1.0, bad, 1.0); },
        [=](Report& r) { r.check_between("", 1.0, 1.0, bad); },
        [=](Report& r) { r.check_near("", bad, 1.0, 1.0); },
        [=](Report& r) { r.check_near("", 1.0, bad, 1.0); },
        [=](Report& r) { r.check_near("", bad, bad, 1.0); },
        [=](Report& r) { r.check_near("", 1.0, 1.0, bad); },
    };
    for (std::size_t i = 0; i < claims.size(); ++i) {
      EXPECT_EQ(ending(claims[i]).exit_code, 1) << "claim " << i << " with " << bad;
    }
  }
}

TEST(Report, AFailureNeverLooksTrue) {
  const std::string text =
      ending([](Report& r) { r.check_at_most("close", 0.4 + 1e-9, 0.4); }).text;
  EXPECT_HAS(text, "0.400000001 <= 0.4\n");
}

TEST(Report, NearShowsItsFormula) {
  EXPECT_HAS(ending([](Report& r) { r.check_near("order", 1.02, 1.0, 0.15); }).text,
             "|1.02 - 1| <= 0.15\n");
}

TEST(Report, ALessonThatChecksNothingFails) {
  const auto [code, text] = ending([](Report& report) { report.print("all is well"); });
  EXPECT_EQ(code, 1);
  EXPECT_HAS(text, "FAIL  this lesson checked nothing");
}

TEST(Report, ALessonWithoutItsClosingFails) {
  std::ostringstream out;
  Report report(out, no_colour);
  report.check("true", true);
  report.close({.what_you_saw = "A.", .change_one_thing = "B."});
  EXPECT_EQ(report.finish(), 1);
  EXPECT_HAS(out.str(), "FAIL  the closing lacks \"Next\"");
}

TEST(Report, CommandsStandInTheirColumnsAndProseIsBrokenIntoLines) {
  const std::string words(70, 'x');
  const std::string next = "./build/lessons/rk4     " + words + "\n./build/lessons/euler   short";
  std::ostringstream out;
  Report report(out, no_colour);
  report.check("true", true);
  report.close({.what_you_saw = words + " " + words, .change_one_thing = "B.", .next = next});
  EXPECT_EQ(report.finish(), 0);
  EXPECT_HAS(out.str(), "What you saw\n  " + words + "\n  " + words + "\n");
  EXPECT_HAS(out.str(),
             "Next\n  ./build/lessons/rk4     " + words + "\n  ./build/lessons/euler   short\n");
}

TEST(Report, LostOutputFails) {
  std::ostringstream out;
  Report report(out, no_colour);
  report.check("true", true);
  report.close(complete_closing);
  out.setstate(std::ios::badbit);
  EXPECT_EQ(report.finish(), 1);
}

TEST(Report, ColourOnlyWhenAsked) {
  const auto claims = [](Report& report) {
    report.check("true", true);
    report.check("false", false);
  };
  EXPECT_HAS_NOT(ending(claims).text, "\033");
  EXPECT_HAS(ending(claims, colour_ink).text, "\033[32mok  \033[0m  true");
  EXPECT_HAS(ending(claims, colour_ink).text, "\033[31mFAIL\033[0m  false");
}

TEST(Report, WholeNumbersKeepTheirLastDigit) {
  const auto text = ending([](Report& report) {
                      report.settings({{"seed", std::numeric_limits<std::uint64_t>::max()}});
                    }).text;
  EXPECT_HAS(text, "seed 18446744073709551615");
}

TEST(Report, MachineLinesAreTold) {
  EXPECT_TRUE(varies_by_machine("~ training 0.83 s"));
  EXPECT_TRUE(varies_by_machine("gnuplot not found: the numbers stay in out/euler.csv"));
  EXPECT_FALSE(varies_by_machine("ok    all finite"));
  EXPECT_FALSE(varies_by_machine(""));
}

}  // namespace
}  // namespace lab
