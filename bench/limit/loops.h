#pragma once

#include <cstdint>

#include "autograd/real.h"

/// The loops of limit.cpp: what a training step and sampling cost if somebody writes down exactly
/// this network, its derivative and nothing else. Like the library's kernels they are compiled once
/// for each instruction set, from loops.cpp, with the same flags, and chosen when a program starts.
///
/// All arrays are the caller's; nothing here allocates. Sums are taken in another order than the
/// library's: results agree to rounding.

namespace bench::fused {

using Index = autograd::Index;

/// The 32-bit Mersenne Twister, at some place of its stream, and the words that wait to be drawn.
struct Generator {
  static constexpr int size = 624, spare = 16;
  alignas(64) std::uint32_t twister[size + spare];  ///< the state, and its first words once more
  /// A fresh block lies at words + spare; what was left of the block before stands in front of it.
  alignas(64) std::uint32_t words[spare + size + spare];
  int next = 0, end = 0;  ///< words[next .. end) wait
};

/// Step t of Adam, its corrections folded into two numbers: with c = sqrt(1 - beta2^t),
/// lr m / (1 - beta1^t) / (sqrt(v) / c + eps) = step_size m / (sqrt(v) + eps_c).
struct Adam {
  float beta1, one_minus_beta1, beta2, one_minus_beta2;
  float step_size;  ///< lr c / (1 - beta1^t)
  float eps_c;      ///< eps c
};

constexpr int hidden = 64;

/// The network Linear(inputs, 64), ReLU, Linear(64, 2), inputs 3 or 4, as rows of 64 numbers: the
/// weight of each input, the bias b1, the weight of each output; then b2 and zeros.
template <int inputs>
constexpr int rows_of = inputs + 3;
template <int inputs>
constexpr int parameters_of = (inputs + 3) * hidden + 16;
constexpr int most_parameters = parameters_of<4>;

/// Everything a training step reads and writes. A batch is a multiple of 8, at least 16.
struct TrainingStep {
  Index batch;
  const float* points;  ///< (batch, 2)
  const float* tags;    ///< (batch), for four inputs
  float* noise;         ///< (batch, 2), and 32 more
  float* times;         ///< (batch), and 16 more
  Generator generator;
  Adam adam;
  alignas(64) float parameters[most_parameters] = {};
  alignas(64) float gradient[most_parameters] = {};
  alignas(64) float exp_avg[most_parameters] = {};
  alignas(64) float exp_avg_sq[most_parameters] = {};
  float loss = 0;
};

/// At least 16 points.
struct SamplingRun {
  Index points;
  bool rk4;  ///< else Euler
  int steps;
  const float* parameters;  ///< of three inputs
  const float* noise;       ///< (points, 2)
  float* samples;           ///< (points, 2)
  float* biases;            ///< scratch: steps x 64 for Euler, (2 steps + 1) x 64 for RK4
};

struct Loops {
  const char* name;  ///< as autograd::kernels().name
  /// Puts the generator where the library's stands: a block of words, `used` of which are drawn.
  void (*start)(Generator& generator, const std::uint32_t twister[624], int used);
  /// n normal numbers, a multiple of 16, and up to 16 more without meaning.
  void (*normal)(Generator& generator, Index n, float* y);
  /// n numbers uniform on [0, 1), and up to 16 more without meaning.
  void (*uniform)(Generator& generator, Index n, float* y);
  void (*adam)(const Adam& adam, Index n, const float* g, float* p, float* m, float* v);
  void (*training_step_3)(TrainingStep& step);  ///< inputs x, y, t
  void (*training_step_4)(TrainingStep& step);  ///< inputs x, y, t, tag
  void (*sample)(const SamplingRun& run);

  // What a large network does between its matrix products. `dim` and `cols` are multiples of 64.
  /// target = points - noise (rows, dim); input = noise + t target, and t behind (rows, dim + 1).
  void (*interpolate_rows)(Index rows, Index dim, const float* noise, const float* points,
                           const float* times, float* input, float* target);
  /// h = max(0, h + bias), in place.
  void (*bias_relu)(Index rows, Index cols, const float* bias, float* h);
  /// e = v + bias - target; v = scale e, in place; db += its column sums. Returns the sum of e^2.
  float (*bias_errors)(Index rows, Index cols, float scale, const float* bias, const float* target,
                       float* v, float* db);
  /// h = dh where h > 0, else 0, in place; db += its column sums.
  void (*mask)(Index rows, Index cols, const float* dh, float* h, float* db);
};

/// Those of the instruction set that autograd::kernels() uses.
const Loops& loops();

}  // namespace bench::fused
