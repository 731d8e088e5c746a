#include "lessons/lab/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>

#include "lessons/lab/axis.h"
#include "lessons/lab/text.h"

namespace lab {
namespace {

// ---- 1. Characters

constexpr int cell_dots_wide = 2;  // of a Braille cell
constexpr int cell_dots_high = 4;

/// The bit of each dot in a Braille character, row by row.
constexpr std::array<unsigned, 8> dot_bit = {1, 8, 2, 16, 4, 32, 64, 128};

/// Marks of the first, second, ... set of points: few in the cell, many.
constexpr std::array<const char*, 4> point_marks = {".:", "oO", "+#", "x%"};
/// The marks of ASCII curves.
constexpr std::array<char, 4> curve_marks = {'*', 'o', '+', 'x'};
/// Dashes of the first, second, ... curve: so many dots drawn, so many left out.
constexpr std::array<std::pair<int, int>, 4> dashes = {{{1, 0}, {3, 2}, {1, 2}, {6, 3}}};
/// Colours from the 256, chosen to read on black and on white.
constexpr std::array<int, 4> palette = {67, 173, 72, 133};

std::string paint(std::string_view text, std::size_t series, Ink ink) {
  if (!ink.colour) return std::string(text);
  return "\033[38;5;" + std::to_string(palette[series % palette.size()]) + "m" + std::string(text) +
         "\033[0m";
}

/// U+2800 plus the dots, in UTF-8.
std::string braille(unsigned dots) {
  if (dots == 0) return " ";
  const unsigned code = 0x2800U + dots;
  return {static_cast<char>(0xE0U | (code >> 12U)),
          static_cast<char>(0x80U | ((code >> 6U) & 0x3FU)),
          static_cast<char>(0x80U | (code & 0x3FU))};
}

// ---- 2. The frame: title, axes and labels around a grid of cells

struct Frame {
  Axis x;
  Axis y;
  PlotOptions options;
  int columns = 0;  ///< cells inside the axes
  int rows = 0;
  std::size_t gutter = 0;  ///< columns left of the axis, for the tick labels

