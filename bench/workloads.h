#pragma once

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

/// One training step of the note's network, Linear(inputs, 64), ReLU, Linear(64, 2): noise and
/// times are drawn inside the step; Adam. The result is the loss before the step.
struct Training {
  const char* name;
  int batch;    ///< points on the sine curve, all of them in each step
  bool tagged;  ///< the network sees x, t and the tag, else x and t
  double lr;

  int inputs() const { return tagged ? 4 : 3; }
};

/// The whole way from noise to samples in equal steps, without gradients, by a network that has its
/// first weights. The result is the mean square of the samples.
struct Sampling {
  const char* name;
  int points;
  bool rk4;  ///< else Euler
  int steps;
};

inline constexpr int hidden = 64;
inline constexpr Training unconditional_step{"training step, batch 200, 3-64-2", 200, false, 1e-2};
inline constexpr Training conditional_step{"training step, batch 1000, 4-64-2", 1000, true, 1e-3};
inline constexpr Sampling euler{"sampling, 100,000 points, 50 Euler steps", 100'000, false, 50};
inline constexpr Sampling rk4{"sampling, 100,000 points, 13 RK4 steps", 100'000, true, 13};

/// What training sees: `batch` points (x, sin x), x evenly spaced, and the tag of each.
struct Data {
  std::vector<float> points;  ///< (batch, 2)
  std::vector<float> tags;    ///< (batch, 1)
};
Data data(const Training& setup);

/// This library's entries.
std::unique_ptr<Task> training(const Training& setup, unsigned seed);
std::unique_ptr<Task> sampling(const Sampling& setup, unsigned seed);

}  // namespace bench
