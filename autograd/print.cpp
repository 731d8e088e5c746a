#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// PyTorch's rule. Four digits after the point show little of numbers below 1e-4, and a row of
// numbers more than a factor 1000 apart is easier to read with exponents.
bool wants_exponents(const Tensor& tensor) {
  double least = INFINITY;
  double largest = 0;
  for (Index i = 0; i < tensor.numel(); ++i) {
    const double size = std::abs(static_cast<double>(tensor.data()[i]));
    if (size == 0 || !std::isfinite(size)) continue;
    least = std::min(least, size);
    largest = std::max(largest, size);
  }
  return least < 1e-4 || largest > 1e8 || largest / least > 1000;
}

void print(std::ostream& out, const Shape& shape, int d, const real*& next, const char* format) {
  if (d == shape.rank()) {
    const auto value = static_cast<double>(*next++);
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    out << (std::isnan(value) ? "nan" : text);  // whatever the sign of the NaN
    return;
  }
  out << '[';
  for (Index i = 0; i < shape[d]; ++i) {
    if (i > 0) {
      const int lines = shape.rank() - d - 1;
      out << (lines == 0 ? ", " : ",") << std::string(static_cast<std::size_t>(lines), '\n');
      if (lines > 0) out << std::string(static_cast<std::size_t>(d) + 1, ' ');
    }
    print(out, shape, d + 1, next, format);
  }
  out << ']';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "undefined";
  const real* next = tensor.data();
  print(out, tensor.shape(), 0, next, wants_exponents(tensor) ? "%.4e" : "%.4f");
  return out;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
