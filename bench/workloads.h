#pragma once

#include <cstddef>
#include <memory>
#include <vector>

/// What is measured. Every contestant, this library (workloads.cpp) and its peers (peers/), does
/// the same from the same seed: same first weights, same draws, same data.
///
/// In C++17, which the headers of some peers need.

namespace bench {

/// Something to do over and over.
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() = 0;
  /// What the last run came to. Contestants must agree on it.
  virtual double result() const = 0;
};

/// One training step of Linear(inputs, width), ReLU, [Linear(width, width), ReLU,] Linear(width,
/// dim) on all points of data(): noise (batch, dim) and times (batch, 1) are drawn inside the step,
/// in this order; mean squared error against points - noise; Adam. The result is the loss before
/// the step. The weights are drawn first, layer after layer, from the seed.
struct Training {
  const char* name;
  int batch;          ///< points, all of them in each step
  int dim;            ///< numbers in a point
  bool tagged;        ///< the network sees x, t and the tag, else x and t
  int hidden_layers;  ///< 1 or 2, with a ReLU after each
  int width;          ///< of a hidden layer
  double lr;

  int inputs() const { return dim + 1 + (tagged ? 1 : 0); }
};

inline constexpr Training unconditional_step{
    "A. training step, batch 200, 3-64-2", 200, 2, false, 1, 64, 1e-2};
inline constexpr Training conditional_step{
    "B. training step, batch 1000, 4-64-2", 1000, 2, true, 1, 64, 1e-3};
inline constexpr Training large_step{
    "C. training step, batch 4096, 65-512-512-64", 4096, 64, false, 2, 512, 1e-3};

/// What training sees. Points in the plane lie on the sine curve, (x, sin x) with x evenly spaced,
/// and have its tags; of other dimensions, point i is a sine wave of `dim` values whose phase is i
/// parts of a turn in `batch`, and its tag that share.
struct Data {
  std::vector<float> points;  ///< (batch, dim)
  std::vector<float> tags;    ///< (batch, 1)
};
Data data(const Training& setup);

/// The whole way from noise to samples in equal steps, without gradients, by Linear(3, 64), ReLU,
/// Linear(64, 2) with its first weights, drawn from the seed; the noise (points, 2), which is the
/// same in each run, is drawn after them. The result is the mean square of the samples.
struct Sampling {
  const char* name;
  int points;
  bool rk4;  ///< else Euler
  int steps;
  int chunk;  ///< so many points go the whole way before the next ones; 0: as the contestant likes
};

inline constexpr int hidden = 64;
inline constexpr Sampling euler{"F. 100,000 points, 50 Euler steps", 100'000, false, 50, 0};
inline constexpr Sampling rk4{"F. 100,000 points, 13 RK4 steps", 100'000, true, 13, 0};

/// C (m x n) = A (m x k) B (k x n) of row-major matrices, A or B lying in memory transposed. The
/// result is fingerprint(C).
enum class Form { ab, ab_transposed, a_transposed_b };
struct Product {
  int m, n, k;
  Form form;
};

/// The matrices as they lie in memory.
struct Operands {
  std::vector<float> a;  ///< (m, k); for a_transposed_b (k, m)
  std::vector<float> b;  ///< (k, n); for ab_transposed (n, k)
};
Operands operands(const Product& setup, unsigned seed);

/// The mean square of the values, later ones counting more, up to twice as much as the first.
double fingerprint(const float* values, std::size_t n);

/// x (side, side), drawn from the seed, goes through x * 0.999 + 0.001 (two operations on tensors
/// of its shape) `operations` / 2 times; the gradient of the sum is taken back to x. The result is
/// that sum and the sum of the gradient, added.
struct Chain {
  const char* name;
  int side;
  int operations;
};

inline constexpr Chain numbers{"E. chain of 1000 operations on 1x1, per node", 1, 1000};
inline constexpr Chain squares{"E. chain of 1000 operations on 64x64, per node", 64, 1000};

// For contestants without a random stream of this kind. Starts the stream at the seed, draws the
// weights of the network, layer after layer, each (out, in) and row-major, and its bias; the draws
// that a run needs follow.
std::vector<float> first_parameters(const Training& setup, unsigned seed);
std::vector<float> first_parameters(const Sampling& setup, unsigned seed);
std::vector<float> draw_normal(int n);
std::vector<float> draw_uniform(int n);

/// This library's entries.
std::unique_ptr<Task> training(const Training& setup, unsigned seed);
std::unique_ptr<Task> sampling(const Sampling& setup, unsigned seed);
std::unique_ptr<Task> product(const Product& setup, unsigned seed);
std::unique_ptr<Task> chain(const Chain& setup, unsigned seed);

}  // namespace bench
