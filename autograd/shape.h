#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>

#include "autograd/real.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// The size of each dimension, outermost first; rank 0 (a single number) to 4.
class Shape {
 public:
  static constexpr int max_rank = 4;
  static constexpr Index max_numel = Index{1} << 36;

  /// Rank 0: one number.
  Shape() = default;

  /// Throws ShapeError for more than 4 dimensions, a negative size, or more than 2^36 elements, a
  /// size of 0 counted as 1: so no product of some of the sizes overflows.
  Shape(std::initializer_list<Index> sizes);
  explicit Shape(std::span<const Index> sizes);

  int rank() const { return static_cast<int>(rank_); }
  Index numel() const { return numel_; }

  /// Size of dimension d; negative d counts from the end (-1 is the last). Throws ShapeError.
  Index operator[](Index d) const { return sizes_[static_cast<std::size_t>(dimension(d))]; }

  /// d as a position 0..rank-1, negative d counted from the end. `operation` opens the text of the
  /// ShapeError thrown otherwise.
  int dimension(Index d, const char* operation = "shape") const {
    if (d < -rank_ || d >= rank_) refuse_dimension(d, operation);
    return static_cast<int>(d < 0 ? d + rank_ : d);
  }

  /// Product of the sizes of dimensions first..last-1.
  Index product(int first, int last) const {
    Index product = 1;
    for (int d = first; d < last; ++d) product *= sizes_[static_cast<std::size_t>(d)];
    return product;
  }

  /// The same shape with dimension d of another size.
  Shape with(Index d, Index size) const;

  /// The same shape without dimension d.
  Shape without(Index d) const;

  bool operator==(const Shape& other) const {
    Index difference = rank_ ^ other.rank_;
    for (std::size_t d = 0; d < sizes_.size(); ++d) difference |= sizes_[d] ^ other.sizes_[d];
    return difference == 0;
  }

 private:
  [[noreturn]] void refuse_dimension(Index d, const char* operation) const;
  // Sets the number of elements from the sizes, which must not be negative. Throws ShapeError.
  void count();

  std::array<Index, max_rank> sizes_{};  // beyond rank_: zero, so that == can compare all
  Index numel_ = 1;
  Index rank_ = 0;  // as wide as the others: a shape without padding is copied in whole vectors
};

/// "(2, 3)", "(5,)", "()": as PyTorch and NumPy print it.
std::string to_string(const Shape& shape);

/// NumPy's rule: align at the last dimension; sizes must be equal or 1. `operation` opens the text
/// of the ShapeError thrown otherwise.
Shape broadcast(const char* operation, const Shape& a, const Shape& b);

}  // namespace autograd::inline HANDFLOW_PRECISION
