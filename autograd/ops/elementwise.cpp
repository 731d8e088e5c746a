#include "autograd/ops/elementwise.h"

#include <array>
#include <string>
#include <utility>

#include "autograd/kernels/kernels.h"
#include "autograd/ops/shape.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// y = f(x)            dx = dy f'(x)
Tensor unary(const char* operation, const UnaryKernel& kernel, Tensor& x, double p = 0,
             double q = 0) {
  const bool recorded = records(operation, std::array<const Tensor*, 1>{&x});
  const real* values = x.data();
  const bool keeps_x = recorded && kernel.saves == Saves::input;
  Ref<Buffer> result = keeps_x ? Ref<Buffer>() : take_buffer(x);
  if (!result) result = Buffer::create(x.numel());
  Tensor y(Node::create(x.shape(), std::move(result)));
  const auto [first, second] = std::pair(static_cast<real>(p), static_cast<real>(q));
  kernel.forward(y.numel(), values, y.data(), first, second);

  const unsigned save = kernel.saves == Saves::input    ? save_a
                        : kernel.saves == Saves::output ? save_output
                                                        : save_nothing;
  if (!recorded) return y;
  attach(operation, y, {&x}, save, [f = &kernel, p = first, q = second](Node& out) {
    Node& in = out.input(0);
    if (out.selected) return pass_on(in, out.contribution);
    const real* dy = out.dy();
    const real* saved = f->saves == Saves::input    ? in.data()
                        : f->saves == Saves::output ? out.data()
                                                    : nullptr;
    const auto [dx, add] = contribute_in_place(in, out);
    f->backward(out.numel(), dy, saved, dx, add, p, q);
  });
  return y;
}

[[gnu::noinline]] Ref<Buffer> expanded(const Node& x, const Shape& shape) {
  Ref<Buffer> copy = Buffer::create(shape.numel());
  expand_to(shape, x.data(), x.shape, copy->data());
  return copy;
}

// An operand of a broadcasting operation, ready for a kernel: its own elements, or one element for
// all (step 0), or a copy expanded to the result's shape.
struct Operand {
  Operand() = default;
  Operand(const Node& x, const Shape& shape) {
    if (x.numel() == shape.numel()) {
      data = x.data();
    } else if (x.numel() == 1) {
      data = x.data();
      step = 0;
    } else {
      copy = expanded(x, shape);
      data = copy->data();
    }
  }
  bool is_whole() const { return step == 1 && !copy; }

  const real* data = nullptr;
  Index step = 1;
  Ref<Buffer> copy;
};

// y = f(a, b)         da = dy df/da         db = dy df/db         each summed to its operand's
// shape
Tensor binary(const char* operation, const BinaryKernel& kernel, unsigned da_reads,
              unsigned db_reads, Tensor& a, Tensor& b) {
  const bool recorded = records(operation, std::array<const Tensor*, 2>{&a, &b});
  const Shape shape = broadcast(operation, a.shape(), b.shape());
  const Operand left(a.node(), shape);
  const Operand right(b.node(), shape);
  const unsigned save = !recorded ? save_nothing
                                  : (a.requires_grad() ? da_reads : save_nothing) |
                                        (b.requires_grad() ? db_reads : save_nothing);
  const bool into_a = left.is_whole() && !(save & save_a);
  const bool into_b = right.is_whole() && !(save & save_b);
  Ref<Buffer> result = into_a ? take_buffer(a) : Ref<Buffer>();
  if (!result && into_b) result = take_buffer(b);
  if (!result) result = Buffer::create(shape.numel());
  Tensor y(Node::create(shape, std::move(result)));
  kernel.forward(y.numel(), left.data, left.step, right.data, right.step, y.data());

  if (!recorded) return y;
  attach(operation, y, {&a, &b}, save, [f = &kernel, save](Node& out) {
    const Operand p = save & save_a ? Operand(out.input(0), out.shape) : Operand();
    const Operand q = save & save_b ? Operand(out.input(1), out.shape) : Operand();
    const auto differentiate = [&](auto derivative, int i, bool last) {
      if (!out.needs_input_grad(i)) return;
      Node& in = out.input(i);
      const real* dy = out.dy();
      if (in.numel() == out.numel()) {
        const auto [dx, add] = last ? contribute_in_place(in, out) : contribute(in);
        derivative(out.numel(), dy, p.data, p.step, q.data, q.step, dx, add);
      } else {
        const Ref<Buffer> full = Buffer::create(out.numel());
        derivative(out.numel(), dy, p.data, p.step, q.data, q.step, full->data(), false);
        const auto [dx, add] = contribute(in);
        sum_to(in.shape, full->data(), out.shape, dx, add);
      }
    };
    differentiate(f->backward_a, 0, !out.needs_input_grad(1));
    differentiate(f->backward_b, 1, true);
  });
  return y;
}

}  // namespace

Tensor add(Tensor a, Tensor b) {
  return binary("add", kernels().add, save_nothing, save_nothing, a, b);
}
Tensor sub(Tensor a, Tensor b) {
  return binary("sub", kernels().sub, save_nothing, save_nothing, a, b);
}
Tensor mul(Tensor a, Tensor b) { return binary("mul", kernels().mul, save_b, save_a, a, b); }
Tensor div(Tensor a, Tensor b) {
  return binary("div", kernels().div, save_b, save_a | save_b, a, b);
}

Tensor neg(Tensor x) { return unary("neg", kernels().neg, x); }
Tensor relu(Tensor x) {
  Tensor y = unary("relu", kernels().relu, x);
  y.node().is_relu = y.requires_grad();
  return y;
}
Tensor silu(Tensor x) { return unary("silu", kernels().silu, x); }
Tensor tanh(Tensor x) { return unary("tanh", kernels().tanh, x); }
Tensor sigmoid(Tensor x) { return unary("sigmoid", kernels().sigmoid, x); }
Tensor exp(Tensor x) { return unary("exp", kernels().exp, x); }
Tensor log(Tensor x) { return unary("log", kernels().log, x); }
Tensor sin(Tensor x) { return unary("sin", kernels().sin, x); }
Tensor cos(Tensor x) { return unary("cos", kernels().cos, x); }
Tensor sqrt(Tensor x) { return unary("sqrt", kernels().sqrt, x); }
Tensor square(Tensor x) { return unary("square", kernels().square, x); }
Tensor abs(Tensor x) { return unary("abs", kernels().abs, x); }
Tensor pow(Tensor x, double exponent) { return unary("pow", kernels().pow, x, exponent); }
Tensor clamp(Tensor x, double low, double high) {
  if (!(low <= high)) {
    throw ValueError("clamp: low " + std::to_string(low) + " is not at most high " +
                     std::to_string(high));
  }
  return unary("clamp", kernels().clamp, x, low, high);
}

}  // namespace autograd::inline HANDFLOW_PRECISION
