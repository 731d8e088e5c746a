#pragma once

#include <cstdint>
#include <vector>

#include "autograd/real.h"

/// What the kernels compute, written for reading: one obvious loop each, in double. Tests hold the
/// kernels against these. The matrix product's reference is in autograd/gemm.h.
namespace autograd::inline HANDFLOW_PRECISION::reference {

/// y[j * rows + i] = x[i * cols + j]
std::vector<real> transpose(Index rows, Index cols, const std::vector<real>& x);

/// (outer, n, inner) summed over the middle, to (outer, inner).
std::vector<double> sum(Index outer, Index n, Index inner, const std::vector<real>& x);

/// The largest over the middle, and the position of its first occurrence. NaN is the largest of
/// all.
struct Largest {
  std::vector<real> value;
  std::vector<Index> position;
};
Largest max(Index outer, Index n, Index inner, const std::vector<real>& x);

/// softmax and log_softmax over the middle of (outer, n, inner), and their derivatives by the whole
/// Jacobian: dx_k = sum over i of dy_i dy_i/dx_k, which is y_i (delta_ik - y_k) and delta_ik - p_k.
std::vector<double> softmax(Index outer, Index n, Index inner, const std::vector<real>& x);
std::vector<double> log_softmax(Index outer, Index n, Index inner, const std::vector<real>& x);
std::vector<double> softmax_backward(Index outer, Index n, Index inner, const std::vector<real>& dy,
                                     const std::vector<real>& x);
std::vector<double> log_softmax_backward(Index outer, Index n, Index inner,
                                         const std::vector<real>& dy, const std::vector<real>& x);

/// Sum of (a - b)^2.
double squared_error(const std::vector<real>& a, const std::vector<real>& b);

/// A parameter with its running moments, and one step of Adam (Kingma & Ba 2015, algorithm 1).
struct AdamState {
  double p, m, v;
};
AdamState adam(AdamState before, double gradient, double lr, double beta1, double beta2, double eps,
               int t);

/// n words of std::mt19937.
std::vector<std::uint32_t> mt19937(std::uint32_t seed, Index n);

/// Box-Muller in blocks of 16, as kernels().normal lays it out.
std::vector<double> normal(const std::vector<float>& uniforms);

}  // namespace autograd::inline HANDFLOW_PRECISION::reference
