#pragma once

#include <string>
#include <vector>

#include "bench/compare/table.h"
#include "bench/compare/works.h"

namespace bench {

// Each measures, and returns what it found as a row of the table. The first contestant is the one
// that all others are compared with. The row is called `name`.
using Contestants = std::vector<Contestant>;

/// On one thread, for about `budget` seconds.
Row single_row(const std::string& name, const Work& work, const Contestants& contestants,
               double budget);

/// Sampling, each peer in that of `chunks` in which it is fastest; a cell names it.
Row chunked_row(const std::string& name, const Sampling& setup, const Contestants& contestants,
                double budget);

/// All products of a group of layers, on one thread, and into `detail` one row for each layer, of
/// those who do products. The first contestant's in Gflop/s, of the others their time over its.
Row products_row(const Layers& group, const Contestants& contestants, Table& detail);

/// Those who can use two threads, by the clock on the wall.
struct TwoThreads {
  Row times;  ///< with two
  Row gains;  ///< one thread's time over that of two
};
/// The rows are named after `label`.
TwoThreads two_thread_rows(const std::string& label, const Work& work,
                           const Contestants& contestants, double budget);

}  // namespace bench
