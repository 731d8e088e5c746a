#include "tests/lessons/picture.h"

#include <stdexcept>

#include "lessons/lab/figure.h"
#include "tests/lessons/lab/scratch.h"
#include "tests/lessons/program.h"
#include "tests/lessons/tree.h"

namespace {

using lab::testing::contents;
using lab::testing::ScratchFolder;
using lab::testing::write_file;

/// Draws `plot` in the style of the lessons; returns the share of ink.
double inked(const std::string& plot) {
  const ScratchFolder scratch;
  write_file(scratch.path / "a.gp",
             "load style\nset xrange [0:1]\nset yrange [0:1]\nset terminal @PNG\n"
             "set output out.'/'.name.'.png'\n" +
                 plot + "\n");
  const lab::Figure figure = lab::draw_figure(scratch.path / "a.gp", scratch.path, "a");
  EXPECT_EQ(figure.outcome, lab::Figure::Outcome::drawn) << figure.problem;
  return inked_share(scratch.path / "a.png", scratch.path);
}

TEST(Picture, BlankAndNearBlankOnesAreTold) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  EXPECT_EQ(inked("unset border\nunset tics\nplot NaN"), 0.0);
  EXPECT_LT(inked("set xlabel 'x'\nset ylabel 'y'\nplot NaN"), near_blank);
  EXPECT_GT(inked("plot x, x**2, x**3, x**4"), near_blank);
}

TEST(Picture, TheShareIsCounted) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const double half = inked(
      "unset border\nunset tics\nset margins 0, 0, 0, 0\n"
      "set object rectangle from 0, 0 to 0.5, 1 fillcolor rgb '#000000' fillstyle solid\nplot NaN");
  EXPECT_NEAR(half, 0.5, 0.01);
}

TEST(Picture, WhatIsNoPictureThrows) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const ScratchFolder scratch;
  write_file(scratch.path / "a.png", "not a picture");
  EXPECT_THROW(inked_share(scratch.path / "a.png", scratch.path), std::runtime_error);
  EXPECT_THROW(inked_share(scratch.path / "none.png", scratch.path), std::runtime_error);
}

TEST(Picture, FramesOfAnAnimationAreCounted) {
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const ScratchFolder scratch;
  write_file(scratch.path / "a.gp",
             "load style\nset terminal @PNG\nset output out.'/'.name.'.png'\nplot x\n"
             "set terminal @GIF\nset output out.'/'.name.'.gif'\n"
             "do for [k=1:3] { plot k * x }\n");
  const lab::Figure figure = lab::draw_figure(scratch.path / "a.gp", scratch.path, "a");
  ASSERT_EQ(figure.outcome, lab::Figure::Outcome::drawn) << figure.problem;
  const std::string gif = contents(scratch.path / "a.gif");
  EXPECT_EQ(gif_frames(gif), 3);
  EXPECT_EQ(gif_frames(gif.substr(0, gif.size() / 2)), 0) << "broken off";
  EXPECT_EQ(gif_frames(""), 0);
  EXPECT_EQ(gif_frames("GIF89a"), 0);
  EXPECT_EQ(gif_frames(contents(scratch.path / "a.png")), 0);
}

}  // namespace