  int y_ticks() const { return std::max(3, rows / 3); }
  int dots_wide() const { return columns * (options.ink.unicode ? cell_dots_wide : 1); }
  int dots_high() const { return rows * (options.ink.unicode ? cell_dots_high : 1); }
};

Axis fit(const std::vector<Series>& all, std::vector<double> Series::*member,
         const std::optional<std::pair<double, double>>& range, bool logarithmic) {
  if (range) return {range->first, range->second, logarithmic};
  std::vector<double> values;
  for (const Series& series : all) {
    values.insert(values.end(), (series.*member).begin(), (series.*member).end());
  }
  return Axis::around(values, logarithmic);
}

Frame make_frame(const std::vector<Series>& all, const PlotOptions& options, bool second_line,
                 int right_margin) {
  if (options.width < 24 || options.height < 8) {
    throw std::invalid_argument("plot: " + std::to_string(options.width) + " x " +
                                std::to_string(options.height) + " is less than 24 x 8");
  }
  for (const Series& series : all) {
    if (series.x.size() != series.y.size()) {
      throw std::invalid_argument("plot: series '" + series.label + "' has " +
                                  std::to_string(series.x.size()) + " x and " +
                                  std::to_string(series.y.size()) + " y");
    }
  }
  Frame frame{.x = fit(all, &Series::x, options.x_range, options.log_x),
              .y = fit(all, &Series::y, options.y_range, options.log_y),
              .options = options};
  frame.rows = options.height - 2 - (options.title.empty() ? 0 : 1) - (second_line ? 1 : 0) -
               (options.x_label.empty() ? 0 : 1);
  for (const Tick& tick : frame.y.ticks(frame.y_ticks())) {
    frame.gutter = std::max(frame.gutter, tick.label.size());
  }
  frame.columns = options.width - static_cast<int>(frame.gutter) - 2 - right_margin;
  if (frame.columns < 8) throw std::invalid_argument("plot: labels leave no room for the plot");
  return frame;
}

/// The cell or dot, of `count`, in which a place from 0 to 1 falls.
int slot(double place, int count) {
  return std::min(static_cast<int>(place * static_cast<double>(count)), count - 1);
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string centred(std::string_view text, const Frame& frame) {
  const std::size_t room = static_cast<std::size_t>(frame.columns);
  const std::size_t used = std::min(display_width(text), room);
  return std::string(frame.gutter + 2 + (room - used) / 2, ' ') + std::string(text) + "\n";
}

/// Puts title, axes and labels around the cells, given row by row. `key` says what the marks mean,
/// `margin` what stands to the right of each row.
std::string assemble(const Frame& frame, const std::vector<std::string>& cells,
                     const std::string& key, const std::vector<std::string>& margin) {
  const bool unicode = frame.options.ink.unicode;
  const std::string bar = unicode ? "│" : "|";
  const std::string y_tick = unicode ? "┤" : "+";
  const std::string corner = unicode ? "└" : "+";
  const std::string dash = unicode ? "─" : "-";
  const std::string x_tick = unicode ? "┬" : "+";

  std::string text;
  if (!frame.options.title.empty()) text += centred(frame.options.title, frame);
  if (!frame.options.y_label.empty() || !key.empty()) {
    const std::string left = pad_left(frame.options.y_label, frame.gutter + 1);
    text += left + (key.empty() ? "" : "   " + key) + "\n";
  }

  std::vector<std::string> y_labels(cells.size());
  for (const Tick& tick : frame.y.ticks(frame.y_ticks())) {
    const int row = slot(1.0 - frame.y.place(tick.value), frame.rows);
    y_labels[static_cast<std::size_t>(row)] = tick.label;
  }
  for (std::size_t row = 0; row < cells.size(); ++row) {
    text += trimmed(pad_left(y_labels[row], frame.gutter) + " " +
                    (y_labels[row].empty() ? bar : y_tick) + cells[row] + margin[row]) +
            "\n";
  }

  std::vector<std::string> rule(static_cast<std::size_t>(frame.columns), dash);
  std::string labels;
  for (const Tick& tick : frame.x.ticks(std::max(2, frame.columns / 10))) {
    const auto column = static_cast<std::size_t>(slot(frame.x.place(tick.value), frame.columns));
    const std::size_t centre = frame.gutter + 2 + column;
    const std::size_t start = centre - std::min(centre, (tick.label.size() - 1) / 2);
    if (!labels.empty() && start < labels.size() + 1) continue;
    rule[column] = x_tick;
    labels += std::string(start - labels.size(), ' ') + tick.label;
  }
  text += std::string(frame.gutter + 1, ' ') + corner;
  for (const std::string& piece : rule) text += piece;
  text += "\n" + labels + "\n";
  if (!frame.options.x_label.empty()) text += centred(frame.options.x_label, frame);
  return text;
}

// ---- 3. Dots: how many points fall on each

class Dots {
 public:
  explicit Dots(const Frame& frame)
      : frame_(&frame),
        wide_(frame.options.ink.unicode ? cell_dots_wide : 1),
        high_(frame.options.ink.unicode ? cell_dots_high : 1),
        counts_(static_cast<std::size_t>(frame.dots_wide()) *
                static_cast<std::size_t>(frame.dots_high())) {}

  void add(int x, int y) { ++counts_[index(x, y)]; }

  /// The counts of the dots of a cell, row by row, as many as a cell has.
  std::vector<int> cell(int column, int row) const {
    std::vector<int> counts;
    for (int y = 0; y < high_; ++y) {
      for (int x = 0; x < wide_; ++x)
        counts.push_back(counts_[index(column * wide_ + x, row * high_ + y)]);
    }
    return counts;
  }

  /// All points of a cell.
  int total(int column, int row) const {
    int sum = 0;
    for (int count : cell(column, row)) sum += count;
    return sum;
  }

  /// The points of the fullest cell.
  int fullest() const {
    int most = 0;
    for (int row = 0; row < frame_->rows; ++row) {
      for (int column = 0; column < frame_->columns; ++column) {
        most = std::max(most, total(column, row));
      }
    }
    return most;
  }

 private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(frame_->dots_wide()) +
           static_cast<std::size_t>(x);
  }

  const Frame* frame_;
  int wide_;
  int high_;
  std::vector<int> counts_;
};

/// The Braille bits of a cell: every dot that holds a point, unless points abound: then the fuller
/// a cell, the more of its dots, the fullest first.
unsigned braille_bits(const std::vector<int>& counts, int fullest) {
  int total = 0;
  int hit = 0;
  for (int count : counts) {
    total += count;
    hit += count > 0 ? 1 : 0;
  }
  int wanted = hit;
  const int cell_size = static_cast<int>(counts.size());
  if (fullest > cell_size && total > 0) {
    const double fullness = static_cast<double>(total) / static_cast<double>(fullest);
    const double share = static_cast<double>(cell_size) * std::sqrt(fullness);
    wanted = std::clamp(static_cast<int>(std::lround(share)), 1, hit);
  }
  std::array<std::size_t, 8> order = {0, 1, 2, 3, 4, 5, 6, 7};
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts[a] > counts[b]; });
  unsigned bits = 0;
  for (int i = 0; i < wanted; ++i) bits |= dot_bit[order[static_cast<std::size_t>(i)]];
  return bits;
}

