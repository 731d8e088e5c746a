#pragma once

#include <initializer_list>
#include <iosfwd>
#include <span>

#include "autograd/error.h"
#include "autograd/node.h"

namespace autograd::inline HANDFLOW_PRECISION {

struct BackwardOptions {
  bool retain_graph = false;  ///< keep the graph, so that backward() can run through it again
};

/// An array of numbers, row-major and contiguous, of rank 0 to 4, that knows how it was computed.
///
/// A tensor is a handle: copies share the value, the gradient and the place in the graph, as in
/// PyTorch. Functions that take tensors by value only copy handles. A tensor, its graph and the
/// random generator belong to the thread that made them.
class Tensor {
 public:
  /// Undefined: what grad() returns where there is no gradient. Operations refuse it.
  Tensor() = default;

  /// Rank 0. Implicit, so that plain numbers stand in formulas: (1 - t) * x0.
  Tensor(double value);  // NOLINT(google-explicit-constructor)

  /// The values in row-major order, rounded to `real`. Throws ShapeError if their number is not
  /// shape.numel().
  static Tensor from(std::initializer_list<double> values, const Shape& shape);
  static Tensor from(std::span<const double> values, const Shape& shape);

  /// A leaf with this shape and unspecified values (NaN in Debug builds).
  static Tensor empty(const Shape& shape);

  bool defined() const { return static_cast<bool>(node_); }
  const Shape& shape() const { return node().shape; }
  Index size(Index dim) const { return shape()[dim]; }
  Index rank() const { return shape().rank(); }
  Index numel() const { return shape().numel(); }

  /// The elements. Writing through the pointer is not seen by the check for in-place changes.
  real* data() { return node().value->data(); }
  const real* data() const { return node().value->data(); }

  /// The only element. Throws ShapeError if there is not exactly one.
  double item() const;

  // ---- Gradients -----------------------------------------------------------------------------

  bool requires_grad() const { return node().requires_grad; }
  /// Throws GraphError for a tensor that an operation computed. Operations see it from now on; the
  /// graphs of earlier ones compute no gradient more than they would have.
  Tensor& requires_grad_(bool requires_grad = true);
  /// True for tensors that no recorded operation computed: parameters and data.
  bool is_leaf() const { return node().is_leaf(); }

  /// Sum of what every backward() since the last zero_grad() found for this leaf; undefined if
  /// there was none. Shares memory with the engine's own gradient, as in PyTorch.
  Tensor grad() const;
  /// Forgets the gradient: grad() is undefined afterwards.
  void zero_grad();
  /// Keeps the gradient of a non-leaf, too, for grad() to show after backward().
  Tensor& retain_grad();

  /// Computes d(this)/d(leaf) for every leaf that requires a gradient and adds it to leaf.grad().
  /// This tensor must have one element. The graph is freed unless retain_graph is set.
  /// Throws GraphError if nothing here requires a gradient, if a part of the graph was freed by an
  /// earlier backward(), or if a value that the derivative needs was changed in place; ShapeError
  /// for more than one element. After a throw no gradient has changed; out of memory, the graph is
  /// freed all the same.
  void backward(BackwardOptions options = {}) const;
  /// The same for any shape, given the gradient of the final result by this tensor.
  void backward(const Tensor& gradient, BackwardOptions options = {}) const;

  /// The same values outside of the graph; shares memory.
  Tensor detach() const;
  /// A copy with memory of its own; gradients flow through.
  Tensor clone() const;

  // ---- In place ------------------------------------------------------------------------------
  // Not recorded: each throws GraphError if this tensor or `other` requires a gradient and
  // gradients are enabled (wrap updates of parameters in a NoGradGuard). `other` must broadcast to
  // this shape; ShapeError otherwise.

  Tensor& add_(const Tensor& other);
  Tensor& mul_(const Tensor& other);
  Tensor& copy_(const Tensor& other);
  Tensor& fill_(double value);
  Tensor& zero_() { return fill_(0); }
  /// Draws each element from [low, high), as torch.Tensor.uniform_ does, from the default stream.
  /// Throws ValueError if low > high or one of them is not finite.
  Tensor& uniform_(double low, double high);

  // ---- For operations --------------------------------------------------------------------------

  explicit Tensor(Ref<Node> node) : node_(std::move(node)) {}
  /// Throws GraphError for an undefined tensor.
  Node& node() const {
    if (!node_) refuse_undefined();
    return *node_;
  }

 private:
  [[noreturn]] static void refuse_undefined();
  Ref<Node> node_;
};

Tensor zeros(const Shape& shape);
Tensor ones(const Shape& shape);
Tensor full(const Shape& shape, double value);
/// start, start + step, ... below end (above it if step is negative). Each value is computed in
/// double and rounded once. Throws ValueError for step 0 or values that are not finite.
Tensor arange(double start, double end, double step = 1);
/// n values from start to end, both included, evenly spaced. Each is computed in double and rounded
/// once. Throws ValueError for negative n.
Tensor linspace(double start, double end, Index n);

/// Prints the values in PyTorch's layout, four digits after the point; all of them with exponents
/// if one is below 1e-4 or above 1e8 or two are more than a factor 1000 apart (0 does not count).
std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

}  // namespace autograd::inline HANDFLOW_PRECISION
