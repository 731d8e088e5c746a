#include "lessons/lab/points.h"

#include <cmath>

namespace lab {

using autograd::Index;
using autograd::Tensor;

Series series(const std::string& label, const Tensor& points) {
  Series result{.label = label};
  for (Index i = 0; i < points.size(0); ++i) {
    result.x.push_back(points.data()[2 * i]);
    result.y.push_back(points.data()[2 * i + 1]);
  }
  return result;
}

std::string sine_plot(const std::string& title, const Tensor& points, bool show_curve) {
  std::vector<Series> sets{series("points", points)};
  if (show_curve) sets.push_back(series("y = sin x", flow::data::sine_curve(120).points));
  return scatter(sets, {.title = title,
                        .x_range = std::pair(-4.0, 16.0),
                        .y_range = std::pair(-3.0, 3.0),
                        .height = 18});
}

void write_states(CsvWriter csv, const std::vector<Tensor>& states) {
  for (std::size_t frame = 0; frame < states.size(); ++frame) {
    const Tensor& state = states[frame];
    for (Index i = 0; i < state.size(0); ++i) {
      csv.row({static_cast<double>(frame), state.data()[2 * i], state.data()[2 * i + 1]});
    }
  }
  csv.close();
}

void write_field(CsvWriter csv, const flow::Velocity& velocity, int steps) {
  constexpr Index columns = 25;
  constexpr Index rows = 11;
  Tensor grid = Tensor::empty({columns * rows, 2});
  for (Index i = 0; i < columns * rows; ++i) {
    grid.data()[2 * i] =
        static_cast<autograd::real>(-3 + 18.0 * static_cast<double>(i % columns) / (columns - 1));
    grid.data()[2 * i + 1] =
        static_cast<autograd::real>(-2.5 + 5.0 * static_cast<double>(i / columns) / (rows - 1));
  }
  const autograd::NoGradGuard no_grad;
  for (int k = 0; k <= steps; ++k) {
    const double t = static_cast<double>(k) / steps;
    const Tensor v = velocity(grid, autograd::full({grid.size(0), 1}, t));
    for (Index i = 0; i < grid.size(0); ++i) {
      csv.row(
          {t, grid.data()[2 * i], grid.data()[2 * i + 1], v.data()[2 * i], v.data()[2 * i + 1]});
    }
  }
  csv.close();
}

}  // namespace lab
