#pragma once

#include <span>
#include <string>
#include <vector>

namespace lab {

struct Tick {
  double value;
  std::string label;
};

/// One axis of a plot: a range of numbers, laid out evenly or by their logarithms.
class Axis {
 public:
  /// The range of all `values` that can be shown (finite; above 0 when logarithmic), a little
  /// wider on both sides. Values that all agree, or none at all, get a range around them.
  static Axis around(std::span<const double> values, bool logarithmic);

  /// Exactly from `low` to `high`; std::invalid_argument unless low < high (and 0 < low when
  /// logarithmic).
  Axis(double low, double high, bool logarithmic);

  /// Where a value lies: 0 at the low end, 1 at the high end. NaN for what cannot be shown, and for
  /// what lies outside.
  double place(double value) const;

  /// At most so many round numbers inside the range: steps of 1, 2 or 5 times a power of ten, or
  /// powers of ten when logarithmic.
  std::vector<Tick> ticks(int at_most) const;

 private:
  double low_;  ///< both ends as laid out: logarithms when logarithmic
  double high_;
  bool logarithmic_;
};

}  // namespace lab
