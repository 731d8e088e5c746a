#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "autograd/kernels/kernels.h"

/// What the tests of the kernels share.
namespace autograd::testing {

inline constexpr real infinity = std::numeric_limits<real>::infinity();
inline constexpr real not_a_number = std::numeric_limits<real>::quiet_NaN();
inline constexpr double epsilon = std::numeric_limits<real>::epsilon();

/// Lengths around the widths of vectors.
inline constexpr Index lengths[] = {0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000};

/// Every table this build and this machine have, the baseline first.
inline std::vector<const Kernels*> tables() {
  std::vector<const Kernels*> found;
  for (const char* name : {"baseline", "avx2", "avx512"}) {
    if (const Kernels* table = kernels_named(name)) found.push_back(table);
  }
  return found;
}

/// The parts, printed one after the other.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

inline std::size_t size(Index n) { return static_cast<std::size_t>(n); }

/// n numbers in [low, high), made from integers, so that every platform has the same.
inline std::vector<real> numbers(Index n, double low, double high, std::uint32_t seed = 1) {
  std::uint32_t state = seed * 2654435761U + 12345U;
  std::vector<real> x(size(n));
  for (real& value : x) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<real>(low + (high - low) * (static_cast<double>(state >> 8) * 0x1p-24));
  }
  return x;
}

/// Zeros, infinities, NaN, subnormals, the largest numbers, kinks and their neighbours.
inline std::vector<real> specials() {
  std::vector<real> x = {not_a_number, infinity, 0, 1, 2, static_cast<real>(0.5)};
  for (double value : {1e-45, 1e-40, 1.1754942e-38, 1.17549435e-38, 1e-30,     1e-8,      1e-4,
                       0.3,   0.625, 0.70710678,    0.7853982,      1.5707964, 3.1415927, 6.2831855,
                       9.0,   10.1,  17.0,          87.0,           88.0,      88.7,      88.73,
                       89.0,  103.9, 104.0,         1000.0,         8191.9,    8192.0,    8193.0,
                       1e6,   1e10,  1e30,          3.4028235e38}) {
    x.push_back(static_cast<real>(value));
  }
  for (std::size_t i = 0, n = x.size(); i < n; ++i) x.push_back(-x[i]);
  return x;
}

/// The same bits, or both NaN (whose sign and payload may differ between machines).
template <class T>
bool identical(const T& a, const T& b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  }
  return std::memcmp(&a, &b, sizeof a) == 0;
}

/// Where two arrays are not identical; empty if nowhere.
template <class T>
std::string difference(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return "sizes differ";
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!identical(a[i], b[i])) {
      return text("[", i, "]: ", a[i], " and ", b[i]);
    }
  }
  return "";
}

/// Whether y is within `factor` epsilons of `scale` around `expected`; specials must match.
inline bool close(real y, double expected, double factor, double scale) {
  if (std::isnan(expected)) return std::isnan(y);
  if (identical(y, static_cast<real>(expected))) return true;
  if (std::isinf(expected)) return false;  // or the bound below would be infinite
  const double tiny = std::numeric_limits<real>::min();
  return std::abs(double{y} - expected) <= factor * epsilon * std::max(scale, tiny);
}
inline bool close(real y, double expected, double factor) {
  return close(y, expected, factor, std::abs(expected));
}

/// What a kernel for one dimension sees of a shape.
struct Dims {
  Index outer, n, inner;
};

inline std::string name(const Kernels& table, const Dims& d) {
  return text(table.name, " (", d.outer, ", ", d.n, ", ", d.inner, ")");
}

/// FNV-1a over the bits of an array; all NaNs count as one.
template <class T>
std::uint64_t hash(const std::vector<T>& values, std::uint64_t state = 14695981039346656037ULL) {
  for (T value : values) {
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(value)) value = std::numeric_limits<T>::quiet_NaN();
    }
    unsigned char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    for (unsigned char byte : bytes) state = (state ^ byte) * 1099511628211ULL;
  }
  return state;
}

}  // namespace autograd::testing
