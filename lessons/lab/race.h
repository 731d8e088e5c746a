#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lessons/lab/lesson.h"

namespace lab {

/// What takes part in a race. Without `run` it is named in the lesson and missing on this machine.
struct Runner {
  std::string name;
  std::function<void()> run;
  double flop = 0;    ///< floating-point operations of one run
  double bytes = 0;   ///< read and written by one run
  bool wall = false;  ///< several threads: by the clock on the wall, not by this thread's own
};

/// How many operations meet a byte: the x of a roofline plot.
double intensity(const Runner& runner);

/// Seconds of one run of each, NaN where there is none: the median over options.steps turns. In
/// every turn all of them run, one after the other, so that whatever slows the machine down for a
/// while slows them all; a quick one runs many times in its turn, for about a millisecond. One turn
/// ahead of these is not counted: it warms up. Time is what this thread spent computing, so that
/// other programs on the machine do not count, but for runners with several threads. Throws
/// std::invalid_argument for less than one turn.
///
/// Prints them as a table headed by `title`, with GFLOP/s where operations are counted and GB/s
/// where bytes are, and writes it, the names aside, to `<slug>_<title>.csv`.
std::vector<double> race(Lesson& lesson, const std::string& title,
                         const std::vector<Runner>& runners);

/// Adds what this machine can do at best: arithmetic with vectors of each width, on operands that
/// never leave the nearest cache; memory, copying 8 KB and copying `bytes`; and an empty loop on as
/// many threads as set_num_threads() has said.
void add_limits(std::vector<Runner>& runners, std::size_t bytes);

/// A roof as high as the fastest runner that counts no bytes, and as steep as the fastest that
/// counts no operations.
struct Roof {
  double height = 0;  ///< FLOP/s
  double slope = 0;   ///< bytes/s
};
Roof roof(const std::vector<Runner>& runners, const std::vector<double>& seconds);

/// The roofline plot of a race, for the terminal: its roof, and the other runners as points.
std::string roofline(const std::vector<Runner>& runners, const std::vector<double>& seconds);

/// The middle one of `values`, the upper of two; std::invalid_argument if there is none.
double median(std::vector<double> values);

/// What a measured number needs beside it: "Xeon, g++ 12.2, 2026-11-25".
std::string circumstances();

}  // namespace lab
