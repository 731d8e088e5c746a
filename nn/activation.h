#pragma once

#include "nn/module.h"

namespace nn::inline HANDFLOW_PRECISION {

/// A module without parameters.
struct Activation : Module {
  void visit_parameters(const Visitor&) override {}
};

/// max(x, 0), element by element.
struct ReLU : Activation {
  Tensor operator()(Tensor x) const { return autograd::relu(std::move(x)); }
};

/// x sigmoid(x), element by element (Elfwing et al. 2018; Hendrycks & Gimpel 2016).
struct SiLU : Activation {
  Tensor operator()(Tensor x) const { return autograd::silu(std::move(x)); }
};

/// tanh x, element by element.
struct Tanh : Activation {
  Tensor operator()(Tensor x) const { return autograd::tanh(std::move(x)); }
};

}  // namespace nn::inline HANDFLOW_PRECISION
