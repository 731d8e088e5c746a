#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Random numbers: the stream that PyTorch draws on a CPU, value for value (checked against torch
// 1.13). Words come from a 32-bit Mersenne Twister (Matsumoto & Nishimura 1998). Every thread has a
// generator of its own. The _f64 build draws the same float stream and widens it. Where memory does
// not suffice, std::bad_alloc is thrown before anything is drawn.

/// Starts the stream that torch.manual_seed(seed) starts; the twister takes the low 32 bits.
void manual_seed(std::uint64_t seed);

/// Uniform on [0, 1), in steps of 2^-24. Equal to torch.rand bit for bit.
Tensor rand(const Shape& shape);

/// Standard normal, by Box and Muller's method. Within 4e-6 of torch.randn, and within one rounding
/// for fewer than 16 values.
Tensor randn(const Shape& shape);

/// n whole numbers from low..high-1. Throws ValueError for an empty range, one of 2^32 numbers or
/// more, or an n that is negative or more than 2^36, the most a tensor holds.
std::vector<Index> randint(Index low, Index high, Index n);

/// The numbers 0..n-1 in random order. Throws ValueError for negative n or more than 2^32 - 1.
std::vector<Index> randperm(Index n);

}  // namespace autograd::inline HANDFLOW_PRECISION
