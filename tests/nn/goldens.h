#pragma once

#include <iostream>
#include <limits>
#include <span>
#include <sstream>
#include <string>

#include "tests/golden/golden.h"
#include "tests/tensors.h"

/// Comparisons with what PyTorch computed. parity_test.cpp shows that they see a
/// wrong value.

namespace tensors {

inline Tensor from(const golden::Tensor& numbers) {
  return Tensor::from(numbers.values, autograd::Shape(numbers.shape));
}

/// The golden called `name` as a tensor.
inline Tensor tensor(const golden::Golden& golden, const std::string& name) {
  return from(golden.tensor(name));
}

/// Entry `index` of the first dimension: parameters after step `index`, for example.
inline Tensor part(const golden::Tensor& stacked, Index index) {
  const autograd::Shape shape = autograd::Shape(stacked.shape).without(0);
  const auto count = static_cast<std::size_t>(shape.numel());
  const std::span<const double> all(stacked.values);
  return Tensor::from(all.subspan(static_cast<std::size_t>(index) * count, count), shape);
}

/// The largest of many deviations and where it was; prints it, so that a report shows how far from
/// its bound a test passes.
class Deviation {
 public:
  explicit Deviation(std::string what) : what_(std::move(what)) {}

  void add(double deviation, const std::string& where) {
    if (std::isnan(deviation)) deviation = std::numeric_limits<double>::infinity();
    if (deviation > largest_ || where_.empty()) where_ = where;
    largest_ = std::max(largest_, deviation);
  }
  /// |a - b|, the largest over all elements.
  void add(const Tensor& a, const Tensor& b, const std::string& where) {
    add(largest_difference(a, b), where);
  }

  double largest() const { return largest_; }

  /// At least one deviation was added, and none is larger than `bound`.
  testing::AssertionResult within(double bound) const {
    std::ostringstream text;
    text << what_ << ": at most " << largest_ << " (" << where_ << "), allowed " << bound;
    std::cout << "[ deviates ] " << text.str() << "\n";
    if (where_.empty()) return testing::AssertionFailure() << what_ << ": nothing was compared";
    if (largest_ <= bound) return testing::AssertionSuccess();
    return testing::AssertionFailure() << text.str();
  }

 private:
  std::string what_;
  std::string where_;
  double largest_ = 0;
};

}  // namespace tensors
