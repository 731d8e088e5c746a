#include "bench/compare/timing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>

namespace bench {
namespace {

double now(Clock clock) {
  if (clock == Clock::processor) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(since).count();
}

double seconds_per_run(const Runner& runner, Clock clock, int runs) {
  if (clock == Clock::wall) wait_until_idle();
  if (runner.set_threads) runner.set_threads(runner.threads);
  if (clock == Clock::wall) runner.task->run();  // threads and caches wake up
  const double start = now(clock);
  for (int i = 0; i < runs; ++i) runner.task->run();
  const double seconds = (now(clock) - start) / runs;
  if (runner.set_threads) runner.set_threads(1);
  return seconds;
}

// A turn of the first runner is to be long beside the clock's steps, which are a microsecond.
constexpr double shortest_turn = 1e-3;
constexpr int fewest_turns = 7, most_turns = 101;

int runs_per_turn(const Runner& runner, Clock clock) {
  int runs = 1;
  while (runs * seconds_per_run(runner, clock, runs) < shortest_turn) runs *= 2;
  return runs;
}

}  // namespace

std::vector<Times> take_turns(const std::vector<Runner>& runners, Clock clock, double budget) {
  const int runs = runs_per_turn(runners.at(0), clock);
  double round = 0;
  for (const Runner& runner : runners) {
    if (runner.task) round += runs * seconds_per_run(runner, clock, runs);
  }
  const int turns = std::clamp(static_cast<int>(budget / round), fewest_turns, most_turns);

  std::vector<Times> times(runners.size());
  for (int turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < runners.size(); ++i) {
      if (runners[i].task) times[i].push_back(seconds_per_run(runners[i], clock, runs));
    }
  }
  if (clock == Clock::wall) wait_until_idle();
  return times;
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

Ratio ratio(const Times& above, const Times& below) {
  std::vector<double> ratios;
  for (std::size_t turn = 0; turn < above.size(); ++turn)
    ratios.push_back(above[turn] / below[turn]);
  return {.median = median(ratios),
          .spread = (quantile(ratios, 0.75) - quantile(ratios, 0.25)) / 2};
}

void wait_until_idle() {
  using namespace std::chrono_literals;
  for (int attempt = 0; attempt < 100; ++attempt) {
    const double start = now(Clock::processor);
    std::this_thread::sleep_for(10ms);
    if (now(Clock::processor) - start < 1e-3) return;
  }
}

}  // namespace bench
