#pragma once

#include <initializer_list>
#include <limits>

#include "nn/optimizer.h"

/// What the tests of the optimisers share.
namespace optimizers {

using nn::Index;
using nn::Tensor;

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// A leaf of rank 1 to be optimised.
inline Tensor parameter(std::initializer_list<double> numbers) {
  return Tensor::from(numbers, {static_cast<Index>(numbers.size())}).requires_grad_();
}

/// Leaves exactly `gradient` in p.grad().
inline void give_gradient(Tensor p, const Tensor& gradient) {
  p.zero_grad();
  sum(p * gradient).backward();
}

}  // namespace optimizers
