// C (m x n) = A (m x k) B (k x n) in the three forms that a linear layer needs: A B; A B^T
// (forward); A^T B (gradient of the weight). A transposed matrix lies in memory untransposed.

#include <benchmark/benchmark.h>

#include "autograd/autograd.h"
#include "bench/workloads.h"

namespace {

void matrix_product(benchmark::State& state, bench::Form form) {
  const auto side = [&](std::size_t i) { return static_cast<int>(state.range(i)); };
  const bench::Product setup{side(0), side(1), side(2), form};
  const auto task = bench::product(setup, 42);
  for (auto _ : state) {
    task->run();
    benchmark::ClobberMemory();
  }
  state.counters["FLOP"] = benchmark::Counter(2.0 * setup.m * setup.n * setup.k,
                                              benchmark::Counter::kIsIterationInvariantRate);
  state.SetLabel(autograd::kernels().name);
}

// Each layer in the three products it takes part in.
void add_layer(benchmark::internal::Benchmark* products, int batch, int in, int out) {
  products->Args({batch, out, in})->Args({batch, in, out})->Args({out, in, batch});
}

void shapes(benchmark::internal::Benchmark* products) {
  products->ArgNames({"m", "n", "k"});
  for (const int side : {64, 128, 256, 512, 1024}) products->Args({side, side, side});
  for (const bench::Training& step :
       {bench::unconditional_step, bench::conditional_step, bench::large_step}) {
    add_layer(products, step.batch, step.inputs(), step.width);
    if (step.hidden_layers == 2) add_layer(products, step.batch, step.width, step.width);
    add_layer(products, step.batch, step.width, step.dim);
  }
}

BENCHMARK_CAPTURE(matrix_product, AB, bench::Form::ab)->Apply(shapes);
BENCHMARK_CAPTURE(matrix_product, ABt, bench::Form::ab_transposed)->Apply(shapes);
BENCHMARK_CAPTURE(matrix_product, AtB, bench::Form::a_transposed_b)->Apply(shapes);

}  // namespace
