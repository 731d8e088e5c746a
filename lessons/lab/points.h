#pragma once

#include <string>
#include <vector>

#include "flow/flow.h"
#include "lessons/lab/csv.h"
#include "lessons/lab/plot.h"

/// From tensors to plots and tables: the one file here that knows the engine.
namespace lab {

/// Points (n, 2) as a series.
Series series(const std::string& label, const autograd::Tensor& points);

/// A terminal plot of points in the window all lessons on the sine curve share, with the curve
/// behind them if `show_curve`.
std::string sine_plot(const std::string& title, const autograd::Tensor& points,
                      bool show_curve = true);

/// One row per point and state: frame, x, y.
void write_states(CsvWriter csv, const std::vector<autograd::Tensor>& states);

/// The velocity on a grid over the curve, at t = 0, 1/steps, ..., 1: t, x, y, u, v.
void write_field(CsvWriter csv, const flow::Velocity& velocity, int steps);

}  // namespace lab
