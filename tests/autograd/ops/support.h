#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "tests/tensors.h"

/// What the tests of the operations share: numbers, positions, and gradients.
///
/// Many tests use small whole numbers. Their sums and products are exact in float, so the result
/// must be equal, whatever the order of summation.
namespace autograd::testing {

inline constexpr double epsilon = std::numeric_limits<real>::epsilon();
inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Lengths around the widths of vectors and tiles.
inline constexpr Index lengths[] = {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};

using Inputs = std::vector<Tensor>;
using Function = std::function<Tensor(const Inputs&)>;

inline std::size_t at(Index i) { return static_cast<std::size_t>(i); }

/// Values in [low, high), made from integers, so that every platform has the same ones.
inline Tensor numbers(const Shape& shape, double low, double high, std::uint32_t seed = 1) {
  std::uint32_t state = seed * 2654435761U + 12345U;
  std::vector<double> values(at(shape.numel()));
  for (double& value : values) {
    state = state * 1664525U + 1013904223U;
    value = low + (high - low) * (static_cast<double>(state >> 8) * 0x1p-24);
  }
  return Tensor::from(values, shape);
}

/// Values from -9 to 9, none of them 0.
inline Tensor whole_numbers(const Shape& shape, std::uint32_t seed = 1) {
  std::vector<double> values = tensors::values(numbers(shape, -9, 9, seed));
  for (double& value : values) value = value < 0 ? std::floor(value) : std::ceil(value + 1e-9);
  return Tensor::from(values, shape);
}

/// Zeros, and 1 at position i.
inline Tensor unit(const Shape& shape, Index i) {
  std::vector<double> values(at(shape.numel()));
  values[at(i)] = 1;
  return Tensor::from(values, shape);
}

/// A position in each dimension.
using Place = std::array<Index, 4>;

inline Place place_of(Index flat, const Shape& shape) {
  Place place{};
  for (int d = shape.rank() - 1; d >= 0; --d) {
    place[at(d)] = flat % shape[d];
    flat /= shape[d];
  }
  return place;
}

inline Index flat_of(const Place& place, const Shape& shape) {
  Index flat = 0;
  for (int d = 0; d < shape.rank(); ++d) flat = flat * shape[d] + place[at(d)];
  return flat;
}

/// Which element of `from` NumPy's rule repeats at position `flat` of `to`.
inline Index repeated_from(Index flat, const Shape& to, const Shape& from) {
  const Place in_to = place_of(flat, to);
  Place in_from{};
  for (int d = 0; d < from.rank(); ++d) {
    in_from[at(d)] = from[d] == 1 ? 0 : in_to[at(d + to.rank() - from.rank())];
  }
  return flat_of(in_from, from);
}

/// Every shape that broadcasts to `to`: each dimension kept or 1, leading ones left out.
inline std::vector<Shape> shapes_that_broadcast_to(const Shape& to) {
  std::vector<Shape> shapes;
  for (int rank = 0; rank <= to.rank(); ++rank) {
    for (unsigned ones = 0; ones < 1U << rank; ++ones) {
      std::vector<Index> sizes;
      for (int d = 0; d < rank; ++d) {
        sizes.push_back(ones & (1U << d) ? 1 : to[to.rank() - rank + d]);
      }
      shapes.emplace_back(std::span<const Index>(sizes));
    }
  }
  return shapes;
}

inline double dot(const Tensor& a, const Tensor& b) {
  double total = 0;
  for (Index i = 0; i < a.numel(); ++i) {
    total += static_cast<double>(a.data()[i]) * static_cast<double>(b.data()[i]);
  }
  return total;
}

/// A leaf of its own with x's values, which requires a gradient.
inline Tensor leaf(const Tensor& x) { return x.detach().clone().requires_grad_(); }

/// The gradients of <f(inputs), upstream> by all inputs; undefined where there is none.
inline Inputs gradients(const Function& f, const Inputs& inputs, const Tensor& upstream) {
  Inputs leaves;
  for (const Tensor& input : inputs) leaves.push_back(leaf(input));
  f(leaves).backward(upstream);
  Inputs grads;
  for (const Tensor& input : leaves) grads.push_back(input.grad());
  return grads;
}
inline Tensor gradient(const std::function<Tensor(const Tensor&)>& f, const Tensor& x,
                       const Tensor& upstream) {
  return gradients([&](const Inputs& in) { return f(in[0]); }, {x}, upstream)[0];
}

/// The adjoint identity <A x, y> = <x, A^T y> of a linear A (or of A x + c, less c), for all x:
/// they are combinations of unit vectors. It must hold exactly.
inline ::testing::AssertionResult backward_is_adjoint(const std::function<Tensor(const Tensor&)>& a,
                                                      const Shape& shape) {
  const Tensor y = whole_numbers(a(zeros(shape)).shape(), 7);
  const Tensor back = gradient(a, zeros(shape), y);
  const double constant = dot(a(zeros(shape)), y);
  if (back.shape() != shape) {
    return ::testing::AssertionFailure() << "the gradient has shape " << to_string(back.shape());
  }
  for (Index i = 0; i < shape.numel(); ++i) {
    const double wanted = dot(a(unit(shape, i)), y) - constant;
    const double got = static_cast<double>(back.data()[i]);
    if (got == wanted) continue;
    return ::testing::AssertionFailure()
           << "<A e, y> = " << wanted << ", <e, A^T y> = " << got << " for unit vector " << i;
  }
  return ::testing::AssertionSuccess();
}

/// Elements a[i] within k epsilon scale[i] of expected[i]; NaN and infinities where expected.
inline ::testing::AssertionResult within(double k, const Tensor& a,
                                         const std::vector<double>& expected,
                                         const std::vector<double>& scale) {
  if (expected.size() != at(a.numel()) || scale.size() != expected.size()) {
    return ::testing::AssertionFailure() << a.numel() << " elements, expected " << expected.size();
  }
  const double smallest = k > 0 ? std::numeric_limits<real>::min() : 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto value = static_cast<double>(a.data()[i]);
    if (std::isnan(expected[i]) ? std::isnan(value) : value == expected[i]) continue;
    if (std::abs(value - expected[i]) <= std::max(k * epsilon * scale[i], smallest)) continue;
    return ::testing::AssertionFailure() << "element " << i << ": " << value << ", expected "
                                         << expected[i] << " within " << k * epsilon * scale[i];
  }
  return ::testing::AssertionSuccess();
}
inline ::testing::AssertionResult within(double k, const Tensor& a,
                                         const std::vector<double>& expected) {
  std::vector<double> scale = expected;
  for (double& value : scale) value = std::isfinite(value) ? std::abs(value) : 0;
  return within(k, a, expected, scale);
}

/// Equal elements, NaN equal to NaN.
inline ::testing::AssertionResult has_values(const Tensor& a, const std::vector<double>& expected) {
  std::vector<double> rounded = expected;
  for (double& value : rounded) value = static_cast<double>(static_cast<real>(value));
  return within(0, a, rounded, std::vector<double>(expected.size(), 0));
}

}  // namespace autograd::testing
