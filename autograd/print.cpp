#include <cmath>
#include <cstdio>
#include <ostream>
#include <string>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

void print(std::ostream& out, const Shape& shape, int d, const real*& next) {
  if (d == shape.rank()) {
    const auto value = static_cast<double>(*next++);
    char text[32];
    std::snprintf(text, sizeof text, std::abs(value) < 1e8 ? "%.4f" : "%.4e", value);
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
    print(out, shape, d + 1, next);
  }
  out << ']';
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& tensor) {
  if (!tensor.defined()) return out << "undefined";
  const real* next = tensor.data();
  print(out, tensor.shape(), 0, next);
  return out;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
