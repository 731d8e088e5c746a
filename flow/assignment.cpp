#include "flow/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace flow::inline HANDFLOW_PRECISION {
namespace {

using Size = std::size_t;
constexpr double largest_cost = 1e300;  // so that no sum of costs overflows
constexpr Size none = std::numeric_limits<Size>::max();

// Every column has a price. A row looks at cost - price and has a column where that is smallest, or
// is still free: such a matching is the best one for its rows, and stays so while it grows.
class Matching {
 public:
  Matching(std::span<const double> cost, Size n)
      : cost_(cost),
        n_(n),
        price_(n, INFINITY),
        row_of_(n, none),
        column_of_(n, none),
        distance_(n),
        previous_(n) {}

  std::vector<Index> solve() {
    start();
    for (Size row = 0; row < n_; ++row) {
      if (column_of_[row] == none) augment(row);
    }
    return {column_of_.begin(), column_of_.end()};
  }

 private:
  double reduced(Size row, Size column) const { return cost_[row * n_ + column] - price_[column]; }

  // Each column costs at first what it is worth to the row that pays least. Rows that find their
  // cheapest column free take it.
  void start() {
    for (Size row = 0; row < n_; ++row) {
      for (Size j = 0; j < n_; ++j) price_[j] = std::min(price_[j], cost_[row * n_ + j]);
    }
    for (Size row = 0; row < n_; ++row) {
      Size best = 0;
      for (Size j = 1; j < n_; ++j) {
        if (reduced(row, j) < reduced(row, best)) best = j;
      }
      if (row_of_[best] == none) match(row, best);
    }
  }

  // Dijkstra's search from a free row to the nearest free column. The step from column j to column
  // k is the loss of j's row when it moves to k, which is never negative.
  void augment(Size row) {
    std::fill(distance_.begin(), distance_.end(), INFINITY);
    unscanned_.resize(n_);
    std::iota(unscanned_.begin(), unscanned_.end(), Size{0});
    scanned_.clear();
    Size column = scan(row, 0);
    while (row_of_[column] != none) {
      scanned_.push_back(column);
      const Size owner = row_of_[column];
      column = scan(owner, reduced(owner, column) - distance_[column]);
    }
    // Columns on the way become dearer, until every row on the path is content with its next one.
    for (const Size j : scanned_) price_[j] += distance_[j] - distance_[column];
    for (Size owner = none; owner != row;) {
      owner = previous_[column];
      const Size left = column_of_[owner];
      match(owner, column);
      column = left;
    }
  }

  // Looks where `row` could move that now has a reduced cost of `has`, counted from the start of
  // the path. Takes the nearest column out of the unscanned ones.
  Size scan(Size row, double has) {
    const double* const cost = &cost_[row * n_];
    Size nearest = 0;
    double shortest = INFINITY;
    for (Size k = 0; k < unscanned_.size(); ++k) {
      const Size j = unscanned_[k];
      const double through = cost[j] - price_[j] - has;
      if (through < distance_[j]) {
        distance_[j] = through;
        previous_[j] = row;
      }
      if (distance_[j] < shortest) {
        shortest = distance_[j];
        nearest = k;
      }
    }
    const Size column = unscanned_[nearest];
    unscanned_[nearest] = unscanned_.back();
    unscanned_.pop_back();
    return column;
  }

  void match(Size row, Size column) {
    row_of_[column] = row;
    column_of_[row] = column;
  }

  std::span<const double> cost_;
  Size n_;
  std::vector<double> price_;
  std::vector<Size> row_of_, column_of_;
  // Of the search: columns' distances from the free row, the row before each on the way.
  std::vector<double> distance_;
  std::vector<Size> previous_, unscanned_, scanned_;
};

}  // namespace

std::vector<Index> optimal_assignment(std::span<const double> cost, Index n) {
  const auto size = static_cast<Size>(n);
  // Divided, not multiplied: n * n could be more than 64 bits hold.
  const bool square =
      size == 0 ? cost.empty() : cost.size() % size == 0 && cost.size() / size == size;
  if (n < 0 || !square) {
    throw autograd::ShapeError("optimal_assignment: " + std::to_string(cost.size()) +
                               " costs must be n x n, for n = " + std::to_string(n));
  }
  for (Size k = 0; k < cost.size(); ++k) {
    if (std::abs(cost[k]) <= largest_cost) continue;
    throw autograd::ValueError("optimal_assignment: the cost of row " + std::to_string(k / size) +
                               ", column " + std::to_string(k % size) +
                               " must be finite and at most 1e300 in size, got " +
                               std::to_string(cost[k]));
  }
  return Matching(cost, size).solve();
}

std::vector<Index> optimal_assignment(const Tensor& a, const Tensor& b) {
  if (a.rank() != 2 || a.shape() != b.shape()) {
    throw autograd::ShapeError("optimal_assignment: a " + to_string(a.shape()) + " and b " +
                               to_string(b.shape()) + " must both be (n, dim)");
  }
  const Index n = a.size(0);
  const Index dim = a.size(1);
  std::vector<double> cost;
  cost.reserve(static_cast<Size>(n * n));
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < n; ++j) {
      double squared = 0;
      for (Index d = 0; d < dim; ++d) {
        const double difference =
            static_cast<double>(a.data()[i * dim + d]) - b.data()[j * dim + d];
        squared += difference * difference;
      }
      cost.push_back(squared);
    }
  }
  return optimal_assignment(cost, n);
}

}  // namespace flow::inline HANDFLOW_PRECISION
