#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <thread>

#include "tests/tensors.h"

// What the engine does with the heap, and what it does when the heap gives nothing. This program
// has its own operator new, which counts and can fail, and stands alone for that reason.

namespace {

std::ptrdiff_t blocks_in_use = 0;
std::size_t allocations_left = std::numeric_limits<std::size_t>::max();

}  // namespace

// The engine's own memory comes from this one; everything else takes the ordinary new.
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  if (allocations_left == 0) throw std::bad_alloc();
  --allocations_left;
  const auto a = static_cast<std::size_t>(alignment);
  void* block = std::aligned_alloc(a, (bytes + a - 1) / a * a);
  if (!block) throw std::bad_alloc();
  ++blocks_in_use;
  return block;
}
void operator delete(void* block, std::align_val_t) noexcept {
  if (block) --blocks_in_use;
  std::free(block);
}
void operator delete(void* block, std::size_t, std::align_val_t a) noexcept {
  operator delete(block, a);
}

namespace autograd {
namespace {

using tensors::equal;
using tensors::values;

using Numbers = std::vector<double>;

// Runs f with room for so many allocations; true if they were enough.
template <class F>
bool with_allocations(std::size_t n, F f) {
  empty_cache();
  allocations_left = n;
  bool enough = true;
  try {
    f();
  } catch (const std::bad_alloc&) {
    enough = false;
  }
  allocations_left = std::numeric_limits<std::size_t>::max();
  return enough;
}

// A graph with all that backward() does to memory: broadcasting, shared and handed-on buffers,
// a long list of inputs, kept positions, a kept gradient.
struct Graph {
  Tensor a = Tensor::from({1, -2, 3, 4, 5, -6}, {2, 3}).requires_grad_();
  Tensor b = Tensor::from({0.5, 2, -1}, {3}).requires_grad_();
  Tensor kept;
  Tensor loss() {
    kept = relu(a * b + b);
    kept.retain_grad();
    const Tensor joined = cat({kept, a, exp(b * Tensor(0.1)) + a, reshape(a, {2, 3})}, 1);
    const std::vector<Index> rows = {1, 0};
    const Tensor chosen = index_select(joined, std::vector<Index>{1, 0, 1});
    return sum(chosen) + sum(max(matmul(a, transpose(a)), 0)) + mse_loss(a, kept) +
           sum(linear(a, a, Tensor())) + sum(linear(linear_relu(a, a), ones({1, 2}))) +
           cross_entropy(a * softmax(b, 0), rows);
  }
};

TEST(Heap, NothingIsLost) {
  empty_cache();
  const std::ptrdiff_t before = blocks_in_use;
  {
    Graph graph;
    graph.loss();
    const Tensor loss = graph.loss();
    EXPECT_GT(blocks_in_use, before);
  }
  {
    Graph graph;
    graph.loss().backward();
    const Tensor loss = graph.loss();
    loss.backward({.retain_graph = true});
    loss.backward();
  }
  {
    Graph graph;
    const Tensor loss = graph.loss();
    graph.a.detach().add_(1);
    EXPECT_THROW(loss.backward(), GraphError);
  }
  EXPECT_GT(blocks_in_use, before);  // they wait in the free lists
  empty_cache();
  EXPECT_EQ(blocks_in_use, before);
}

TEST(Heap, AThreadGivesItsBlocksBack) {
  empty_cache();
  const std::ptrdiff_t before = blocks_in_use;
  std::thread([] {
    Graph graph;
    graph.loss().backward();
  }).join();
  EXPECT_EQ(blocks_in_use, before);
}

TEST(Heap, WhereItIsFullOperationsChangeNothing) {
  std::size_t n = 0;
  for (bool enough = false; !enough; ++n) {
    ASSERT_LT(n, 1000U);
    Graph graph;
    const Numbers a = values(graph.a);
    const Numbers b = values(graph.b);
    enough = with_allocations(n, [&] { graph.loss(); });
    EXPECT_EQ(values(graph.a), a);
    EXPECT_EQ(values(graph.b), b);
    EXPECT_TRUE(graph.a.is_leaf());
    graph.kept = {};
    EXPECT_EQ(graph.a.node().references, 1) << n;
    EXPECT_EQ(graph.b.node().references, 1) << n;
  }
  EXPECT_GT(n, 30U);  // it did fail, at many places
}

TEST(Heap, WhereItIsFullInPlaceOperationsChangeNothing) {
  std::size_t n = 0;
  for (bool enough = false; !enough; ++n) {
    ASSERT_LT(n, 100U);
    Tensor x = Tensor::from({1, 2, 3, 4}, {2, 2});
    const Tensor other = Tensor::from({5, 6}, {2, 1});
    enough = with_allocations(n, [&] { x.add_(other); });
    EXPECT_EQ(values(x), enough ? (Numbers{6, 7, 9, 10}) : (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(x.node().value->version, enough ? 1U : 0U);
  }
  EXPECT_GT(n, 1U);
}

// backward() that runs out of memory at any of its allocations leaves all gradients as they were,
// and nothing that a later one would add.
TEST(Heap, WhereItIsFullBackwardChangesNoGradient) {
  using Loss = Tensor (*)(const Tensor& a, const Tensor& b);  // a is (2, 3), b is (3)
  const Loss losses[] = {
      [](const Tensor& a, const Tensor& b) { return sum(relu(a * b + b)); },
      [](const Tensor& a, const Tensor& b) { return sum(a / exp(b) - b) + sum(b); },
      [](const Tensor& a, const Tensor& b) {
        return sum(square(cat({a, a * 2, reshape(b, {1, 3})}, 0)));
      },
      [](const Tensor& a, const Tensor& b) { return sum(matmul(a, transpose(a))) + sum(b); },
      [](const Tensor& a, const Tensor& b) { return sum(linear(b, a, slice(b, 0, 0, 2))); },
      // Products that select by a relu's output: made over it, and beside it.
      [](const Tensor& a, const Tensor& b) {
        return sum(linear(relu(linear_relu(b, a, slice(b, 0, 0, 2))), transpose(a)));
      },
      [](const Tensor& a, const Tensor& b) {
        const Tensor h = relu(a * b);
        return sum(linear(h, a) + linear(h, expand(b, {2, 3}))) + sum(h);
      },
      [](const Tensor& a, const Tensor& b) {
        return mse_loss(a, expand(b, {2, 3}) * a);
      },
      [](const Tensor& a, const Tensor& b) { return sum(max(a, 1)) * max(b) + mean(a.clone()); },
      [](const Tensor& a, const Tensor& b) {
        return sum(index_select(a, std::vector<Index>{1, 0, 1}) + slice(b, 0, 1, 2));
      },
      [](const Tensor& a, const Tensor& b) {
        return cross_entropy(log_softmax(a, 0) * softmax(b, 0), std::vector<Index>{2, 0});
      },
  };
  std::size_t failures = 0;
  for (const bool retain_graph : {false, true}) {
    for (const Loss loss : losses) {
      const Tensor a = Tensor::from({1, -2, 3, 4, 5, -6}, {2, 3}).requires_grad_();
      const Tensor b = Tensor::from({0.5, 2, -1}, {3}).requires_grad_();
      loss(a, b).backward();
      const Tensor expected_a = a.grad().clone();
      const Tensor expected_b = b.grad().clone();
      for (std::size_t n = 0;; ++n) {
        ASSERT_LT(n, 1000U);
        Tensor(a).zero_grad();
        Tensor(b).zero_grad();
        sum(a).backward();
        Tensor result = loss(a, b);
        result.retain_grad();
        if (with_allocations(n, [&] { result.backward({.retain_graph = retain_graph}); })) break;
        ++failures;
        EXPECT_EQ(values(a.grad()), Numbers(6, 1));
        EXPECT_FALSE(b.grad().defined());
        EXPECT_FALSE(result.grad().defined());
        Tensor(a).zero_grad();
        loss(a, b).backward();
        EXPECT_TRUE(equal(a.grad(), expected_a));
        EXPECT_TRUE(equal(b.grad(), expected_b));
      }
    }
  }
  EXPECT_GT(failures, 50U);
}

}  // namespace
}  // namespace autograd
