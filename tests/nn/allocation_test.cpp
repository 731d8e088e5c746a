#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "flow/flow.h"
#include "nn/nn.h"

// A warm training step asks the heap for nothing. This program has its own operator new, which
// counts, and stands alone for that reason.

namespace {

std::size_t allocations = 0;

void* counted(std::size_t bytes) {
  ++allocations;
  void* block = std::malloc(bytes > 0 ? bytes : 1);
  if (!block) throw std::bad_alloc();
  return block;
}

void* counted(std::size_t bytes, std::align_val_t alignment) {
  ++allocations;
  const auto a = static_cast<std::size_t>(alignment);
  void* block = std::aligned_alloc(a, (bytes + a - 1) / a * a);
  if (!block) throw std::bad_alloc();
  return block;
}

// Out of line: where g++ inlines it, it sees free() take what some operator new gave, and warns.
[[gnu::noinline]] void release(void* block) noexcept { std::free(block); }

}  // namespace

// The nothrow forms, too: AddressSanitizer's do not call the others.
void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return counted(bytes); }
void* operator new(std::size_t bytes, std::align_val_t a) { return counted(bytes, a); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes, std::align_val_t a) { return counted(bytes, a); }
void operator delete(void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete(void* block, std::align_val_t) noexcept { release(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::align_val_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { release(block); }

namespace {

using autograd::Index;
using autograd::Tensor;

template <class F>
std::size_t allocations_during(F f) {
  const std::size_t before = allocations;
  f();
  return allocations - before;
}

template <class F>
std::size_t allocations_in_20(F step) {
  return allocations_during([&] {
    for (int i = 0; i < 20; ++i) step();
  });
}

// Keeps the compiler from leaving an allocation out.
void* volatile kept;

template <class T>
T* keep(T* block) {
  kept = block;
  return block;
}

TEST(Allocations, OfEveryKindAreCounted) {
  struct alignas(128) Wide {
    char bytes[128];
  };
  const auto counts_one = [](auto make) { EXPECT_EQ(allocations_during(make), 1U); };
  counts_one([] { delete keep(new int); });
  counts_one([] { delete[] keep(new int[5]); });
  counts_one([] { delete keep(new Wide); });
  counts_one([] { delete[] keep(new Wide[3]); });
  counts_one([] { delete keep(new (std::nothrow) int); });
  EXPECT_EQ(allocations_during([] {}), 0U);
}

TEST(Allocations, AColdTensorIsSeen) {
  autograd::empty_cache();
  EXPECT_GT(allocations_during([] { autograd::zeros({123}); }), 0U);
  EXPECT_EQ(allocations_during([] { autograd::zeros({123}); }), 0U);
}

// The note's unconditional step: noise and times drawn, x_t and the target made, one step of Adam.
TEST(TrainingStep, ASequentialOf3To64To2AllocatesNothing) {
  autograd::manual_seed(0);
  nn::Sequential net{nn::Linear(3, 64), nn::ReLU(), nn::Linear(64, 2)};
  nn::Adam optimizer(net.parameters(), {.lr = 1e-2});
  const Tensor x1 = flow::data::sine_curve(200).points;
  const auto step = [&] {
    const Tensor x0 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1});
    const Tensor x_t = (1 - t) * x0 + t * x1;
    const Tensor loss = mse_loss(net(autograd::cat({x_t, t}, 1)), x1 - x0);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  EXPECT_GT(allocations_during(step), 0U);
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

// The note's conditional step: 1000 points of 4 inputs.
TEST(TrainingStep, AThousandRowsOf4To64To2AllocateNothing) {
  autograd::manual_seed(0);
  nn::Sequential net{nn::Linear(4, 64), nn::ReLU(), nn::Linear(64, 2)};
  nn::Adam optimizer(net.parameters());
  const flow::TaggedPoints curve = flow::data::sine_curve(1000);
  const auto step = [&] {
    const Tensor x0 = autograd::randn({1000, 2});
    const Tensor t = autograd::rand({1000, 1});
    const Tensor x_t = (1 - t) * x0 + t * curve.points;
    const Tensor loss = mse_loss(net(autograd::cat({x_t, t, curve.tags}, 1)), curve.points - x0);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  step();
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

TEST(TrainingStep, AVectorFieldAndItsLossAllocateNothing) {
  autograd::manual_seed(0);
  flow::VectorField model(2, 64);
  nn::Adam optimizer(model.parameters());
  const Tensor x1 = flow::data::sine_curve(200).points;
  const auto step = [&] {
    const Tensor x0 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1});
    optimizer.zero_grad();
    flow::cfm_loss(model, x0, x1, t).backward();
    optimizer.step();
  };
  step();
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

TEST(TrainingStep, OfSgdAllocatesNothing) {
  autograd::manual_seed(0);
  nn::Sequential net{nn::Linear(3, 64), nn::Tanh(), nn::Linear(64, 2), nn::SiLU()};
  nn::SGD optimizer(net.parameters(), {.lr = 1e-3, .momentum = 0.9, .weight_decay = 1e-4});
  const Tensor x = autograd::randn({200, 3});
  const Tensor y = autograd::randn({200, 2});
  const auto step = [&] {
    optimizer.zero_grad();
    mse_loss(net(x), y).backward();
    optimizer.step();
  };
  step();
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

// A classifier of words: looked-up vectors, cross-entropy, decay and a falling rate.
TEST(TrainingStep, OfAClassifierWithAScheduleAllocatesNothing) {
  autograd::manual_seed(0);
  const nn::Embedding embedding(30, 8);
  nn::Sequential net{nn::Linear(8, 16), nn::ReLU(), nn::Linear(16, 5)};
  std::vector<Tensor> parameters = net.parameters();
  parameters.push_back(embedding.weight);
  nn::AdamW optimizer(parameters, {.lr = 1e-2});
  nn::CosineAnnealingLR schedule(optimizer, 20);
  const std::vector<Index> words = autograd::randint(0, 30, 100);
  const std::vector<Index> classes = autograd::randint(0, 5, 100);
  const auto step = [&] {
    optimizer.zero_grad();
    const Tensor logits = net(embedding(words));
    const Tensor entropy = -mean(sum(softmax(logits, 1) * log_softmax(logits, 1), 1));
    (cross_entropy(logits, classes) - 0.01 * entropy).backward();
    optimizer.step();
    schedule.step();
  };
  EXPECT_GT(allocations_during(step), 0U);
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

// A wide network: its products are cut into blocks, and packed.
TEST(TrainingStep, Of65To512To512To64AllocatesNothing) {
  autograd::manual_seed(0);
  nn::Sequential net{nn::Linear(65, 512), nn::ReLU(), nn::Linear(512, 512), nn::ReLU(),
                     nn::Linear(512, 64)};
  nn::Adam optimizer(net.parameters());
  const Tensor x1 = autograd::randn({64, 64});
  const auto step = [&] {
    const Tensor x0 = autograd::randn({64, 64});
    const Tensor t = autograd::rand({64, 1});
    const Tensor loss = mse_loss(net(autograd::cat({(1 - t) * x0 + t * x1, t}, 1)), x1 - x0);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  EXPECT_GT(allocations_during(step), 0U);
  step();
  EXPECT_EQ(allocations_in_20(step), 0U);
}

// From noise to samples, all at once and in chunks, of which the last one is smaller.
TEST(Sampling, AllocatesNothing) {
  autograd::manual_seed(0);
  const flow::VectorField model(2, 64);
  const flow::ConditionalVectorField tagged(2, 64);
  const Tensor x0 = autograd::randn({500, 2});
  const Tensor tags = autograd::randn({500, 1});
  using flow::Solver;
  for (const Solver solver : {Solver::euler, Solver::midpoint, Solver::heun, Solver::rk4}) {
    for (const Index chunk : {0, 150}) {
      autograd::empty_cache();
      const flow::SampleOptions options{.solver = solver, .steps = 3, .chunk = chunk};
      const auto plain = [&] { flow::sample(model, x0, options); };
      EXPECT_GT(allocations_during(plain), 0U);
      EXPECT_EQ(allocations_in_20(plain), 0U);

      const auto with_tags = [&] { flow::sample(tagged, x0, tags, options); };
      with_tags();
      EXPECT_EQ(allocations_in_20(with_tags), 0U);
    }
  }
}

}  // namespace
