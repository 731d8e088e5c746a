#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/peers/peers.h"

namespace bench {

inline constexpr unsigned seed = 42;

/// A workload with its settings: what every contestant can be asked for.
struct Work {
  std::string name;
  /// Null if this contestant does not do it.
  std::function<std::unique_ptr<Task>(const Contestant& who, unsigned seed)> make;
  int checked_runs = 1;  ///< after so many, results are compared
  double units = 1;      ///< a run is so many of what a time is given for
};

Work work(const Training& setup);
Work work(const Sampling& setup);
Work work(const Product& setup);
Work work(const Chain& setup);

/// All of them, one after the other, as one. The result is the sum of theirs.
Work together(const std::vector<Work>& works);

/// Chunks of points that peers are offered for sampling.
inline constexpr std::array chunks{250, 500, 1000, 2000};
/// Sampling in chunks of this size for each contestant by its name, as it likes for the others.
Work in_chunks(const Sampling& setup, const std::map<std::string, int>& chunk_of);

/// A linear layer, whose matrix products are x W^T, dy W and dy^T x: all three transpositions.
struct Layer {
  std::string name;
  int batch, in, out;
};
std::vector<Work> products(const Layer& layer);

/// What is one row of the table.
struct Layers {
  std::string name;
  std::vector<Layer> layers;
};
std::vector<Work> products(const Layers& group);

// The workloads A to F.
const std::vector<Training>& training_steps();  // A, B, C
const std::vector<Layers>& product_groups();    // D; the last are C's layers
const std::vector<Chain>& chains();             // E
const std::vector<Sampling>& samplings();       // F

}  // namespace bench
