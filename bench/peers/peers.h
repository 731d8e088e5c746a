#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/workloads.h"

namespace bench {

/// One who does the workloads of workloads.h from a given seed.
struct Contestant {
  std::string name;
  std::unique_ptr<Task> (*training)(const Training& setup, unsigned seed);
  std::unique_ptr<Task> (*sampling)(const Sampling& setup, unsigned seed);
};

/// What a user would pick instead of this library, each written as its users write it and set to
/// one thread: those that were found when this was built.
std::vector<Contestant> peers();

// One file each.
Contestant libtorch();

}  // namespace bench
