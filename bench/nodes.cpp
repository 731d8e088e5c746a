// What a node costs: chains of small operations, forward and backward, at the settings of
// workloads.h.

#include <benchmark/benchmark.h>

#include "autograd/autograd.h"
#include "bench/workloads.h"

namespace {

void chain(benchmark::State& state, const bench::Chain& setup) {
  const auto task = bench::chain(setup, 42);
  for (auto _ : state) task->run();
  state.counters["time/node"] =
      benchmark::Counter(setup.operations, benchmark::Counter::kIsIterationInvariantRate |
                                               benchmark::Counter::kInvert);
  state.SetLabel(autograd::kernels().name);
}

BENCHMARK_CAPTURE(chain, 1x1, bench::numbers)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(chain, 64x64, bench::squares)->Unit(benchmark::kMicrosecond);

}  // namespace
