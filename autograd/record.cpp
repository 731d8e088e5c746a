#include "autograd/record.h"

#include <string>

namespace autograd::inline HANDFLOW_PRECISION {

void refuse_undefined(const char* operation, std::size_t i) {
  throw GraphError(std::string(operation) + ": argument " + std::to_string(i + 1) +
                   " is an undefined tensor (a gradient that was never computed?)");
}

void connect(const char* operation, Node& y, std::span<const Tensor* const> inputs, unsigned save,
             void (*backward)(Node& y)) {
  y.inputs = y.few_inputs.data();
  if (inputs.size() > y.few_inputs.size()) {
    y.inputs = static_cast<Node**>(allocate_block(inputs.size() * sizeof(Node*)));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Node* input = &inputs[i]->node();
    ++input->references;
    y.inputs[i] = input;
    y.needed |= std::uint64_t{input->requires_grad} << i;
    if (i < 3 && (save & (save_a << i))) y.saved_versions[i] = input->value->version;
  }
  if (save & save_output) y.saved_versions[3] = y.value->version;
  y.input_count = static_cast<std::uint16_t>(inputs.size());
  y.saves = static_cast<std::uint8_t>(save);
  y.operation = operation;
  y.backward = backward;
  y.requires_grad = true;
}

void refuse_if_recorded(const char* operation, const Tensor& tensor) {
  if (tensor.requires_grad() && grad_enabled()) {
    throw GraphError(std::string(operation) + ": a tensor of shape " + to_string(tensor.shape()) +
                     " requires a gradient, and changes in place are not recorded; update "
                     "parameters inside a NoGradGuard");
  }
}

Ref<Buffer> take_buffer(Tensor& x) {
  Node& node = x.node();
  const bool nobody_else_holds_it = node.references == 1 && node.value.unique();
  const bool nobody_reads_it_later =
      !(node.requires_grad && node.is_leaf()) && !(node.saves & save_output);
  if (nobody_else_holds_it && nobody_reads_it_later) return std::move(node.value);
  return {};
}

}  // namespace autograd::inline HANDFLOW_PRECISION
