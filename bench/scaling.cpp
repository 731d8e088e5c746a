// What a training step costs at batches of any size, and sampling at any number of samples and
// steps. If cost is linear, the time for one point, or for one step of one point, is the same
// everywhere. Prints tables and writes them under out/, from where scaling.gp draws the picture:
//
//     scaling [out]

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "flow/flow.h"

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace {

using autograd::Index;
using autograd::Tensor;

constexpr unsigned seed = 42;
constexpr Index hidden = 64;
constexpr Index chunk = 1000;
constexpr int turns = 15;
constexpr double seconds_per_turn = 3e-3;  // at least, so that the clock's microsecond is small

// One size, measured again and again.
struct Measurement {
  Index size;    // what the horizontal axis shows
  double units;  // points, or points times steps, in one run
  std::function<void()> run;
  Index runs_per_turn = 1;
  std::vector<double> seconds{};  // per run, one value a turn
};

struct Curve {
  std::string name;  // of the file
  std::string size;  // what the sizes are
  std::vector<Measurement> measurements;
};

// ---- 1. What is measured ----------------------------------------------------------------------

// 1, 2, 5, 10, ... from `first` to `last`
std::vector<Index> sizes(Index first, Index last) {
  std::vector<Index> all;
  for (Index decade = 1; decade <= last; decade *= 10) {
    for (const Index size : {decade, 2 * decade, 5 * decade}) {
      if (size >= first && size <= last) all.push_back(size);
    }
  }
  return all;
}

// A step of the note's unconditional run, Linear(3, 64), ReLU, Linear(64, 2), Adam.
Measurement training(Index batch) {
  struct Run {
    flow::VectorField model{2, hidden};
    nn::Adam adam{model.parameters()};
    Tensor x1;
  };
  autograd::manual_seed(seed);
  const auto run = std::make_shared<Run>();
  run->x1 = flow::data::sine_curve(batch).points;
  const auto step = [run, batch] {
    const Tensor x0 = autograd::randn({batch, 2});
    const Tensor t = autograd::rand({batch, 1});
    run->adam.zero_grad();
    flow::cfm_loss(run->model, x0, run->x1, t).backward();
    run->adam.step();
  };
  return {.size = batch, .units = static_cast<double>(batch), .run = step};
}

// From noise to samples with the same network, untrained.
Measurement sampling(Index size, Index samples, flow::SampleOptions options) {
  autograd::manual_seed(seed);
  const flow::VectorField model(2, hidden);
  const Tensor noise = autograd::randn({samples, 2});
  return {.size = size,
          .units = static_cast<double>(samples) * static_cast<double>(options.steps),
          .run = [=] { flow::sample(model, noise, options); }};
}

std::vector<Curve> curves() {
  Curve training_step{"training", "batch", {}};
  for (Index batch = 16; batch <= 65536; batch *= 2) {
    training_step.measurements.push_back(training(batch));
  }
  Curve whole{"whole", "samples", {}}, chunks{"chunks", "samples", {}};
  for (const Index samples : sizes(10, 100'000)) {
    whole.measurements.push_back(sampling(samples, samples, {.steps = 50}));
    chunks.measurements.push_back(sampling(samples, samples, {.steps = 50, .chunk = chunk}));
  }
  Curve euler{"euler", "steps", {}}, rk4{"rk4", "steps", {}};
  for (const Index n : sizes(1, 1000)) {
    euler.measurements.push_back(sampling(n, chunk, {flow::Solver::euler, n, chunk}));
    rk4.measurements.push_back(sampling(n, chunk, {flow::Solver::rk4, n, chunk}));
  }
  return {training_step, whole, chunks, euler, rk4};
}

// ---- 2. Measuring -----------------------------------------------------------------------------

// Processor time, to which other programs do not add.
double seconds_per_run(const Measurement& m) {
  const std::clock_t start = std::clock();
  for (Index i = 0; i < m.runs_per_turn; ++i) m.run();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC /
         static_cast<double>(m.runs_per_turn);
}

// All sizes take turns, so that a slow moment of the machine hits all of them.
void measure(std::vector<Curve>& curves) {
  for (Curve& curve : curves) {
    for (Measurement& m : curve.measurements) {
      m.run();  // warm
      while (seconds_per_run(m) * static_cast<double>(m.runs_per_turn) < seconds_per_turn) {
        m.runs_per_turn *= 2;
      }
    }
  }
  for (int turn = 0; turn < turns; ++turn) {
    for (Curve& curve : curves) {
      for (Measurement& m : curve.measurements) m.seconds.push_back(seconds_per_run(m));
    }
  }
}

double quantile(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

// ---- 3. Telling -------------------------------------------------------------------------------

void write(const Curve& curve, const std::filesystem::path& out) {
  std::ofstream file(out / ("scaling_" + curve.name + ".csv"));
  file << curve.size << ",microseconds,nanoseconds_per_unit,lower_quartile,upper_quartile\n";
  std::printf("\n%s\n%10s %14s %14s %20s\n", curve.name.c_str(), curve.size.c_str(), "us",
              "ns per unit", "quartiles");
  for (const Measurement& m : curve.measurements) {
    const auto nanoseconds = [&](double q) { return quantile(m.seconds, q) / m.units * 1e9; };
    const double us = quantile(m.seconds, 0.5) * 1e6;
    file << m.size << ',' << us << ',' << nanoseconds(0.5) << ',' << nanoseconds(0.25) << ','
         << nanoseconds(0.75) << '\n';
    std::printf("%10lld %14.1f %14.2f %9.2f to %7.2f\n", static_cast<long long>(m.size), us,
                nanoseconds(0.5), nanoseconds(0.25), nanoseconds(0.75));
  }
}

// What the picture needs to know besides: the L2 cache in bytes, 0 where the machine does not tell.
void write_machine(const std::filesystem::path& out) {
  long l2 = 0;
#ifdef _SC_LEVEL2_CACHE_SIZE
  l2 = std::max(sysconf(_SC_LEVEL2_CACHE_SIZE), 0L);
#endif
  std::ofstream(out / "scaling_machine.csv") << "l2,hidden,chunk\n"
                                             << l2 << ',' << hidden << ',' << chunk << '\n';
  std::printf("\nL2 cache %ld KB; %s kernels, one thread; processor time, median of %d turns\n",
              l2 / 1024, autograd::kernels().name, turns);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fprintf(stderr, "usage: scaling [out]\n");
    return 2;
  }
  const std::filesystem::path out = argc == 2 ? argv[1] : "out";
  std::filesystem::create_directories(out);
  autograd::set_num_threads(1);
  std::vector<Curve> all = curves();
  measure(all);
  for (const Curve& curve : all) write(curve, out);
  write_machine(out);
}
