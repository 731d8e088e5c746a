#pragma once

#include <vector>

#include "bench/compare/works.h"

namespace bench {

/// A task that takes turns with others.
struct Runner {
  Task* task;                  ///< null: sits out
  void (*set_threads)(int n);  ///< null: has one thread
  int threads = 1;
};

/// Seconds per run in turn after turn; empty for one that sits out.
using Times = std::vector<double>;

/// Processor time, to which other programs do not add; on a busy machine the clock on the wall
/// would favour whoever is done before its time slice is over. But it adds up over threads: where
/// several work on one task, only the wall's clock tells.
enum class Clock { processor, wall };

/// The times of all runners. They take turns, so that all see the same weather, each with the same
/// number of runs in a turn, for about `budget` seconds together.
std::vector<Times> take_turns(const std::vector<Runner>& runners, Clock clock, double budget);

/// The value that a share `q` of all values lies below.
double quantile(std::vector<double> values, double q);
double median(const std::vector<double>& values);

/// What a ratio of two times was in turn after turn.
struct Ratio {
  double median = 0;
  double spread = 0;  ///< half the distance between its quartiles
};
Ratio ratio(const Times& above, const Times& below);

/// Waits until no thread of this program is busy: those of OpenBLAS spin for a tenth of a second
/// after their work, at the cost of whoever comes next.
void wait_until_idle();

}  // namespace bench
