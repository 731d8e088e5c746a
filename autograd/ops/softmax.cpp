#include "autograd/ops/softmax.h"

#include <array>

#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// The formulas, forward and backward, stand in formulas.inc. Both derivatives are made of y.
Tensor normalised(const char* operation, const SoftmaxKernel& kernel, const Tensor& x, Index dim) {
  records(operation, std::array{&x});
  const Shape& shape = x.shape();
  const int d = shape.dimension(dim, operation);
  const Index outer = shape.product(0, d);
  const Index n = shape[d];
  const Index inner = shape.product(d + 1, shape.rank());
  Tensor y = Tensor::empty(shape);
  kernel.forward(outer, n, inner, x.data(), y.data());
  record(operation, y, {&x}, save_output, [f = &kernel, outer, n, inner](Node& out) {
    const real* dy = out.dy();
    const auto [dx, add] = contribute_in_place(out.input(0), out);
    f->backward(outer, n, inner, dy, out.data(), dx, add);
  });
  return y;
}

}  // namespace

Tensor softmax(const Tensor& x, Index dim) {
  return normalised("softmax", kernels().softmax, x, dim);
}
Tensor log_softmax(const Tensor& x, Index dim) {
  return normalised("log_softmax", kernels().log_softmax, x, dim);
}

}  // namespace autograd::inline HANDFLOW_PRECISION
