// The same work by this library and by the peers that were found, in one run: first that their
// results agree, then how long each takes. Prints a table in Markdown.
//
//     compare            checks, then measures
//     compare --check    only checks

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "autograd/autograd.h"
#include "bench/peers/peers.h"

namespace {

using bench::Contestant;
using bench::Task;

constexpr unsigned seed = 42;

struct Workload {
  std::string name;
  std::function<std::unique_ptr<Task>(const Contestant&, unsigned seed)> make;
  int checked_runs;   // after so many, results are compared
  int runs_per_turn;  // of one contestant, before it is the next one's turn
  int turns;          // of each
};

Workload workload(const bench::Training& setup, int runs_per_turn) {
  return {.name = setup.name,
          .make = [=](const Contestant& who, unsigned s) { return who.training(setup, s); },
          .checked_runs = 300,
          .runs_per_turn = runs_per_turn,
          .turns = 101};
}

Workload workload(const bench::Sampling& setup) {
  return {.name = setup.name,
          .make = [=](const Contestant& who, unsigned s) { return who.sampling(setup, s); },
          .checked_runs = 1,
          .runs_per_turn = 1,
          .turns = 9};
}

// ---- 1. Equal results -------------------------------------------------------------------------

// Rounding drives two runs apart, on some seeds by more than this within 300 steps; on this seed by
// a few units in the last place of a float.
constexpr double tolerance = 1e-5;

double checked_result(const Workload& work, const Contestant& who, unsigned s) {
  const auto task = work.make(who, s);
  for (int i = 0; i < work.checked_runs; ++i) task->run();
  return task->result();
}

bool agree(double ours, double theirs) {
  return std::abs(ours - theirs) <= tolerance * std::abs(theirs);
}

// Whether every peer comes to our result, and our own run from another seed, which stands for a
// peer that does something else, does not.
bool check(const Workload& work, const Contestant& us, const std::vector<Contestant>& peers) {
  const double ours = checked_result(work, us, seed);
  const double other = checked_result(work, us, seed + 1);
  std::printf("%s, result of run %d\n  %-16s %.7f\n", work.name.c_str(), work.checked_runs,
              us.name.c_str(), ours);
  bool good = true;
  const auto expect = [&](bool equal, const std::string& name, double result) {
    const bool as_expected = agree(ours, result) == equal;
    std::printf("  %-16s %.7f  %s, %s\n", name.c_str(), result,
                agree(ours, result) ? "equal" : "different", as_expected ? "as it must" : "WRONG");
    good = good && as_expected;
  };
  for (const Contestant& peer : peers) expect(true, peer.name, checked_result(work, peer, seed));
  expect(false, "another seed", other);
  return good;
}

// ---- 2. Times ---------------------------------------------------------------------------------

// Processor time. On a busy machine the clock on the wall would favour whoever is done before its
// time slice is over.
double seconds_per_run(Task& task, int runs) {
  const std::clock_t start = std::clock();
  for (int i = 0; i < runs; ++i) task.run();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC / runs;
}

// The value that a share `q` of all values lies below.
double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

std::string duration(double seconds) {
  const auto [value, unit] = seconds < 1e-3 ? std::pair(seconds * 1e6, "us")
                             : seconds < 1  ? std::pair(seconds * 1e3, "ms")
                                            : std::pair(seconds, "s");
  char text[32];
  std::snprintf(text, sizeof text, "%.*f %s", value < 10 ? 2 : value < 100 ? 1 : 0, value, unit);
  return text;
}

// One row of the table. Contestants take turns, so that all see the same weather, and at every turn
// have done the same number of steps.
void measure(const Workload& work, const Contestant& us, const std::vector<Contestant>& peers) {
  std::vector<std::unique_ptr<Task>> tasks;
  tasks.push_back(work.make(us, seed));
  for (const Contestant& peer : peers) tasks.push_back(work.make(peer, seed));
  for (const auto& task : tasks) task->run();

  std::vector<std::vector<double>> times(tasks.size());
  std::vector<std::vector<double>> ratios(tasks.size());
  for (int turn = 0; turn < work.turns; ++turn) {
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      times[i].push_back(seconds_per_run(*tasks[i], work.runs_per_turn));
      ratios[i].push_back(times[i].back() / times[0].back());
    }
  }
  std::printf("| %s | %s |", work.name.c_str(), duration(quantile(times[0], 0.5)).c_str());
  for (std::size_t i = 1; i < tasks.size(); ++i) {
    std::printf(" %s | %.1f (%.1f to %.1f) |", duration(quantile(times[i], 0.5)).c_str(),
                quantile(ratios[i], 0.5), quantile(ratios[i], 0.25), quantile(ratios[i], 0.75));
  }
  std::printf("\n");
  std::fflush(stdout);
}

void print_header(const Contestant& us, const std::vector<Contestant>& peers) {
  std::printf("\n| | %s |", us.name.c_str());
  for (const Contestant& peer : peers)
    std::printf(" %s | its time / ours (quartiles) |", peer.name.c_str());
  std::printf("\n|---|---|");
  for (std::size_t i = 0; i < peers.size(); ++i) std::printf("---|---|");
  std::printf("\n");
}

std::string processor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

void print_footer() {
  const std::time_t now = std::time(nullptr);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  std::printf("\nOne thread; %s; %s kernels; %s; %s. Processor time, medians over turns.\n",
              processor().c_str(), autograd::kernels().name, HANDFLOW_BUILD, date);
}

// OpenBLAS, which libtorch calls, reads these when it is loaded: too late to change them here.
bool environment_is_fair() {
  const char* threads = std::getenv("OPENBLAS_NUM_THREADS");
  if (!std::getenv("OPENBLAS_CORETYPE") && !std::getenv("OPENBLAS_L2_SIZE") && threads &&
      std::string(threads) == "1") {
    return true;
  }
  std::fprintf(stderr,
               "compare: times would not be fair unless OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are "
               "unset and OPENBLAS_NUM_THREADS is 1; `cmake --build build --target bench` sees to "
               "it\n");
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool only_check = argc == 2 && std::string(argv[1]) == "--check";
  if (argc > 1 && !only_check) {
    std::fprintf(stderr, "usage: compare [--check]\n");
    return 2;
  }
  autograd::set_num_threads(1);
  const Contestant us{"handflow",      autograd::set_num_threads,
                      bench::training, bench::sampling,
                      bench::product,  bench::chain};
  const std::vector<Contestant> peers = bench::peers().found;
  if (peers.empty()) std::printf("No peer was found when this was built: handflow alone.\n");

  const std::vector<Workload> workloads{workload(bench::unconditional_step, 100),
                                        workload(bench::conditional_step, 25),
                                        workload(bench::euler), workload(bench::rk4)};
  for (const Workload& work : workloads) {
    if (!check(work, us, peers)) return 1;
  }
  if (only_check) return peers.empty() ? 1 : 0;
  if (!peers.empty() && !environment_is_fair()) return 1;
  print_header(us, peers);
  for (const Workload& work : workloads) measure(work, us, peers);
  print_footer();
}
