// From noise to samples, without gradients.

#include <benchmark/benchmark.h>

#include "autograd/autograd.h"
#include "bench/workloads.h"

namespace {

void sampling(benchmark::State& state, const bench::Sampling& setup) {
  const auto task = bench::sampling(setup, 42);
  for (auto _ : state) task->run();
  state.SetItemsProcessed(state.iterations() * setup.points);
  state.SetLabel(autograd::kernels().name);
}

BENCHMARK_CAPTURE(sampling, euler, bench::euler)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(sampling, rk4, bench::rk4)->Unit(benchmark::kMillisecond);

}  // namespace
