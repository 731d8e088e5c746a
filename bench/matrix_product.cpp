// C (m x n) = A (m x k) B (k x n) in the three forms that a linear layer needs: A B; A B^T
// (forward); A^T B (gradient of the weight). A transposed matrix lies in memory untransposed.

#include <benchmark/benchmark.h>

#include <utility>

#include "autograd/autograd.h"
#include "autograd/gemm.h"

namespace {

using autograd::Index;
using autograd::Tensor;

enum class Form { ab, ab_transposed, a_transposed_b };

void matrix_product(benchmark::State& state, Form form) {
  const Index m = state.range(0), n = state.range(1), k = state.range(2);
  const Tensor a = autograd::randn({m, k});
  const Tensor b = autograd::randn({k, n});
  Tensor c = Tensor::empty({m, n});
  const bool a_transposed = form == Form::a_transposed_b;
  const bool b_transposed = form == Form::ab_transposed;
  const autograd::Gemm product{.m = m,
                               .n = n,
                               .k = k,
                               .a = a.data(),
                               .a_row = a_transposed ? 1 : k,
                               .a_col = a_transposed ? m : 1,
                               .b = b.data(),
                               .b_row = b_transposed ? 1 : n,
                               .b_col = b_transposed ? k : 1,
                               .c = c.data(),
                               .c_row = n,
                               .c_col = 1};
  for (auto _ : state) {
    autograd::gemm(product);
    benchmark::ClobberMemory();
  }
  state.counters["FLOP"] = benchmark::Counter(static_cast<double>(2 * m * n * k),
                                              benchmark::Counter::kIsIterationInvariantRate);
  state.SetLabel(autograd::kernels().name);
}

constexpr auto sizes = [](auto* products) {
  products->ArgNames({"m", "n", "k"});
  for (const Index side : {64, 128, 256, 512, 1024}) products->Args({side, side, side});
  // The layers of the two training steps, each in the products it takes part in.
  for (const auto& [batch, inputs] : {std::pair<Index, Index>{200, 3}, {1000, 4}}) {
    for (const auto& [in, out] : {std::pair<Index, Index>{inputs, 64}, {64, 2}}) {
      products->Args({batch, out, in})->Args({batch, in, out})->Args({out, in, batch});
    }
  }
};

BENCHMARK_CAPTURE(matrix_product, AB, Form::ab)->Apply(sizes);
BENCHMARK_CAPTURE(matrix_product, ABt, Form::ab_transposed)->Apply(sizes);
BENCHMARK_CAPTURE(matrix_product, AtB, Form::a_transposed_b)->Apply(sizes);

}  // namespace
