#pragma once

#include <initializer_list>
#include <new>
#include <span>
#include <type_traits>

#include "autograd/tensor.h"

/// What operations use to enter the graph, or to stay out of it. For .cpp files only.

namespace autograd::inline HANDFLOW_PRECISION {

/// Throws GraphError: argument i, counted from 0, is undefined.
[[noreturn]] void refuse_undefined(const char* operation, std::size_t i);

/// True if an operation on these inputs belongs into the graph: gradients are enabled and one of
/// them requires one. Throws GraphError, naming the operation, if one of them is undefined.
inline bool records(const char* operation, std::span<const Tensor* const> inputs) {
  bool any = false;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]->defined()) refuse_undefined(operation, i);
    any = any || inputs[i]->requires_grad();
  }
  return any && grad_enabled();
}

/// Stores inputs, saved versions and the backward function in y's node. `backward` must expect the
/// captures that stand in the node already. At most 64 inputs.
void connect(const char* operation, Node& y, std::span<const Tensor* const> inputs, unsigned save,
             void (*backward)(Node& y));

/// Stores in y's node that it was computed from `inputs`. `backward(y)` will receive the node; it
/// may capture up to 48 bytes of plain values: sizes, positions, exponents.
template <class Backward>
void attach(const char* operation, Tensor& y, std::span<const Tensor* const> inputs, unsigned save,
            Backward backward) {
  static_assert(std::is_trivially_copyable_v<Backward>, "capture plain values only");
  static_assert(sizeof(Backward) <= sizeof(Node::captures), "too many captures");
  static_assert(alignof(Backward) <= 16, "the captures are aligned to 16 bytes");
  new (y.node().captures.data()) Backward(backward);
  connect(operation, y.node(), inputs, save, [](Node& node) {
    (*std::launder(reinterpret_cast<const Backward*>(node.captures.data())))(node);
  });
}
template <class Backward>
void attach(const char* operation, Tensor& y, std::initializer_list<const Tensor*> inputs,
            unsigned save, Backward backward) {
  attach(operation, y, std::span(inputs.begin(), inputs.size()), save, backward);
}

/// The same, if that belongs into the graph: see records().
template <class Backward>
void record(const char* operation, Tensor& y, std::span<const Tensor* const> inputs, unsigned save,
            Backward backward) {
  if (records(operation, inputs)) attach(operation, y, inputs, save, backward);
}
template <class Backward>
void record(const char* operation, Tensor& y, std::initializer_list<const Tensor*> inputs,
            unsigned save, Backward backward) {
  record(operation, y, std::span(inputs.begin(), inputs.size()), save, backward);
}

/// For operations that change a tensor in place: throws GraphError, naming the operation, if the
/// tensor requires a gradient and gradients are enabled.
void refuse_if_recorded(const char* operation, const Tensor& tensor);

/// x's own buffer, for a result with as many elements, if this handle is the only one and no
/// recorded derivative will read x's value; nothing otherwise. Read x.data() before the call.
Ref<Buffer> take_buffer(Tensor& x);

}  // namespace autograd::inline HANDFLOW_PRECISION
