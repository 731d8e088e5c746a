#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lessons/lab/terminal.h"

namespace lab {

/// A set of points, or the corners of a curve: x[i] goes with y[i]. What is not finite is left out
/// (it breaks a curve).
struct Series {
  std::string label = {};
  std::vector<double> x = {};
  std::vector<double> y = {};
};

/// How a plot looks. Without a range, an axis fits the points.
struct PlotOptions {
  std::string title = {};
  std::string x_label = {};
  std::string y_label = {};
  bool log_x = false;
  bool log_y = false;
  std::optional<std::pair<double, double>> x_range = {};
  std::optional<std::pair<double, double>> y_range = {};
  int width = 72;   ///< columns, labels and all; at least 24
  int height = 20;  ///< lines, title and all; at least 8
  Ink ink = terminal_ink();
};

// Plots for the terminal. A character cell is a grid of 2 x 4 Braille dots, so 72 x 20 cells show
// about 130 x 64 points. Without colour the first series is drawn in dots, each further one in a
// mark of its own (points) or with other dashes (curves). Where only ASCII may be printed, a cell
// is one point. All return whole lines, each ended by '\n'; std::invalid_argument if x and y of a
// series differ in length, or for a size or range that makes no plot.

/// Points. Where many fall on one spot the fuller cells are drawn fuller.
std::string scatter(const std::vector<Series>& sets, const PlotOptions& options = {});

/// Curves, straight from point to point, each named at its end.
std::string lines(const std::vector<Series>& curves, const PlotOptions& options = {});

}  // namespace lab
