#pragma once

#include <string>
#include <vector>

#include "bench/compare/works.h"

namespace bench {

/// Whether all contestants that do these works come to the first one's results on so many threads,
/// and its own run from another seed, which stands for a contestant that does something else, does
/// not. Prints a line that says so, and one for each result that is not as it must be.
bool check(const std::string& name, const std::vector<Work>& works,
           const std::vector<Contestant>& contestants, int threads = 1);

}  // namespace bench
