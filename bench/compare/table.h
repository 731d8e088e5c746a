#pragma once

#include <string>
#include <vector>

#include "bench/compare/timing.h"

namespace bench {

using Row = std::vector<std::string>;
/// The first row is the head.
using Table = std::vector<Row>;
/// In Markdown, its columns padded, so that it can be read as it is.
std::string markdown(const Table& table);

// What stands in a cell. Of one that did not take part: "-".

/// "9.12 us": the median.
std::string time_cell(const Times& times, double units);
/// "13.5 ± 0.2 (124 us)": their time over ours, and their time. A note comes after it.
std::string ratio_cell(const Times& theirs, const Times& ours, double units,
                       const std::string& note = "");
/// "1.92 ± 0.02"
std::string gain_cell(const Times& one_thread, const Times& two_threads);
/// "1.02 / 0.97 / 1.10"
std::string list_cell(const std::vector<double>& values);
/// "1.03 (0.97 to 1.10)": the geometric mean and the range.
std::string mean_cell(const std::vector<double>& values);

/// "9.12 us"
std::string duration(double seconds);
/// Processor, instruction set, compiler, date, and how busy the machine was before.
std::string circumstances();

}  // namespace bench
