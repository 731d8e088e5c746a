#include "autograd/node.h"

#include <cassert>

#include "autograd/kernels/kernels.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

thread_local bool grad_is_enabled = true;

}  // namespace

Ref<Node> Node::create(const Shape& shape, Ref<Buffer> value) {
  Node* node = new (allocate_block(sizeof(Node))) Node;
  node->shape = shape;
  node->value = std::move(value);
  return Ref<Node>::adopt(node);
}

void Node::destroy(Node* node) noexcept {
  // A graph can be a million nodes deep, so nodes whose last reference goes wait in a list that
  // runs through the nodes themselves.
  Node* dying = node;
  dying->next = nullptr;
  while (dying) {
    node = dying;
    dying = node->next;
    assert(node->home == this_thread() && "a tensor must be freed on the thread that made it");
    for (int i = 0; i < node->input_count; ++i) {
      Node* input = node->inputs[i];
      if (input && --input->references == 0) {
        input->next = dying;
        dying = input;
      }
    }
    if (node->inputs && node->inputs != node->few_inputs.data()) {
      release_block(node->inputs, static_cast<std::size_t>(node->input_count) * sizeof(Node*));
    }
    node->~Node();
    release_block(node, sizeof(Node));
  }
}

void unshare(Ref<Buffer>& contribution) {
  if (!contribution || contribution.unique()) return;
  Ref<Buffer> copy = Buffer::create(contribution->numel);
  kernels().copy(copy->numel, contribution->data(), copy->data(), false);
  contribution = std::move(copy);
}

Contribution contribute(Node& input) {
  if (!input.contribution) {
    input.contribution = Buffer::create(input.numel());
    return {input.contribution->data(), false};
  }
  unshare(input.contribution);
  return {input.contribution->data(), true};
}

Contribution contribute_in_place(Node& input, Node& y) {
  const bool dy_is_free = y.contribution.unique() && !y.retains_grad;
  if (!input.contribution && dy_is_free && input.numel() == y.numel()) {
    input.contribution = std::move(y.contribution);
    return {input.contribution->data(), false};
  }
  return contribute(input);
}

ProductContribution contribute_product(Node& input, const Node& y, bool may_overwrite) {
  const bool is_last = input.waiting_for == 1;  // nothing will be added to what this one writes
  if (!input.is_relu || input.retains_grad || !is_last) {
    const auto [data, add] = contribute(input);
    return {.data = data, .add = add};
  }
  input.selected = true;
  ProductContribution dx{.relu_output = input.data()};
  const bool only_y_holds_it = input.references == 1 && input.value.unique() && y.freed;
  if (may_overwrite && only_y_holds_it && !input.contribution) {
    input.contribution = std::move(input.value);
    dx.data = input.contribution->data();
  } else {
    const auto [data, add] = contribute(input);
    dx.data = data, dx.add = add;
  }
  const bool has_bias = input.needs_input_grad(2);
  if (has_bias) {
    input.dy_sum = Buffer::create(input.shape[-1]);
    dx.column_sums = input.dy_sum->data();
  }
  return dx;
}

Ref<Buffer> selected_dy(Node& y) {
  if (y.selected) return y.contribution;
  const bool dy_is_free = y.contribution.unique() && !y.retains_grad;
  Ref<Buffer> selected = dy_is_free ? y.contribution : Buffer::create(y.numel());
  kernels().relu.backward(y.numel(), y.dy(), y.data(), selected->data(), false, 0, 0);
  return selected;
}

void pass_on(Node& input, const Ref<Buffer>& gradient) {
  if (!input.contribution) {
    input.contribution = gradient;
    return;
  }
  const auto [dx, add] = contribute(input);
  kernels().copy(input.numel(), gradient->data(), dx, add);
}

bool grad_enabled() noexcept { return grad_is_enabled; }

NoGradGuard::NoGradGuard() noexcept : before_(grad_is_enabled) { grad_is_enabled = false; }
NoGradGuard::~NoGradGuard() { grad_is_enabled = before_; }

}  // namespace autograd::inline HANDFLOW_PRECISION
