#include "lessons/lab/axis.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "lessons/lab/text.h"

namespace lab {
namespace {

constexpr double nowhere = std::numeric_limits<double>::quiet_NaN();
constexpr double largest_magnitude = 1e300;  // beyond, differences could overflow
constexpr double margin_share = 0.03;        // of the range, on either side

/// A value as it is laid out; NaN when it cannot be.
double laid_out(double value, bool logarithmic) {
  if (!(std::abs(value) <= largest_magnitude)) return nowhere;
  if (!logarithmic) return value;
  return value > 0.0 ? std::log10(value) : nowhere;
}

/// The multiples of `step` from `low` to `high`, or the first so many of them.
std::vector<double> multiples(double step, double low, double high, std::size_t at_most) {
  std::vector<double> found;
  const double first = std::ceil(low / step);
  for (double k = 0.0; found.size() < at_most && (first + k) * step <= high; k += 1.0) {
    found.push_back((first + k) * step);
  }
  return found;
}

/// The multiples of the smallest round step (1, 2 or 5 times a power of ten) that gives at most so
/// many of them.
std::vector<double> round_numbers(double low, double high, std::size_t at_most) {
  double power =
      std::pow(10.0, std::floor(std::log10((high - low) / static_cast<double>(at_most))));
  while (true) {
    for (double digit : {1.0, 2.0, 5.0}) {
      std::vector<double> found = multiples(digit * power, low, high, at_most + 1);
      if (found.size() <= at_most) return found;
    }
    power *= 10.0;
  }
}

}  // namespace

Axis Axis::around(std::span<const double> values, bool logarithmic) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (double value : values) {
    const double at = laid_out(value, logarithmic);
    if (std::isnan(at)) continue;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  if (low > high) low = high = 0.0;
  double margin = margin_share * (high - low);
  // All equal, or so close that the range would drown in rounding.
  const double least = 1e-12 * std::max(std::abs(low), std::abs(high));
  if (high - low <= least) margin = std::max(0.5 * std::abs(low), 0.5);
  Axis axis(0.0, 1.0, false);
  axis.low_ = low - margin;
  axis.high_ = high + margin;
  axis.logarithmic_ = logarithmic;
  return axis;
}

Axis::Axis(double low, double high, bool logarithmic)
    : low_(laid_out(low, logarithmic)),
      high_(laid_out(high, logarithmic)),
      logarithmic_(logarithmic) {
  if (!(low_ < high_)) {
    throw std::invalid_argument("plot: no axis from " + significant(low) + " to " +
                                significant(high) + (logarithmic ? ", logarithmic" : ""));
  }
}

double Axis::place(double value) const {
  const double at = (laid_out(value, logarithmic_) - low_) / (high_ - low_);
  return at >= 0.0 && at <= 1.0 ? at : nowhere;
}

std::vector<Tick> Axis::ticks(int at_most) const {
  const auto most = static_cast<std::size_t>(std::max(at_most, 1));
  std::vector<Tick> ticks;
  if (!logarithmic_) {
    for (double value : round_numbers(low_, high_, most)) {
      // 0.30000000000000004 reads 0.3, and a zero reached by rounding is no 1e-17.
      if (std::abs(value) < 1e-9 * (high_ - low_)) value = 0.0;
      if (std::isnan(place(value))) continue;  // rounded to just outside
      ticks.push_back({value, significant(value)});
    }
    return ticks;
  }
  // Every n-th power of ten; where fewer than two fall inside, 2 and 5 times a power as well.
  for (double n = 1.0; n < 1000.0; n += 1.0) {
    const std::vector<double> powers = multiples(n, low_, high_, most + 1);
    if (powers.size() > most) continue;
    for (double power : powers) {
      const double value = std::pow(10.0, power);
      if (std::isnan(place(value))) continue;
      ticks.push_back({value, significant(value)});
    }
    break;
  }
  if (ticks.size() >= 2) return ticks;
  ticks.clear();
  for (double power = std::floor(low_); power <= high_; power += 1.0) {
    for (double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, power);
      if (!std::isnan(place(value)) && ticks.size() < most) {
        ticks.push_back({value, significant(value)});
      }
    }
  }
  if (ticks.empty()) {
    const double middle = std::pow(10.0, 0.5 * (low_ + high_));
    ticks.push_back({middle, significant(middle, 3)});
  }
  return ticks;
}

}  // namespace lab
