#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Random numbers: the stream that PyTorch draws on a CPU, value for value (checked against torch
// 1.13). Words come from a 32-bit Mersenne Twister (Matsumoto & Nishimura 1998). Every thread has a
// generator of its own. The _f64 build draws the same float stream and widens it. Where memory does
// not suffice, std::bad_alloc is thrown before anything is drawn.

/// Starts the stream that torch.manual_seed(seed) starts; the twister takes the low 32 bits.
void manual_seed(std::uint64_t seed);

/// Where a generator stands in its stream.
struct RngState {
  std::array<std::uint32_t, 624> twister{};  ///< the block of words that is being drawn
  std::uint32_t used = 0;                    ///< how many of them are drawn already, 0 to 624
  std::optional<double> kept_normal;         ///< of randn for fewer than 16 values: its next value

  bool operator==(const RngState&) const = default;
};

/// The whole state of this thread's generator (PyTorch's get_rng_state).
RngState rng_state();

/// Puts this thread's generator there: it draws on, bit for bit, as the one did that `state` came
/// from. Throws ValueError for a state that no generator can be in: more than 624 words used, all
/// words 0, or a kept normal that is not finite.
void set_rng_state(const RngState& state);

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
