#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/autograd.h"

/// What the tests of all layers compare with. tensors_test.cpp shows that each of these sees a
/// wrong value.

namespace tensors {

using autograd::Index;
using autograd::real;
using autograd::Tensor;

inline constexpr bool in_double = std::is_same_v<real, double>;

/// Rounding of a short computation on numbers around 1.
inline constexpr double rounding = in_double ? 1e-14 : 1e-6;

/// The elements in row-major order.
inline std::vector<double> values(const Tensor& x) {
  return std::vector<double>(x.data(), x.data() + x.numel());
}

/// Largest |a - b| over all elements; infinity for unequal shapes or where one is NaN.
inline double largest_difference(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return INFINITY;
  double largest = 0;
  for (Index i = 0; i < a.numel(); ++i) {
    const double difference = std::abs(static_cast<double>(a.data()[i]) - b.data()[i]);
    if (!(difference <= largest)) largest = std::isnan(difference) ? INFINITY : difference;
  }
  return largest;
}

/// Equal shapes, and elements at most `tolerance` apart.
inline testing::AssertionResult near(const Tensor& a, const Tensor& b, double tolerance) {
  const double difference = largest_difference(a, b);
  if (difference <= tolerance) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << "shapes " << to_string(a.shape()) << " and " << to_string(b.shape())
         << ", largest difference " << difference << ", allowed " << tolerance;
}

/// Equal shapes and equal elements.
inline testing::AssertionResult equal(const Tensor& a, const Tensor& b) { return near(a, b, 0); }

/// The two handles stand for one node of the graph.
inline bool same_node(const Tensor& a, const Tensor& b) { return &a.node() == &b.node(); }

inline testing::AssertionResult failure(const char* what, const char* error = "") {
  return testing::AssertionFailure() << what << error;
}

/// The text contains all parts.
inline testing::AssertionResult says(const std::string& text,
                                     std::initializer_list<const char*> parts) {
  for (const char* part : parts) {
    if (text.find(part) == std::string::npos) {
      return testing::AssertionFailure()
             << "the error \"" << text << "\" does not say \"" << part << "\"";
    }
  }
  return testing::AssertionSuccess();
}

/// f throws an E, and its text contains all parts.
template <class E, class F>
testing::AssertionResult throws(F f, std::initializer_list<const char*> parts) {
  try {
    f();
  } catch (const E& error) {
    return says(error.what(), parts);
  } catch (const std::exception& error) {
    return failure("another type of error: ", error.what());
  }
  return failure("no error");
}

}  // namespace tensors
