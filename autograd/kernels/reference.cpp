#include "autograd/kernels/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <random>

namespace autograd::inline HANDFLOW_PRECISION::reference {
namespace {

// Where element (o, i, j) of an array of shape (outer, n, inner) lies, and the element.
std::size_t place(Index n, Index inner, Index o, Index i, Index j) {
  return static_cast<std::size_t>((o * n + i) * inner + j);
}
real at(const std::vector<real>& x, Index n, Index inner, Index o, Index i, Index j) {
  return x[place(n, inner, o, i, j)];
}

}  // namespace

std::vector<real> transpose(Index rows, Index cols, const std::vector<real>& x) {
  std::vector<real> y;
  for (Index j = 0; j < cols; ++j) {
    for (Index i = 0; i < rows; ++i) y.push_back(at(x, rows, cols, 0, i, j));
  }
  return y;
}

std::vector<double> sum(Index outer, Index n, Index inner, const std::vector<real>& x) {
  std::vector<double> y;
  for (Index o = 0; o < outer; ++o) {
    for (Index j = 0; j < inner; ++j) {
      double total = 0;
      for (Index i = 0; i < n; ++i) total += double{at(x, n, inner, o, i, j)};
      y.push_back(total);
    }
  }
  return y;
}

Largest max(Index outer, Index n, Index inner, const std::vector<real>& x) {
  Largest largest;
  for (Index o = 0; o < outer; ++o) {
    for (Index j = 0; j < inner; ++j) {
      Index best = 0;
      for (Index i = 1; i < n; ++i) {
        const real value = at(x, n, inner, o, i, j);
        const real best_value = at(x, n, inner, o, best, j);
        if (value > best_value || (std::isnan(value) && !std::isnan(best_value))) best = i;
      }
      largest.value.push_back(at(x, n, inner, o, best, j));
      largest.position.push_back(best);
    }
  }
  return largest;
}

std::vector<double> log_softmax(Index outer, Index n, Index inner, const std::vector<real>& x) {
  std::vector<double> y(x.size());
  for (Index o = 0; o < outer; ++o) {
    for (Index j = 0; j < inner; ++j) {
      double largest = -INFINITY;
      for (Index i = 0; i < n; ++i) largest = std::max(largest, double{at(x, n, inner, o, i, j)});
      double total = 0;
      for (Index i = 0; i < n; ++i) total += std::exp(double{at(x, n, inner, o, i, j)} - largest);
      for (Index i = 0; i < n; ++i) {
        y[place(n, inner, o, i, j)] = double{at(x, n, inner, o, i, j)} - largest - std::log(total);
      }
    }
  }
  return y;
}

std::vector<double> softmax(Index outer, Index n, Index inner, const std::vector<real>& x) {
  std::vector<double> y = log_softmax(outer, n, inner, x);
  for (double& value : y) value = std::exp(value);
  return y;
}

namespace {

// dx_k = sum over i of dy_i slope(i, k), where slope gets the probabilities and the two places.
template <class Slope>
std::vector<double> by_jacobian(Index outer, Index n, Index inner, const std::vector<real>& dy,
                                const std::vector<real>& x, Slope slope) {
  const std::vector<double> p = softmax(outer, n, inner, x);
  std::vector<double> dx(x.size());
  for (Index o = 0; o < outer; ++o) {
    for (Index j = 0; j < inner; ++j) {
      for (Index k = 0; k < n; ++k) {
        for (Index i = 0; i < n; ++i) {
          const std::size_t from = place(n, inner, o, i, j), to = place(n, inner, o, k, j);
          dx[to] += double{dy[from]} * slope(p[from], p[to], i == k ? 1 : 0);
        }
      }
    }
  }
  return dx;
}

}  // namespace

std::vector<double> softmax_backward(Index outer, Index n, Index inner, const std::vector<real>& dy,
                                     const std::vector<real>& x) {
  return by_jacobian(outer, n, inner, dy, x,
                     [](double p_i, double p_k, double same) { return p_i * (same - p_k); });
}

std::vector<double> log_softmax_backward(Index outer, Index n, Index inner,
                                         const std::vector<real>& dy, const std::vector<real>& x) {
  return by_jacobian(outer, n, inner, dy, x,
                     [](double, double p_k, double same) { return same - p_k; });
}

double squared_error(const std::vector<real>& a, const std::vector<real>& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = double{a[i]} - double{b[i]};
    total += difference * difference;
  }
  return total;
}

AdamState adam(AdamState before, double gradient, double lr, double beta1, double beta2, double eps,
               int t) {
  const double m = beta1 * before.m + (1 - beta1) * gradient;
  const double v = beta2 * before.v + (1 - beta2) * gradient * gradient;
  const double m_corrected = m / (1 - std::pow(beta1, t));
  const double v_corrected = v / (1 - std::pow(beta2, t));
  return {before.p - lr * m_corrected / (std::sqrt(v_corrected) + eps), m, v};
}

std::vector<std::uint32_t> mt19937(std::uint32_t seed, Index n) {
  std::mt19937 generator(seed);
  std::vector<std::uint32_t> words;
  for (Index i = 0; i < n; ++i) words.push_back(static_cast<std::uint32_t>(generator()));
  return words;
}

std::vector<double> normal(const std::vector<float>& uniforms) {
  std::vector<double> y(uniforms.size());
  for (std::size_t block = 0; block + 16 <= y.size(); block += 16) {
    for (std::size_t j = block; j < block + 8; ++j) {
      const double u1 = 1 - double{uniforms[j]};
      const double u2 = double{uniforms[j + 8]};
      const double radius = std::sqrt(-2 * std::log(u1));
      y[j] = radius * std::cos(2 * std::numbers::pi * u2);
      y[j + 8] = radius * std::sin(2 * std::numbers::pi * u2);
    }
  }
  return y;
}

}  // namespace autograd::inline HANDFLOW_PRECISION::reference
