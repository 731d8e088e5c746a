// What a classifier adds: softmax over the classes of each row, and cross_entropy, forward and
// backward.

#include <benchmark/benchmark.h>

#include <vector>

#include "autograd/autograd.h"

namespace {

using autograd::Index;
using autograd::Tensor;

void softmax(benchmark::State& state) {
  Tensor logits = autograd::randn({state.range(0), state.range(1)}).requires_grad_();
  const Tensor gradient = autograd::randn(logits.shape());
  for (auto _ : state) {
    logits.zero_grad();
    autograd::softmax(logits, 1).backward(gradient);
  }
  state.SetItemsProcessed(state.iterations() * logits.numel());
  state.SetLabel(autograd::kernels().name);
}

void cross_entropy(benchmark::State& state) {
  Tensor logits = autograd::randn({state.range(0), state.range(1)}).requires_grad_();
  const std::vector<Index> target = autograd::randint(0, logits.size(1), logits.size(0));
  for (auto _ : state) {
    logits.zero_grad();
    autograd::cross_entropy(logits, target).backward();
  }
  state.SetItemsProcessed(state.iterations() * logits.numel());
  state.SetLabel(autograd::kernels().name);
}

void sizes(benchmark::internal::Benchmark* rows) {
  rows->ArgNames({"batch", "classes"})->Args({200, 10})->Args({1000, 10})->Args({256, 1000});
  rows->Unit(benchmark::kMicrosecond);
}

BENCHMARK(softmax)->Apply(sizes);
BENCHMARK(cross_entropy)->Apply(sizes);

}  // namespace
