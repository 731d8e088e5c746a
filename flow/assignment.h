#pragma once

#include <span>
#include <vector>

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

// The assignment problem: n rows, n columns, a cost for each pair. Which one-to-one assignment has
// the smallest total? Giving row after row its cheapest free column can end far from it. Here rows
// come in one by one, each along the chain of reassignments that adds least, found as a shortest
// path (Jonker & Volgenant, A shortest augmenting path algorithm for dense and sparse linear
// assignment problems, Computing 38, 1987; their column reduction and augmentation). Exact in
// double. At most O(n^3) steps.

/// The column of each row under the best assignment; cost (n x n), row after row. Where several are
/// best, the same one every time. Throws autograd::ShapeError if cost has not n * n entries,
/// autograd::ValueError for one that is not finite or beyond 1e300 in size.
std::vector<Index> optimal_assignment(std::span<const double> cost, Index n);

/// The row of b for each row of a, so that the sum of squared distances |a_i - b_j|^2 is smallest.
/// a, b (n, dim). Keeps n^2 numbers in double. Throws autograd::ShapeError and
/// autograd::ValueError.
std::vector<Index> optimal_assignment(const Tensor& a, const Tensor& b);

}  // namespace flow::inline HANDFLOW_PRECISION
