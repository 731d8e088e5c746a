#include "lessons/lab/race.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "autograd/autograd.h"
#include "lessons/lab/plot.h"
#include "lessons/lab/progress.h"
#include "lessons/lab/text.h"

namespace lab {
namespace {

constexpr double long_enough = 1e-3;  // seconds; reading a clock takes less than a microsecond

double now(bool wall) {
  timespec time{};
  clock_gettime(wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double seconds_for(const Runner& runner, std::int64_t times) {
  const double start = now(runner.wall);
  for (std::int64_t i = 0; i < times; ++i) runner.run();
  return now(runner.wall) - start;
}

/// As many runs as fill a turn, a power of two. Finding out is the warm-up.
std::int64_t times_in_a_turn(const Runner& runner) {
  std::int64_t times = 1;
  while (seconds_for(runner, times) < long_enough) times *= 2;
  return times;
}

std::vector<double> median_seconds(const std::vector<Runner>& runners, std::int64_t turns) {
  if (turns < 1) throw std::invalid_argument("race: there must be a turn");
  std::vector<std::int64_t> times;
  for (const Runner& runner : runners) {
    times.push_back(runner.run ? times_in_a_turn(runner) : 0);
  }
  std::vector<std::vector<double>> seconds(runners.size());
  Progress progress("measuring", turns);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < runners.size(); ++i) {
      if (times[i] == 0) continue;
      seconds[i].push_back(seconds_for(runners[i], times[i]) / static_cast<double>(times[i]));
    }
    progress.update(turn + 1);
  }
  std::vector<double> medians;
  for (const std::vector<double>& all : seconds) {
    medians.push_back(all.empty() ? std::numeric_limits<double>::quiet_NaN() : median(all));
  }
  return medians;
}

}  // namespace

double intensity(const Runner& runner) { return runner.flop / runner.bytes; }

std::vector<double> race(Lesson& lesson, const std::string& title,
                         const std::vector<Runner>& runners) {
  const std::vector<double> seconds = median_seconds(runners, lesson.options.steps);
  std::size_t width = title.size();
  for (const Runner& runner : runners) width = std::max(width, display_width(runner.name));
  const auto counts = [&](double Runner::*what) {
    return std::any_of(runners.begin(), runners.end(),
                       [&](const Runner& r) { return r.*what > 0; });
  };
  const bool flop = counts(&Runner::flop), bytes = counts(&Runner::bytes);

  const auto cell = [](double value) {  // empty for what is not counted, and what is not here
    if (!(value > 0) || std::isinf(value)) return pad_left("", 12);
    return pad_left(significant(value, std::max(3, 1 + static_cast<int>(std::log10(value)))), 12);
  };
  std::string table = pad_right(title, width) + pad_left("us", 12);
  if (flop) table += pad_left("GFLOP/s", 12);
  if (bytes) table += pad_left("GB/s", 12) + pad_left("FLOP/byte", 12);
  CsvWriter csv = lesson.csv(lesson.slug() + "_" + title + ".csv", {"seconds", "flop", "bytes"});
  for (std::size_t i = 0; i < runners.size(); ++i) {
    const Runner& runner = runners[i];
    csv.row({seconds[i], runner.flop, runner.bytes});
    std::string row = pad_right(runner.name, width);
    row += runner.run ? cell(seconds[i] * 1e6) : pad_left("not here", 12);
    if (flop) row += cell(runner.flop / seconds[i] * 1e-9);
    if (bytes) row += cell(runner.bytes / seconds[i] * 1e-9) + cell(intensity(runner));
    row.erase(row.find_last_not_of(' ') + 1);
    table += '\n';
    table += row;
  }
  csv.close();
  lesson.measured(table);
  return seconds;
}

void add_limits(std::vector<Runner>& runners, std::size_t bytes) {
  using autograd::Tensor;
  const auto reals = static_cast<autograd::Index>(bytes / sizeof(autograd::real));
  const Tensor from = autograd::zeros({reals});
  Tensor to = Tensor::empty({reals});
  for (const std::string name : {"baseline", "avx2", "avx512"}) {
    const autograd::Kernels* k = autograd::kernels_named(name.c_str());
    // 96 x 32, k = 256, of a matrix A that is one number and a B that is one row: nothing to fetch.
    runners.push_back({name + ", arithmetic", {}, 2.0 * 96 * 32 * 256});
    if (!k) continue;
    Tensor c = Tensor::empty({96, 32}), space = Tensor::empty({k->gemm_workspace});
    runners.back().run = [=]() mutable {
      k->gemm({96, 32, 256, from.data(), 0, 0, from.data(), 0, 1, c.data(), 32, 1}, space.data());
    };
  }
  for (const std::size_t size : {std::size_t{8192}, bytes}) {
    const auto copy = [=]() mutable { std::memcpy(to.data(), from.data(), size); };
    const std::string kilobytes = std::to_string(size / 1000);
    runners.push_back({"copy of " + kilobytes + " KB", copy, 0, 2 * static_cast<double>(size)});
  }
  const auto loop = [] {
    autograd::parallel_for(autograd::num_threads(), 1, [](autograd::Index, autograd::Index) {});
  };
  const std::string threads = std::to_string(autograd::num_threads());
  runners.push_back({"an empty loop on " + threads + " threads", loop, 0, 0, true});
}

Roof roof(const std::vector<Runner>& runners, const std::vector<double>& seconds) {
  Roof best;
  for (std::size_t i = 0; i < runners.size(); ++i) {
    const Runner& runner = runners[i];
    if (!runner.run) continue;
    if (runner.bytes == 0) best.height = std::max(best.height, runner.flop / seconds[i]);
    if (runner.flop == 0) best.slope = std::max(best.slope, runner.bytes / seconds[i]);
  }
  return best;
}

std::string roofline(const std::vector<Runner>& runners, const std::vector<double>& seconds) {
  const auto [height, slope] = roof(runners, seconds);
  Series edge{.label = "roof"}, points{.label = "kernels"};
  for (double x = 0x1p-4; x <= 0x1p6; x *= 1.05) {
    edge.x.push_back(x);
    edge.y.push_back(std::min(height, slope * x) * 1e-9);
  }
  for (std::size_t i = 0; i < runners.size(); ++i) {
    if (runners[i].bytes == 0 || runners[i].flop == 0) continue;
    points.x.push_back(intensity(runners[i]));
    points.y.push_back(runners[i].flop / seconds[i] * 1e-9);
  }
  return scatter(
      {edge, points},
      {.title = "GFLOP/s", .x_label = "FLOP/byte", .log_x = true, .log_y = true, .height = 16});
}

double median(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("median: of nothing");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::string circumstances() {
  std::string processor = "unknown processor";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.starts_with("model name")) processor = line.substr(line.find(':') + 2);
  }
#ifdef __clang__
  const std::string compiler = "clang++ " + std::to_string(__clang_major__);
#else
  const std::string compiler = "g++ " + std::to_string(__GNUC__);
#endif
  const std::time_t now = std::time(nullptr);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%d", std::gmtime(&now));
  return processor + ", " + compiler + ", " + date;
}

}  // namespace lab
