#include "nn/sequential.h"

#include <string>

namespace nn::inline HANDFLOW_PRECISION {

Sequential::Sequential(const Sequential& other) : Module(other) {
  for (const auto& layer : other.layers_) layers_.push_back(layer->copy());
}

Sequential& Sequential::operator=(Sequential other) noexcept {
  layers_ = std::move(other.layers_);
  return *this;
}

Tensor Sequential::operator()(Tensor x) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Linear* linear = layers_[i]->linear();
    if (linear && i + 1 < layers_.size() && layers_[i + 1]->is_relu()) {
      x = autograd::linear_relu(x, linear->weight, linear->bias);
      ++i;
    } else {
      x = layers_[i]->forward(std::move(x));
    }
  }
  return x;
}

void Sequential::visit_parameters(const Visitor& visit) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    visit_child(std::to_string(i), layers_[i]->module(), visit);
  }
}

}  // namespace nn::inline HANDFLOW_PRECISION
