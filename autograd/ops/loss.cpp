#include "autograd/ops/loss.h"

#include <array>

#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {

// L = sum (a - b)^2 / n           da = 2 (a - b) / n dL           db = -da
Tensor mse_loss(const Tensor& a, const Tensor& b) {
  records("mse_loss", std::array{&a, &b});
  if (a.shape() != b.shape()) {
    throw ShapeError("mse_loss: prediction " + to_string(a.shape()) + " and target " +
                     to_string(b.shape()) + " must have the same shape");
  }
  const Index n = a.numel();
  Tensor loss = kernels().squared_error(n, a.data(), b.data()) / static_cast<real>(n);
  record("mse_loss", loss, {&a, &b}, save_a | save_b, [n](Node& out) {
    Node& p = out.input(0);
    Node& q = out.input(1);
    const real scale = 2 / static_cast<real>(n) * *out.dy();
    if (out.needs_input_grad(0)) {
      const auto [dp, add] = contribute(p);
      kernels().squared_error_backward(n, scale, p.data(), q.data(), dp, add);
    }
    if (out.needs_input_grad(1)) {
      const auto [dq, add] = contribute(q);
      kernels().squared_error_backward(n, scale, q.data(), p.data(), dq, add);
    }
  });
  return loss;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
