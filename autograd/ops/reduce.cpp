#include "autograd/ops/reduce.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// x seen as (outer, n, inner), reduced over n to (outer, inner).
struct Middle {
  Middle(const char* operation, const Shape& shape, Index dim, bool keepdim) {
    const int d = shape.dimension(dim, operation);
    outer = shape.product(0, d);
    n = shape[d];
    inner = shape.product(d + 1, shape.rank());
    reduced = keepdim ? shape.with(d, 1) : shape.without(d);
  }
  explicit Middle(const Shape& shape) : n(shape.numel()) {}

  Index outer = 1, n = 1, inner = 1;
  Shape reduced;
};

// y = (sum x) / divisor           dx = dy / divisor, repeated
Tensor divided_sum(const char* operation, const Tensor& x, const Middle& m, real divisor) {
  Tensor y = Tensor::empty(m.reduced);
  kernels().sum(m.outer, m.n, m.inner, x.data(), y.data(), false);
  if (divisor != 1) kernels().div.forward(y.numel(), y.data(), 1, &divisor, 0, y.data());
  record(operation, y, {&x}, save_nothing,
         [outer = m.outer, n = m.n, inner = m.inner, divisor](Node& out) {
           auto [dx, add] = contribute(out.input(0));
           const real* dy = out.dy();
           const real scale = 1 / divisor;
           for (Index o = 0; o < outer; ++o, dy += inner) {
             if (inner == 1) {  // one number for the whole row
               const real share = *dy / divisor;
               if (add) kernels().add.forward(n, dx, 1, &share, 0, dx);
               if (!add) kernels().fill(n, share, dx);
               dx += n;
               continue;
             }
             for (Index i = 0; i < n; ++i, dx += inner) kernels().scale(inner, scale, dy, dx, add);
           }
         });
  return y;
}

void refuse_empty(const char* operation, const Tensor& x, const Middle& m) {
  if (m.n > 0) return;
  throw ShapeError(std::string(operation) + ": no elements to choose from in shape " +
                   to_string(x.shape()));
}

}  // namespace

Tensor sum(const Tensor& x) {
  records("sum", std::array{&x});
  return divided_sum("sum", x, Middle(x.shape()), 1);
}

Tensor sum(const Tensor& x, Index dim, bool keepdim) {
  records("sum", std::array{&x});
  return divided_sum("sum", x, Middle("sum", x.shape(), dim, keepdim), 1);
}

Tensor mean(const Tensor& x) {
  records("mean", std::array{&x});
  const Middle m(x.shape());
  return divided_sum("mean", x, m, static_cast<real>(m.n));
}

Tensor mean(const Tensor& x, Index dim, bool keepdim) {
  records("mean", std::array{&x});
  const Middle m("mean", x.shape(), dim, keepdim);
  return divided_sum("mean", x, m, static_cast<real>(m.n));
}

// y = max x                       dx = dy / (number of largest elements) at each of them, else 0
Tensor max(const Tensor& x) {
  records("max", std::array{&x});
  const Middle m(x.shape());
  refuse_empty("max", x, m);
  Tensor y = Tensor::empty(m.reduced);
  Index position = 0;
  kernels().max(1, m.n, 1, x.data(), y.data(), &position);
  record("max", y, {&x}, save_a | save_output, [](Node& out) {
    Node& in = out.input(0);
    const real* values = in.data();
    const real largest = *out.data();
    const auto is_largest = [&](real value) {
      return value == largest || (std::isnan(value) && std::isnan(largest));
    };
    const auto ties = static_cast<real>(std::count_if(values, values + in.numel(), is_largest));
    const real share = *out.dy() / ties;
    const auto [dx, add] = contribute(in);
    for (Index i = 0; i < in.numel(); ++i) {
      dx[i] = (add ? dx[i] : 0) + (is_largest(values[i]) ? share : 0);
    }
  });
  return y;
}

// y = max x                       dx = dy at the first largest element, else 0
Tensor max(const Tensor& x, Index dim, bool keepdim) {
  const bool recorded = records("max", std::array{&x});
  const Middle m("max", x.shape(), dim, keepdim);
  refuse_empty("max", x, m);
  Tensor y = Tensor::empty(m.reduced);
  constexpr Index reals_per_index = sizeof(Index) / sizeof(real);
  Ref<Buffer> positions = Buffer::create(y.numel() * reals_per_index);
  kernels().max(m.outer, m.n, m.inner, x.data(), y.data(),
                reinterpret_cast<Index*>(positions->data()));
  if (recorded) y.node().extra = std::move(positions);
  record("max", y, {&x}, save_nothing, [n = m.n, inner = m.inner](Node& out) {
    const auto* position = reinterpret_cast<const Index*>(out.extra->data());
    const auto [dx, add] = contribute(out.input(0));
    if (!add) kernels().fill(out.input(0).numel(), 0, dx);
    for (Index i = 0; i < out.numel(); ++i) {
      dx[(i / inner * n + position[i]) * inner + i % inner] += out.dy()[i];
    }
  });
  return y;
}

Tensor argmax(const Tensor& x, Index dim, bool keepdim) {
  records("argmax", std::array{&x});
  const Middle m("argmax", x.shape(), dim, keepdim);
  refuse_empty("argmax", x, m);
  Tensor y = Tensor::empty(m.reduced);
  const Tensor largest = Tensor::empty(m.reduced);
  constexpr Index reals_per_index = sizeof(Index) / sizeof(real);
  const Ref<Buffer> positions = Buffer::create(y.numel() * reals_per_index);
  auto* position = reinterpret_cast<Index*>(positions->data());
  kernels().max(m.outer, m.n, m.inner, x.data(), largest.node().value->data(), position);
  std::transform(position, position + y.numel(), y.data(),
                 [](Index i) { return static_cast<real>(i); });
  return y;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
