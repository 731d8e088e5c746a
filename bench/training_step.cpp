// One training step of the note's two programs, and of a large network: A, B and C of workloads.h.

#include <benchmark/benchmark.h>

#include "autograd/autograd.h"
#include "bench/workloads.h"

namespace {

void training_step(benchmark::State& state, const bench::Training& setup) {
  const auto task = bench::training(setup, 42);
  for (auto _ : state) task->run();
  state.SetLabel(autograd::kernels().name);
}

BENCHMARK_CAPTURE(training_step, unconditional, bench::unconditional_step)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(training_step, conditional, bench::conditional_step)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(training_step, large, bench::large_step)->Unit(benchmark::kMillisecond);

}  // namespace
