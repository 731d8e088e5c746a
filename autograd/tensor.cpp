#include "autograd/tensor.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "autograd/kernels/kernels.h"
#include "autograd/ops/shape.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// `other` in the shape of `tensor`, which is about to be changed by it.
Tensor operand(const char* operation, const Tensor& other, const Tensor& tensor) {
  refuse_if_recorded(operation, tensor);
  refuse_if_recorded(operation, other);
  if (other.shape() == tensor.shape()) return other;
  if (broadcast(operation, tensor.shape(), other.shape()) != tensor.shape()) {
    throw ShapeError(std::string(operation) + ": shape " + to_string(other.shape()) +
                     " does not broadcast to " + to_string(tensor.shape()));
  }
  return expand(other.detach(), tensor.shape());
}

}  // namespace

Tensor::Tensor(double value) : Tensor(empty({})) { *data() = static_cast<real>(value); }

Tensor Tensor::empty(const Shape& shape) {
  return Tensor(Node::create(shape, Buffer::create(shape.numel())));
}

Tensor Tensor::from(std::initializer_list<double> values, const Shape& shape) {
  return from(std::span(values.begin(), values.size()), shape);
}

Tensor Tensor::from(std::span<const double> values, const Shape& shape) {
  if (static_cast<Index>(values.size()) != shape.numel()) {
    throw ShapeError("from: " + std::to_string(values.size()) + " values do not fill shape " +
                     to_string(shape));
  }
  Tensor tensor = empty(shape);
  std::transform(values.begin(), values.end(), tensor.data(),
                 [](double value) { return static_cast<real>(value); });
  return tensor;
}

void Tensor::refuse_undefined() {
  throw GraphError("this tensor is undefined (a gradient that was never computed?)");
}

double Tensor::item() const {
  if (numel() != 1) {
    throw ShapeError("item: a tensor of shape " + to_string(shape()) + " is not a single number");
  }
  return static_cast<double>(*data());
}

Tensor& Tensor::requires_grad_(bool requires_grad) {
  if (!is_leaf()) {
    throw GraphError("requires_grad_: this tensor of shape " + to_string(shape()) +
                     " was computed by an operation; only leaves can be switched (detach() first)");
  }
  node().requires_grad = requires_grad;
  return *this;
}

Tensor Tensor::grad() const {
  Node& leaf = node();
  return leaf.grad ? Tensor(Node::create(leaf.shape, leaf.grad)) : Tensor();
}

void Tensor::zero_grad() { node().grad = {}; }

Tensor& Tensor::retain_grad() {
  if (!requires_grad()) {
    throw GraphError("retain_grad: this tensor of shape " + to_string(shape()) +
                     " does not require a gradient");
  }
  node().retains_grad = true;
  return *this;
}

Tensor Tensor::detach() const { return Tensor(Node::create(shape(), node().value)); }

Tensor Tensor::clone() const {
  Tensor copy = empty(shape());
  kernels().copy(numel(), data(), copy.data(), false);
  record("clone", copy, {this}, save_nothing,
         [](Node& out) { pass_on(out.input(0), out.contribution); });
  return copy;
}

Tensor& Tensor::add_(const Tensor& other) {
  const Tensor b = operand("add_", other, *this);
  kernels().add.forward(numel(), data(), 1, b.data(), 1, data());
  ++node().value->version;
  return *this;
}

Tensor& Tensor::mul_(const Tensor& other) {
  const Tensor b = operand("mul_", other, *this);
  kernels().mul.forward(numel(), data(), 1, b.data(), 1, data());
  ++node().value->version;
  return *this;
}

Tensor& Tensor::copy_(const Tensor& other) {
  const Tensor b = operand("copy_", other, *this);
  kernels().copy(numel(), b.data(), data(), false);
  ++node().value->version;
  return *this;
}

Tensor& Tensor::fill_(double value) {
  refuse_if_recorded("fill_", *this);
  kernels().fill(numel(), static_cast<real>(value), data());
  ++node().value->version;
  return *this;
}

Tensor full(const Shape& shape, double value) {
  Tensor tensor = Tensor::empty(shape);
  kernels().fill(tensor.numel(), static_cast<real>(value), tensor.data());
  return tensor;
}

Tensor zeros(const Shape& shape) { return full(shape, 0); }

Tensor ones(const Shape& shape) { return full(shape, 1); }

Tensor arange(double start, double end, double step) {
  const double count = std::ceil((end - start) / step);
  if (step == 0 || !std::isfinite(count)) {
    throw ValueError("arange: cannot count from " + std::to_string(start) + " to " +
                     std::to_string(end) + " in steps of " + std::to_string(step));
  }
  if (count > static_cast<double>(Shape::max_numel)) throw ShapeError("arange: too many values");
  Tensor tensor = Tensor::empty({static_cast<Index>(std::max(count, 0.0))});
  for (Index i = 0; i < tensor.numel(); ++i) {
    tensor.data()[i] = static_cast<real>(start + static_cast<double>(i) * step);
  }
  return tensor;
}

Tensor linspace(double start, double end, Index n) {
  if (n < 0) throw ValueError("linspace: n must not be negative, got " + std::to_string(n));
  Tensor tensor = Tensor::empty({n});
  const double step = n > 1 ? (end - start) / static_cast<double>(n - 1) : 0;
  for (Index i = 0; i < n; ++i) {
    const double value = i == n - 1 && n > 1 ? end : start + static_cast<double>(i) * step;
    tensor.data()[i] = static_cast<real>(value);
  }
  return tensor;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
