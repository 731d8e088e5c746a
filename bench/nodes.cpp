// What a node costs: a chain of 1000 small operations, forward and backward.

#include <benchmark/benchmark.h>

#include "autograd/autograd.h"

namespace {

using autograd::Index;
using autograd::Tensor;

constexpr int operations = 1000;

void chain(benchmark::State& state) {
  const Index side = state.range(0);
  Tensor x = autograd::randn({side, side}).requires_grad_();
  const Tensor factor = autograd::full({side, side}, 0.999);
  const Tensor summand = autograd::full({side, side}, 0.001);
  for (auto _ : state) {
    Tensor y = x;
    for (int i = 0; i < operations / 2; ++i) y = y * factor + summand;
    x.zero_grad();
    autograd::sum(y).backward();
  }
  state.counters["time/node"] = benchmark::Counter(
      operations, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.SetLabel(autograd::kernels().name);
}

BENCHMARK(chain)->ArgName("side")->Arg(1)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace
