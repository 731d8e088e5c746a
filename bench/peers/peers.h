#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/workloads.h"

namespace bench {

/// One who does the workloads of workloads.h from a given seed. A workload that it does not do has
/// a null function, or one that returns null.
struct Contestant {
  std::string name;
  void (*set_threads)(int n);  ///< of everything it calls; null: it has one thread
  std::unique_ptr<Task> (*training)(const Training& setup, unsigned seed);
  std::unique_ptr<Task> (*sampling)(const Sampling& setup, unsigned seed);
  std::unique_ptr<Task> (*product)(const Product& setup, unsigned seed);
  std::unique_ptr<Task> (*chain)(const Chain& setup, unsigned seed);
};

/// What a user would pick instead of this library, each written as its users write it, and the
/// limit: those that were found when this was built, and the names of the others.
struct Peers {
  std::vector<Contestant> found;
  std::vector<std::string> missing;
};
Peers peers();

// One file each.
Contestant libtorch();
Contestant eigen();
Contestant openblas();
Contestant limit();  // limit.cpp beside this folder: a yardstick, nobody would write it by choice

}  // namespace bench
