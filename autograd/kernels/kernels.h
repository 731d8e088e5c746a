#pragma once

#include "autograd/real.h"

/// The table of inner loops. One source, kernels.cpp, is compiled once per instruction set and
/// fills one table each; dispatch.cpp picks a table when the program starts.
///
/// Everything here works on plain arrays, contiguous but for copy_rows and the matrix product. No
/// kernel allocates, throws or keeps state. The output of an elementwise kernel may be the very
/// same array as an input (in place); otherwise outputs and inputs must not overlap. Where a kernel
/// takes `add`, it writes its result when `add` is false and adds to what is there when `add` is
/// true: the first contribution to a gradient overwrites, so no gradient is ever filled with zeros
/// first.

namespace autograd::inline HANDFLOW_PRECISION {

/// What an elementwise operation keeps for its derivative.
enum class Saves { nothing, input, output };

/// y = f(x; p, q) and dx = dy * f'(x), the latter from x or from y, as `saves` says.
/// p and q are the parameters of pow (exponent) and clamp (low, high); the others ignore them.
struct UnaryKernel {
  Saves saves;
  void (*forward)(Index n, const real* x, real* y, real p, real q);
  void (*backward)(Index n, const real* dy, const real* saved, real* dx, bool add, real p, real q);
};

/// y = f(a, b), and the two partial derivatives times dy. A step is 1 (walk the array) or 0 (the
/// same value for all elements). `saves_operands` is false where the derivatives ignore a and b
/// (add, sub); they may then be null.
struct BinaryKernel {
  bool saves_operands;
  void (*forward)(Index n, const real* a, Index a_step, const real* b, Index b_step, real* y);
  void (*backward_a)(Index n, const real* dy, const real* a, Index a_step, const real* b,
                     Index b_step, real* da, bool add);
  void (*backward_b)(Index n, const real* dy, const real* a, Index a_step, const real* b,
                     Index b_step, real* db, bool add);
};

/// A contiguous matrix of `width` columns.
struct Columns {
  const real* data;
  Index width;
};

/// An operation that normalises along the middle of (outer, n, inner); n may be 0. y and x must not
/// overlap; dx may be dy. y is what the derivative keeps.
struct SoftmaxKernel {
  void (*forward)(Index outer, Index n, Index inner, const real* x, real* y);
  void (*backward)(Index outer, Index n, Index inner, const real* dy, const real* y, real* dx,
                   bool add);
};

/// What happens to an element of a matrix product just before it is stored: nothing, a relu, or the
/// derivative of the relu whose output is y.
enum class Epilogue {
  none,
  relu,           ///< c <= 0 ? 0 : c
  relu_backward,  ///< y <= 0 ? 0 : c
};

/// Sums of so many terms are finished before anything is stored.
constexpr Index most_terms_in_place = 512;

/// C = start + A B for A of m x k, B of k x n, C of m x n, with any strides (counted in elements):
/// A(i, p) = a[i * a_row + p * a_col], B(p, j) = b[p * b_row + j * b_col], and so on. Transposing
/// is a choice of strides. `start` null means zeros; start_row = 0 repeats a bias row; start == c
/// (with c's strides) accumulates. y, for Epilogue::relu_backward, lies as C does, and may be c
/// where k <= most_terms_in_place. column_sums, where not null, receives what Kernels::sum makes of
/// C's columns; C must then be contiguous.
struct Gemm {
  Index m, n, k;
  const real* a;
  Index a_row, a_col;
  const real* b;
  Index b_row, b_col;
  real* c;
  Index c_row, c_col;
  const real* start = nullptr;
  Index start_row = 0, start_col = 1;
  Epilogue epilogue = Epilogue::none;
  const real* y = nullptr;
  real* column_sums = nullptr;
};

/// One step of Adam over a flat array (Kingma & Ba 2015, algorithm 1, in PyTorch's order).
struct AdamStep {
  real beta1, one_minus_beta1, beta2, one_minus_beta2;
  real step_size;         ///< lr / (1 - beta1^t)
  real sqrt_correction2;  ///< sqrt(1 - beta2^t)
  real eps;
};

struct Kernels {
  const char* name;  ///< "baseline", "avx2" or "avx512"

  BinaryKernel add, sub, mul, div;
  UnaryKernel neg, relu, silu, tanh, sigmoid, exp, log, sin, cos, sqrt, square, pow, abs, clamp;

  // Filling and copying.
  void (*fill)(Index n, real value, real* y);
  void (*copy)(Index n, const real* x, real* y, bool add);
  /// y (+)= scale * x
  void (*scale)(Index n, real scale, const real* x, real* y, bool add);
  /// Rows of `size` elements, which begin every x_row elements and, copied, every y_row elements.
  void (*copy_rows)(Index rows, Index size, const real* x, Index x_row, real* y, Index y_row,
                    bool add);
  /// y = [x[0] x[1] ...]: matrices of `rows` rows, side by side.
  void (*cat)(Index rows, int parts, const Columns* x, real* y);
  /// Each of `outer` rows written `times` times: (outer, inner) -> (outer, times, inner).
  void (*repeat)(Index outer, Index times, Index inner, const real* x, real* y);
  /// y[j * rows + i] = x[i * cols + j]
  void (*transpose)(Index rows, Index cols, const real* x, real* y, bool add);

  // Reductions over the middle of (outer, n, inner), to (outer, inner). n may be 0 for sums.
  void (*sum)(Index outer, Index n, Index inner, const real* x, real* y, bool add);
  /// The largest value and the position (0..n-1) of its first occurrence; NaN wins, as in PyTorch.
  void (*max)(Index outer, Index n, Index inner, const real* x, real* y, Index* position);

  SoftmaxKernel softmax, log_softmax;

  // Loss: sum of (a - b)^2, and da (+)= scale * (a - b).
  real (*squared_error)(Index n, const real* a, const real* b);
  void (*squared_error_backward)(Index n, real scale, const real* a, const real* b, real* da,
                                 bool add);

  /// m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;  p -= step_size m / (sqrt(v) /
  /// sqrt_correction2 + eps)
  void (*adam)(Index n, const AdamStep& step, const real* g, real* p, real* m, real* v);

  // Matrix product of one row range, on one thread. `workspace` holds gemm_workspace() elements,
  // 64-byte aligned.
  Index gemm_workspace;
  void (*gemm)(const Gemm& g, real* workspace);

  // Random numbers. Always in float, whatever `real` is: both builds draw one stream.
  /// Advances the state of a 32-bit Mersenne Twister by 624 words and writes the tempered words.
  void (*mt19937)(std::uint32_t state[624], std::uint32_t words[624]);
  /// y = (word mod 2^24) / 2^24
  void (*uniform)(Index n, const std::uint32_t* words, float* y);
  /// Box-Muller in blocks of 16 (n is a multiple of 16), in PyTorch's layout: in a block, for
  /// j < 8, with x as `uniform` makes it of the words, u1 = 1 - x[j] and u2 = x[j + 8] become
  /// y[j] = r cos(2 pi u2) and y[j + 8] = r sin(2 pi u2), r = sqrt(-2 ln u1).
  void (*normal)(Index n, const std::uint32_t* words, float* y);
};

/// The table in use: the widest one this machine runs, or what HANDFLOW_ISA names
/// (baseline | avx2 | avx512; a name this machine cannot run is ignored).
const Kernels& kernels();

/// The table called `name`, or null where this build or this machine does not have it.
const Kernels* kernels_named(const char* name);

}  // namespace autograd::inline HANDFLOW_PRECISION
