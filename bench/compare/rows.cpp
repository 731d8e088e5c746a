#include "bench/compare/rows.h"

#include <cstdio>
#include <map>
#include <memory>

namespace bench {
namespace {

void report_progress(const std::string& name) { std::fprintf(stderr, "  %s\n", name.c_str()); }

std::vector<Times> measure(const Work& work, const Contestants& contestants, double budget) {
  std::vector<std::unique_ptr<Task>> tasks;
  std::vector<Runner> runners;
  for (const Contestant& who : contestants) {
    tasks.push_back(work.make(who, seed));
    runners.push_back({.task = tasks.back().get(), .set_threads = nullptr});
  }
  return take_turns(runners, Clock::processor, budget);
}

// `notes` by contestant, or none.
Row row_of_times(const std::string& name, const Work& work, const std::vector<Times>& times,
                 const Row& notes = {}) {
  Row row{name, time_cell(times[0], work.units)};
  for (std::size_t i = 1; i < times.size(); ++i)
    row.push_back(ratio_cell(times[i], times[0], work.units, notes.empty() ? "" : notes[i]));
  return row;
}

// The chunk in which `who` is fastest; 0 if it does not work in chunks.
int best_chunk(Sampling setup, const Contestant& who) {
  setup.steps = (setup.steps + 4) / 5;  // tells the same at a fifth of the cost
  std::vector<std::unique_ptr<Task>> tasks;
  std::vector<Runner> runners;
  for (const int chunk : chunks) {
    tasks.push_back(in_chunks(setup, {{who.name, chunk}}).make(who, seed));
    if (!tasks.back()) return 0;
    runners.push_back({.task = tasks.back().get(), .set_threads = nullptr});
  }
  const std::vector<Times> times = take_turns(runners, Clock::processor, 1);
  std::size_t best = 0;
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    if (median(times[i]) < median(times[best])) best = i;
  }
  return chunks[best];
}

}  // namespace

Row single_row(const std::string& name, const Work& work, const Contestants& contestants,
               double budget) {
  report_progress(name);
  return row_of_times(name, work, measure(work, contestants, budget));
}

Row chunked_row(const std::string& name, const Sampling& setup, const Contestants& contestants,
                double budget) {
  report_progress(name);
  std::map<std::string, int> chunk_of;
  Row notes(contestants.size());
  for (std::size_t i = 1; i < contestants.size(); ++i) {
    const int chunk = contestants[i].sampling ? best_chunk(setup, contestants[i]) : 0;
    if (chunk == 0) continue;
    chunk_of[contestants[i].name] = chunk;
    notes[i] = std::to_string(chunk) + " at a time";
  }
  const Work work = in_chunks(setup, chunk_of);
  return row_of_times(name, work, measure(work, contestants, budget), notes);
}

Row products_row(const Layers& group, const Contestants& contestants, Table& detail) {
  report_progress(group.name);
  std::vector<std::vector<double>> all(contestants.size());
  for (const Layer& layer : group.layers) {
    std::vector<std::vector<double>> values(contestants.size());
    for (const Work& product : products(layer)) {
      const std::vector<Times> times = measure(product, contestants, 0.3);
      values[0].push_back(product.units / median(times[0]) / 1e9);
      for (std::size_t i = 1; i < times.size(); ++i) {
        if (!times[i].empty()) values[i].push_back(ratio(times[i], times[0]).median);
      }
    }
    Row row{layer.name};
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      if (contestants[i].product) row.push_back(list_cell(values[i]));
      all[i].insert(all[i].end(), values[i].begin(), values[i].end());
    }
    detail.push_back(row);
  }
  Row row{group.name, mean_cell(all[0]) + " Gflop/s"};
  for (std::size_t i = 1; i < contestants.size(); ++i) row.push_back(mean_cell(all[i]));
  return row;
}

TwoThreads two_thread_rows(const std::string& label, const Work& work,
                           const Contestants& contestants, double budget) {
  report_progress(label + ", one thread and two");
  std::vector<std::unique_ptr<Task>> tasks;
  std::vector<Runner> runners;  // two for each contestant
  for (const Contestant& who : contestants) {
    tasks.push_back(who.set_threads ? work.make(who, seed) : nullptr);
    for (const int threads : {1, 2})
      runners.push_back({tasks.back().get(), who.set_threads, threads});
  }
  const std::vector<Times> times = take_turns(runners, Clock::wall, budget);

  std::vector<Times> with_two;
  Row gains{label + ", gain of a second thread"};
  for (std::size_t i = 0; i < times.size(); i += 2) {
    with_two.push_back(times[i + 1]);
    gains.push_back(gain_cell(times[i], times[i + 1]));
  }
  return {row_of_times(label + ", two threads, time on the wall", work, with_two), gains};
}

}  // namespace bench
