#include <exception>
#include <string>

#include "autograd/kernels/kernels.h"
#include "autograd/tensor.h"

/// Reverse-mode differentiation. Backward has three parts:
///
///   1. count: walk from the result to the leaves and count, for each node, how many consumers will
///      contribute to its gradient. Everything that can be refused is refused here.
///   2. run: a node whose consumers have all contributed has its whole gradient dy; its backward
///      function passes shares of it to the inputs. Each node runs once, however many paths lead to
///      it.
///   3. commit: the leaves' gradients, complete now, are added to what grad() shows.
///
/// Lists run through the nodes themselves: no recursion, no sets, no memory beyond the gradients.

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// A stack of nodes, linked through Node::next, that owns a reference to each.
class NodeList {
 public:
  NodeList() = default;
  NodeList(const NodeList&) = delete;
  NodeList& operator=(const NodeList&) = delete;
  ~NodeList() {
    while (pop()) continue;
  }

  void push(Ref<Node> node) noexcept {
    node->next = first_;
    first_ = node.release();
  }
  Ref<Node> pop() noexcept {
    if (!first_) return {};
    Node* node = first_;
    first_ = node->next;
    return Ref<Node>::adopt(node);
  }

 private:
  Node* first_ = nullptr;
};

Ref<Node> share(Node* node) {
  ++node->references;
  return Ref<Node>::adopt(node);
}

void refuse_if_freed(const Node& y) {
  if (!y.freed) return;
  throw GraphError(std::string("backward: the graph of this ") + y.operation +
                   " was freed by an earlier backward(); call that one with "
                   "{.retain_graph = true} to go through the graph twice");
}

void refuse_if_changed(const Node& y) {
  for (int i = 0; i < 4; ++i) {
    if (!(y.saves & (save_a << i))) continue;
    const Node& saved = i == 3 ? y : y.input(i);
    const std::uint32_t now = saved.value->version;
    const std::uint32_t then = y.saved_versions[static_cast<std::size_t>(i)];
    if (now == then) continue;
    throw GraphError(std::string("backward: ") + y.operation + " needs " +
                     (i == 3 ? "its output" : "its input " + std::to_string(i + 1)) + " of shape " +
                     to_string(saved.shape) + ", which was changed in place: version " +
                     std::to_string(now) + ", saved at version " + std::to_string(then));
  }
}

// Part 1. Visits each node once, in a queue linked through Node::next.
void count_consumers(Node& root) {
  root.next = nullptr;
  root.waiting_for = 1;
  Node* last = &root;
  try {
    for (Node* y = &root; y; y = y->next) {
      refuse_if_freed(*y);
      refuse_if_changed(*y);
      for (int i = 0; i < y->input_count; ++i) {
        Node& input = y->input(i);
        if (!y->needs_input_grad(i) || input.waiting_for++ > 0) continue;
        input.next = nullptr;
        last = last->next = &input;
      }
    }
  } catch (...) {
    for (Node* y = &root; y; y = y->next) y->waiting_for = 0;
    throw;
  }
}

// Takes y out of the graph: whoever waits for an input and has it all may run next.
void leave(Node& y, bool keep_graph, NodeList& ready) noexcept {
  for (int i = 0; i < y.input_count; ++i) {
    Node* input = y.inputs[i];
    const bool runs_next = y.needs_input_grad(i) && --input->waiting_for == 0;
    if (keep_graph) {
      if (runs_next) ready.push(share(input));
    } else {
      y.inputs[i] = nullptr;
      Ref<Node> reference = Ref<Node>::adopt(input);
      if (runs_next) ready.push(std::move(reference));
    }
  }
  if (keep_graph || y.is_leaf()) return;
  y.freed = true;
  y.backward = nullptr;
  y.saves = save_nothing;
  y.extra = {};
}

void commit(NodeList& finished) noexcept {
  while (Ref<Node> node = finished.pop()) {
    if (!node->grad) {
      node->grad = std::move(node->contribution);
    } else {
      kernels().copy(node->numel(), node->dy(), node->grad->data(), true);
      ++node->grad->version;
      node->contribution = {};
    }
  }
}

void run(Node& root, Ref<Buffer> gradient, bool keep_graph) {
  count_consumers(root);
  NodeList ready;
  NodeList finished;
  std::exception_ptr out_of_memory;
  root.waiting_for = 0;
  root.contribution = std::move(gradient);
  ready.push(share(&root));
  while (Ref<Node> y = ready.pop()) {
    const bool shows_grad = (y->is_leaf() && y->requires_grad) || y->retains_grad;
    try {
      if (y->backward && !out_of_memory) {
        y->freed = !keep_graph;
        y->backward(*y);
      }
      if (shows_grad) unshare(y->contribution);
    } catch (...) {
      // The other nodes still leave the graph, in order, so that none keeps a half-made gradient.
      out_of_memory = std::current_exception();
    }
    if (!shows_grad) y->contribution = {};
    y->selected = false;
    y->dy_sum = {};
    leave(*y, keep_graph, ready);
    if (shows_grad) finished.push(std::move(y));
  }
  if (out_of_memory) {
    while (Ref<Node> node = finished.pop()) node->contribution = {};
    std::rethrow_exception(out_of_memory);
  }
  commit(finished);
}

}  // namespace

void Tensor::backward(BackwardOptions options) const {
  if (numel() != 1) {
    throw ShapeError("backward: a tensor of shape " + to_string(shape()) +
                     " needs the gradient of the result by it as an argument; only a single number "
                     "has the obvious gradient 1");
  }
  backward(full(shape(), 1), options);
}

void Tensor::backward(const Tensor& gradient, BackwardOptions options) const {
  Node& root = node();
  if (!root.requires_grad) {
    throw GraphError("backward: this tensor of shape " + to_string(root.shape) +
                     " does not depend on any tensor that requires a gradient");
  }
  if (gradient.shape() != root.shape) {
    throw ShapeError("backward: the gradient of shape " + to_string(gradient.shape()) +
                     " must have the tensor's shape " + to_string(root.shape));
  }
  run(root, gradient.node().value, options.retain_graph);
}

}  // namespace autograd::inline HANDFLOW_PRECISION