char density_mark(std::size_t set, int points, int fullest) {
  return point_marks[set % point_marks.size()][points > 1 && 2 * points > fullest ? 1 : 0];
}

/// One cell of a scatter plot.
std::string scatter_cell(const std::vector<Dots>& sets, const std::vector<int>& fullest, int column,
                         int row, Ink ink) {
  if (ink.unicode && ink.colour) {
    // All sets share the dots; the colour is that of the set with most points here.
    unsigned bits = 0;
    std::size_t winner = 0;
    int most = 0;
    for (std::size_t k = 0; k < sets.size(); ++k) {
      bits |= braille_bits(sets[k].cell(column, row), fullest[k]);
      if (const int total = sets[k].total(column, row); total > 0 && total >= most) {
        most = total;
        winner = k;
      }
    }
    return bits == 0 ? " " : paint(braille(bits), winner, ink);
  }
  for (std::size_t k = sets.size(); k-- > 0;) {  // the last on top
    const int total = sets[k].total(column, row);
    if (total == 0) continue;
    if (ink.unicode && k == 0) return braille(braille_bits(sets[k].cell(column, row), fullest[k]));
    return paint(std::string(1, density_mark(k, total, fullest[k])), k, ink);
  }
  return " ";
}

/// "⠿ noise   o samples"
std::string scatter_key(const std::vector<Series>& sets, Ink ink) {
  std::string key;
  for (std::size_t k = 0; k < sets.size(); ++k) {
    if (sets[k].label.empty()) continue;
    const bool dots = ink.unicode && (ink.colour || k == 0);
    const std::string mark = dots ? braille(0x3F) : std::string(1, density_mark(k, 1, 1));
    key += (key.empty() ? "" : "   ") + paint(mark, k, ink) + " " + sets[k].label;
  }
  return key;
}

// ---- 4. Curves

/// The dots of a straight line, ends included (Bresenham).
std::vector<std::pair<int, int>> straight(int x0, int y0, int x1, int y1) {
  std::vector<std::pair<int, int>> dots;
  const int dx = std::abs(x1 - x0);
  const int dy = -std::abs(y1 - y0);
  int error = dx + dy;
  while (true) {
    dots.emplace_back(x0, y0);
    if (x0 == x1 && y0 == y1) return dots;
    const int twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x0 += x0 < x1 ? 1 : -1;
    }
    if (twice <= dx) {
      error += dx;
      y0 += y0 < y1 ? 1 : -1;
    }
  }
}

/// Draws a curve; returns the dot row where it ends, or -1 if nothing of it can be seen.
int draw_curve(const Series& curve, std::size_t which, const Frame& frame, Dots& dots) {
  const bool dashed = frame.options.ink.unicode && !frame.options.ink.colour;
  const auto [on, off] = dashes[dashed ? which % dashes.size() : 0];
  int drawn = 0;
  int last_x = -1;  // -1: the pen is up
  int last_y = -1;
  int end = -1;
  for (std::size_t i = 0; i < curve.x.size(); ++i) {
    const double across = frame.x.place(curve.x[i]);
    const double up = frame.y.place(curve.y[i]);
    if (std::isnan(across) || std::isnan(up)) {
      last_x = -1;
      continue;
    }
    const int x = slot(across, frame.dots_wide());
    const int y = slot(1.0 - up, frame.dots_high());
    if (x == last_x && y == last_y) continue;
    const bool pen_up = last_x < 0;
    const auto stroke = straight(pen_up ? x : last_x, pen_up ? y : last_y, x, y);
    for (std::size_t k = pen_up ? 0 : 1; k < stroke.size(); ++k) {
      if (drawn++ % (on + off) < on) dots.add(stroke[k].first, stroke[k].second);
    }
    last_x = x;
    last_y = end = y;
  }
  return end;
}

