#include "lessons/lab/figure.h"

#include <cmath>
#include <numbers>

#include "lessons/lab/csv.h"
#include "tests/lessons/lab/scratch.h"

#ifndef HANDFLOW_LESSONS_DIR
#error "compile figure_test.cpp with -DHANDFLOW_LESSONS_DIR=\"<source tree>/lessons\""
#endif

namespace lab {
namespace {

using testing::contents;
using testing::Environment;
using testing::ScratchFolder;
using testing::write_file;

bool have_gnuplot() { return std::system("gnuplot --version >/dev/null 2>&1") == 0; }

/// A gnuplot of our own on an otherwise empty PATH: a shell script that does `what`.
void pretend_gnuplot(const std::filesystem::path& folder, const std::string& what) {
  write_file(folder / "gnuplot", "#!/bin/sh\n" + what + "\n");
  std::filesystem::permissions(folder / "gnuplot", std::filesystem::perms::owner_all);
}

TEST(Figure, WithoutGnuplotNothingIsTouched) {
  const ScratchFolder scratch;
  write_file(scratch.path / "a.png", "an older picture");
  for (const char* path : {"", static_cast<const char*>(nullptr), scratch.path.c_str()}) {
    const Environment empty("PATH", path);
    const Figure figure = draw_figure(scratch.path / "figure.gp", scratch.path, "a");
    EXPECT_EQ(figure.outcome, Figure::Outcome::no_gnuplot);
  }
  EXPECT_EQ(contents(scratch.path / "a.png"), "an older picture");
}

TEST(Figure, HandsOverTheArgumentsUntouchedByAnyShell) {
  const ScratchFolder scratch;
  pretend_gnuplot(scratch.path, "for a; do echo \"$a\"; done >&2; exit 3");
  const Environment path("PATH", scratch.path.c_str());
  const auto odd = scratch.path / "it's $(touch x); `touch y`";
  std::filesystem::create_directories(odd);
  write_file(odd / "figure.gp", "");
  const Figure figure = draw_figure(odd / "figure.gp", odd, "a");
  EXPECT_EQ(figure.outcome, Figure::Outcome::failed);
  EXPECT_EQ(figure.problem, "gnuplot ended with code 3: " + (odd / "figure.gp").string());
  EXPECT_FALSE(std::filesystem::exists("x"));
  EXPECT_FALSE(std::filesystem::exists("y"));
}

TEST(Figure, AnOldPictureDoesNotPass) {
  const ScratchFolder scratch;
  pretend_gnuplot(scratch.path, "exit 0");
  const Environment path("PATH", scratch.path.c_str());
  write_file(scratch.path / "figure.gp", "");
  write_file(scratch.path / "a.png", "an older picture");
  const Figure figure = draw_figure(scratch.path / "figure.gp", scratch.path, "a");
  EXPECT_EQ(figure.outcome, Figure::Outcome::failed);
  EXPECT_HAS(figure.problem, "made no " + (scratch.path / "a.png").string());
}

TEST(Figure, AnEmptyPictureAndASignalFail) {
  const ScratchFolder scratch;
  const Environment path("PATH", scratch.path.c_str());
  write_file(scratch.path / "figure.gp", "");
  pretend_gnuplot(scratch.path, ": > '" + (scratch.path / "a.png").string() + "'");
  EXPECT_HAS(draw_figure(scratch.path / "figure.gp", scratch.path, "a").problem, "made no ");
  pretend_gnuplot(scratch.path, "kill -9 $$");
  EXPECT_HAS(draw_figure(scratch.path / "figure.gp", scratch.path, "a").problem,
             "ended with code 137: it did not say why");
}

TEST(Figure, AMissingScriptFails) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const ScratchFolder scratch;
  const Figure figure = draw_figure(scratch.path / "none.gp", scratch.path, "a");
  EXPECT_EQ(figure.outcome, Figure::Outcome::failed);
  EXPECT_HAS(figure.problem, "no script ");
}

TEST(Figure, AFailingScriptSaysWhere) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const ScratchFolder scratch;
  write_file(scratch.path / "bad.gp", "load style\n\nplot nonsense(x)\n");
  Figure figure = draw_figure(scratch.path / "bad.gp", scratch.path, "a");
  EXPECT_EQ(figure.outcome, Figure::Outcome::failed);
  EXPECT_HAS(figure.problem, "line 3");
  EXPECT_EQ(testing::count_of(figure.problem, "\n"), 0);

  // An empty table beside a formula: only a warning to gnuplot.
  write_file(scratch.path / "a.csv", "x,y\n");
  write_file(scratch.path / "empty.gp",
             "load style\nset terminal @PNG\nset output out.'/'.name.'.png'\n"
             "plot sin(x), out.'/a.csv' using 1:2\n");
  figure = draw_figure(scratch.path / "empty.gp", scratch.path, "a");
  EXPECT_EQ(figure.outcome, Figure::Outcome::failed);
  EXPECT_HAS(figure.problem, "no valid points");
}

TEST(Figure, TheStyleDrawsPngAndGif) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const ScratchFolder scratch;
  const auto out = scratch.path / "it's out";  // a quote, to be doubled for gnuplot
  std::filesystem::create_directories(out);
  CsvWriter csv(out / "flow.csv", {"k", "t", "x", "y"});
  for (int k = 0; k < 200; ++k) {
    const double angle = 2.4 * k;  // a sunflower for noise
    const double radius = 0.14 * std::sqrt(k);
    const double end = 4.0 * std::numbers::pi * k / 199.0;
    for (int i = 0; i <= 20; ++i) {
      const double t = i / 20.0;
      csv.row({static_cast<double>(k), t, (1.0 - t) * radius * std::cos(angle) + t * end,
               (1.0 - t) * radius * std::sin(angle) + t * std::sin(end)});
    }
  }
  csv.close();
  const auto script = std::filesystem::path(HANDFLOW_LESSONS_DIR).parent_path() /
                      "tests/lessons/lab/sample_figure.gp";
  const Figure figure = draw_figure(script, out, "flow");
  ASSERT_EQ(figure.outcome, Figure::Outcome::drawn) << figure.problem;
  const std::string png = contents(out / "flow.png");
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(png.substr(16, 8), std::string("\0\0\x03\x84\0\0\x02\x58", 8)) << "900 x 600";
  EXPECT_GT(png.size(), 20000U) << "near-blank";
  const std::string gif = contents(out / "flow.gif");
  EXPECT_EQ(gif.substr(0, 6), "GIF89a");
  EXPECT_GT(gif.size(), 50000U);
}

TEST(Figure, LessonsAreFoundBySlug) {
  EXPECT_EQ(lesson_folder("lab").filename(), "lab");
  EXPECT_TRUE(lesson_folder("no_such_lesson").empty());
  EXPECT_TRUE(lesson_folder("").empty());
}

}  // namespace
}  // namespace lab
