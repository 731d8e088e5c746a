#include "autograd/ops/loss.h"

#include <algorithm>
#include <array>
#include <string>

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

namespace {

void check_targets(const Tensor& logits, std::span<const Index> target) {
  const Shape& shape = logits.shape();
  if (shape.rank() != 2 || shape[0] != static_cast<Index>(target.size())) {
    throw ShapeError("cross_entropy: logits " + to_string(shape) + " and " +
                     std::to_string(target.size()) +
                     " targets are not (n, classes) and one target for each of n rows");
  }
  for (std::size_t i = 0; i < target.size(); ++i) {
    if (target[i] < 0 || target[i] >= shape[1]) {
      throw ValueError("cross_entropy: target " + std::to_string(target[i]) + " of row " +
                       std::to_string(i) + " is none of the " + std::to_string(shape[1]) +
                       " classes of logits " + to_string(shape));
    }
  }
}

// What backward needs again, in one buffer: the target of each row, then the probabilities.
struct Kept {
  static constexpr Index reals_per_index = sizeof(Index) / sizeof(real);
  static Ref<Buffer> create(Index n, Index classes) {
    return Buffer::create(n * reals_per_index + n * classes);
  }
  Kept(Buffer& buffer, Index n)
      : target(reinterpret_cast<Index*>(buffer.data())), p(buffer.data() + n * reals_per_index) {}

  Index* target;
  real* p;
};

}  // namespace

// L = -sum ln p[i][target i] / n  dx = dL (p - onehot(target)) / n,  p = softmax(x)
Tensor cross_entropy(const Tensor& x, std::span<const Index> target) {
  const bool recorded = records("cross_entropy", std::array{&x});
  check_targets(x, target);
  const Index n = x.size(0);
  const Index classes = x.size(1);
  Ref<Buffer> buffer = Kept::create(n, classes);
  const Kept kept(*buffer, n);
  std::copy(target.begin(), target.end(), kept.target);
  kernels().log_softmax.forward(n, classes, 1, x.data(), kept.p);
  const Ref<Buffer> losses = Buffer::create(n);
  for (Index i = 0; i < n; ++i) losses->data()[i] = -kept.p[i * classes + kept.target[i]];
  real total = 0;
  kernels().sum(1, n, 1, losses->data(), &total, false);
  Tensor loss = total / static_cast<real>(n);

  if (recorded) {
    kernels().exp.forward(n * classes, kept.p, kept.p, 0, 0);
    loss.node().extra = std::move(buffer);
  }
  record("cross_entropy", loss, {&x}, save_nothing, [n, classes](Node& out) {
    const Kept saved(*out.extra, n);
    const real share = *out.dy() / static_cast<real>(n);
    const auto [dx, add] = contribute(out.input(0));
    kernels().scale(n * classes, share, saved.p, dx, add);
    for (Index i = 0; i < n; ++i) dx[i * classes + saved.target[i]] -= share;
  });
  return loss;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