/// Names each curve beside its end, one row further down (or up) where two would collide.
std::vector<std::string> name_ends(const std::vector<Series>& curves, const std::vector<int>& ends,
                                   const Frame& frame) {
  const Ink ink = frame.options.ink;
  std::vector<std::string> margin(static_cast<std::size_t>(frame.rows));
  for (std::size_t k = 0; k < curves.size(); ++k) {
    if (curves[k].label.empty() || ends[k] < 0) continue;
    const int wanted = ends[k] * frame.rows / frame.dots_high();
    for (int away = 0; away < 2 * frame.rows; ++away) {
      const int row = wanted + (away % 2 == 0 ? -away / 2 : (away + 1) / 2);
      if (row < 0 || row >= frame.rows || !margin[static_cast<std::size_t>(row)].empty()) continue;
      const std::string mark =
          ink.unicode ? "" : std::string(1, curve_marks[k % curve_marks.size()]) + " ";
      margin[static_cast<std::size_t>(row)] = ' ';
      margin[static_cast<std::size_t>(row)] += paint(mark + curves[k].label, k, ink);
      break;
    }
  }
  return margin;
}

/// One cell of a plot of curves.
std::string curve_cell(const std::vector<Dots>& curves, int column, int row, Ink ink) {
  unsigned bits = 0;
  std::size_t top = 0;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    if (curves[k].total(column, row) == 0) continue;
    top = k;
    if (ink.unicode) bits |= braille_bits(curves[k].cell(column, row), 1);
    if (!ink.unicode) bits = 1;
  }
  if (bits == 0) return " ";
  const std::string mark(1, curve_marks[top % curve_marks.size()]);
  return paint(ink.unicode ? braille(bits) : mark, top, ink);
}

}  // namespace

// ---- 5. What plot.h promises

std::string scatter(const std::vector<Series>& sets, const PlotOptions& options) {
  const std::string key = scatter_key(sets, options.ink);
  const bool second_line = !key.empty() || !options.y_label.empty();
  const Frame frame = make_frame(sets, options, second_line, 0);

  std::vector<Dots> dots;
  std::vector<int> fullest;
  for (const Series& set : sets) {
    dots.emplace_back(frame);
    for (std::size_t i = 0; i < set.x.size(); ++i) {
      const double across = frame.x.place(set.x[i]);
      const double up = frame.y.place(set.y[i]);
      if (std::isnan(across) || std::isnan(up)) continue;
      dots.back().add(slot(across, frame.dots_wide()), slot(1.0 - up, frame.dots_high()));
    }
    fullest.push_back(dots.back().fullest());
  }

  std::vector<std::string> cells(static_cast<std::size_t>(frame.rows));
  for (int row = 0; row < frame.rows; ++row) {
    for (int column = 0; column < frame.columns; ++column) {
      cells[static_cast<std::size_t>(row)] += scatter_cell(dots, fullest, column, row, options.ink);
    }
  }
  return assemble(frame, cells, key, std::vector<std::string>(cells.size()));
}

std::string lines(const std::vector<Series>& curves, const PlotOptions& options) {
  std::size_t longest = 0;
  for (const Series& curve : curves) longest = std::max(longest, display_width(curve.label));
  const std::size_t margin = longest == 0 ? 0 : longest + (options.ink.unicode ? 1 : 3);
  const Frame frame =
      make_frame(curves, options, !options.y_label.empty(), static_cast<int>(margin));

  std::vector<Dots> dots;
  std::vector<int> ends;
  for (std::size_t k = 0; k < curves.size(); ++k) {
    dots.emplace_back(frame);
    ends.push_back(draw_curve(curves[k], k, frame, dots.back()));
  }

  std::vector<std::string> cells(static_cast<std::size_t>(frame.rows));
  for (int row = 0; row < frame.rows; ++row) {
    for (int column = 0; column < frame.columns; ++column) {
      cells[static_cast<std::size_t>(row)] += curve_cell(dots, column, row, options.ink);
    }
  }
  return assemble(frame, cells, "", name_ends(curves, ends, frame));
}

}  // namespace lab
