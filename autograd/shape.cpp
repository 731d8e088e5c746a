#include "autograd/shape.h"

#include <algorithm>

#include "autograd/error.h"

namespace autograd::inline HANDFLOW_PRECISION {

Shape::Shape(std::initializer_list<Index> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}

Shape::Shape(std::span<const Index> sizes) {
  if (sizes.size() > max_rank) throw ShapeError("shape: at most 4 dimensions are supported");
  std::copy(sizes.begin(), sizes.end(), sizes_.begin());
  rank_ = static_cast<Index>(sizes.size());
  count();
}

void Shape::count() {
  numel_ = 1;
  double nonzero = 1;  // an Index could overflow
  for (int d = 0; d < rank(); ++d) {
    const Index size = sizes_[static_cast<std::size_t>(d)];
    if (size < 0) throw ShapeError("shape: a size cannot be negative, got " + std::to_string(size));
    nonzero *= static_cast<double>(std::max<Index>(size, 1));
    if (nonzero > static_cast<double>(max_numel)) {
      throw ShapeError("shape: more than 2^36 elements");
    }
    numel_ *= size;
  }
}

void Shape::refuse_dimension(Index d, const char* operation) const {
  throw ShapeError(std::string(operation) + ": dimension " + std::to_string(d) +
                   " is out of range for shape " + to_string(*this));
}

Shape Shape::with(Index d, Index size) const {
  Shape result = *this;
  result.sizes_[static_cast<std::size_t>(dimension(d))] = size;
  result.count();
  return result;
}

Shape Shape::without(Index d) const {
  Shape result = *this;
  const auto removed = result.sizes_.begin() + dimension(d);
  std::copy(removed + 1, result.sizes_.end(), removed);
  result.sizes_.back() = 0;
  --result.rank_;
  result.count();
  return result;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (int d = 0; d < shape.rank(); ++d) {
    text += (d > 0 ? ", " : "") + std::to_string(shape[d]);
  }
  return text + (shape.rank() == 1 ? ",)" : ")");
}

Shape broadcast(const char* operation, const Shape& a, const Shape& b) {
  if (a == b) return a;
  const int rank = std::max(a.rank(), b.rank());
  Shape result = a.rank() == rank ? a : b;
  for (int d = -1; d >= -rank; --d) {
    const Index in_a = d >= -a.rank() ? a[d] : 1;
    const Index in_b = d >= -b.rank() ? b[d] : 1;
    if (in_a != in_b && in_a != 1 && in_b != 1) {
      throw ShapeError(std::string(operation) + ": shapes " + to_string(a) + " and " +
                       to_string(b) + " do not broadcast: dimension " + std::to_string(d) +
                       " has sizes " + std::to_string(in_a) + " and " + std::to_string(in_b));
    }
    result = result.with(d, in_a == 1 ? in_b : in_a);
  }
  return result;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
