#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "autograd/memory.h"
#include "autograd/shape.h"

/// The graph. A node is a value and the way it was computed: its inputs and a backward function. A
/// tensor is a handle to a node; lessons see tensors, operations see nodes.

namespace autograd::inline HANDFLOW_PRECISION {

struct Node {
  // What every walk through the graph reads: one cache line.
  int references = 1;
  bool requires_grad = false;
  bool retains_grad = false;  // a non-leaf whose gradient the user asked to see
  bool freed = false;         // backward() has been here, or is, and drops the graph
  bool is_relu = false;       // passes dy on where the value is positive, else 0
  Node** inputs = nullptr;    // few_inputs, or a block of its own for a longer list
  std::array<Node*, 3> few_inputs;
  std::uint16_t input_count = 0;
  std::uint8_t saves = 0;    // which values backward will read (see Save)
  bool selected = false;     // of a relu: dy is 0 already where the value is not positive
  int waiting_for = 0;       // in a running backward(): consumers that have not contributed yet
  std::uint64_t needed = 0;  // bit i: input i required a gradient when this was recorded
  Node* next = nullptr;      // the list this node stands in, during backward() or its destruction

  Ref<Buffer> value;         // empty once an operation has taken it over to write its own there
  Ref<Buffer> contribution;  // in a running backward(): dy, as far as it is known
  Shape shape;

  // How the value was computed; unset in leaves. backward(y) adds y's share to the gradients of its
  // inputs. It receives its node instead of capturing it: a captured node would own itself and
  // never be destroyed.
  void (*backward)(Node& y) = nullptr;
  const char* operation = nullptr;
  alignas(16) std::array<std::byte, 48> captures;  // the sizes and exponents backward needs

  Ref<Buffer> grad;    // what Tensor::grad() shows; leaves and retained nodes only
  Ref<Buffer> extra;   // saved numbers that belong to no tensor: positions, lists of indices
  Ref<Buffer> dy_sum;  // of linear_relu: dy summed over the rows, if a product has done it
  std::array<std::uint32_t, 4> saved_versions;  // of the values in `saves`
  const void* home = this_thread();

  /// A leaf that does not require a gradient.
  static Ref<Node> create(const Shape& shape, Ref<Buffer> value);
  /// Destroys the node and all that only it kept alive, without recursion.
  static void destroy(Node* node) noexcept;

  bool is_leaf() const { return backward == nullptr && !freed; }
  Index numel() const { return shape.numel(); }
  Node& input(int i) const { return *inputs[i]; }
  /// Whether backward has to compute a share for input i. What counts is the moment of recording: a
  /// leaf may be switched afterwards, and what the derivative would read was not saved then.
  bool needs_input_grad(int i) const { return (needed >> i & 1) != 0; }
  const real* data() const { return value->data(); }
  const real* dy() const { return contribution->data(); }
};

static_assert(sizeof(Node) <= 256);

/// The values that an operation's backward function reads: of its first three inputs, and its
/// output. Only these are checked for changes made in between.
enum Save : unsigned { save_nothing = 0, save_a = 1, save_b = 2, save_c = 4, save_output = 8 };

/// Where an operation writes its share of an input's gradient: it overwrites if `add` is false, and
/// adds to what is there if `add` is true.
struct Contribution {
  real* data;
  bool add;
};

/// The gradient of `input`, for the caller to write. This is the one place that knows whether a
/// contribution is the first one.
Contribution contribute(Node& input);

/// The same for an elementwise derivative, dx[i] = f(dy[i], ...): may hand out dy's own buffer when
/// nobody will read dy again. Call it for the last input only.
Contribution contribute_in_place(Node& input, Node& y);

/// The same for a product. If it is the last to contribute, it can do in passing the work of the
/// relu that computed `input`: where that one's output, `relu_output` (else null), is not positive,
/// write 0; and to `column_sums` (else null) the sums of dx's columns, for which a bias waits. With
/// `may_overwrite`, the buffer handed out may be relu's output itself, if nobody else will read it.
struct ProductContribution {
  real* data = nullptr;
  bool add = false;
  const real* relu_output = nullptr;
  real* column_sums = nullptr;
};
ProductContribution contribute_product(Node& input, const Node& y, bool may_overwrite);

/// Of a relu: dy where y is positive, else 0. In dy's own buffer where nobody else will read it.
Ref<Buffer> selected_dy(Node& y);

/// dx (+)= gradient, element for element; shares the buffer instead of copying where it can.
void pass_on(Node& input, const Ref<Buffer>& gradient);

/// Puts a copy of its own in the place of a buffer that others hold too, so that it may be written.
void unshare(Ref<Buffer>& contribution);

/// False inside a NoGradGuard.
bool grad_enabled() noexcept;

/// While one exists on this thread, operations record nothing. The state before returns with its
/// end.
class [[nodiscard]] NoGradGuard {
 public:
  NoGradGuard() noexcept;
  ~NoGradGuard();
  NoGradGuard(const NoGradGuard&) = delete;
  NoGradGuard& operator=(const NoGradGuard&) = delete;

 private:
  bool before_;
};

}  // namespace autograd::inline HANDFLOW_PRECISION
