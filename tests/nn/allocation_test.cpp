#include <gtest/gtest.h>

#include "flow/flow.h"
#include "lessons/lab/heap.h"
#include "nn/nn.h"

// A warm training step asks the heap for nothing.

namespace {

using autograd::Index;
using autograd::Tensor;
using lab::heap_allocations;

template <class F>
std::int64_t allocations_in_20(F step) {
  return heap_allocations([&] {
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
  const auto counts_one = [](auto make) { EXPECT_EQ(heap_allocations(make), 1); };
  counts_one([] { delete keep(new int); });
  counts_one([] { delete[] keep(new int[5]); });
  counts_one([] { delete keep(new Wide); });
  counts_one([] { delete[] keep(new Wide[3]); });
  counts_one([] { delete keep(new (std::nothrow) int); });
  EXPECT_EQ(heap_allocations([] {}), 0);
}

TEST(Allocations, AColdTensorIsSeen) {
  autograd::empty_cache();
  EXPECT_GT(heap_allocations([] { autograd::zeros({123}); }), 0);
  EXPECT_EQ(heap_allocations([] { autograd::zeros({123}); }), 0);
}

// A step of flow matching towards x1: noise and times drawn, x_t and the target made, Adam.
void expect_no_allocations(nn::Sequential net, double lr, const Tensor& x1) {
  nn::Adam optimizer(net.parameters(), {.lr = lr});
  const auto step = [&] {
    const Tensor x0 = autograd::randn(x1.shape());
    const Tensor t = autograd::rand({x1.size(0), 1});
    const Tensor x_t = (1 - t) * x0 + t * x1;
    const Tensor loss = mse_loss(net(autograd::cat({x_t, t}, 1)), x1 - x0);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
  };
  EXPECT_GT(heap_allocations(step), 0);
  step();
  EXPECT_EQ(allocations_in_20(step), 0);
}

// The note's unconditional step.
TEST(TrainingStep, ASequentialOf3To64To2AllocatesNothing) {
  autograd::manual_seed(0);
  const nn::Sequential net{nn::Linear(3, 64), nn::ReLU(), nn::Linear(64, 2)};
  expect_no_allocations(net, 1e-2, flow::data::sine_curve(200).points);
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
  EXPECT_EQ(allocations_in_20(step), 0);
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
  EXPECT_EQ(allocations_in_20(step), 0);
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
  EXPECT_EQ(allocations_in_20(step), 0);
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
  EXPECT_GT(heap_allocations(step), 0);
  step();
  EXPECT_EQ(allocations_in_20(step), 0);
}

// A wide network: its products are cut into blocks, and packed.
TEST(TrainingStep, Of65To512To512To64AllocatesNothing) {
  autograd::manual_seed(0);
  const nn::Sequential net{nn::Linear(65, 512), nn::ReLU(), nn::Linear(512, 512), nn::ReLU(),
                           nn::Linear(512, 64)};
  expect_no_allocations(net, 1e-3, autograd::randn({64, 64}));
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
      EXPECT_GT(heap_allocations(plain), 0);
      EXPECT_EQ(allocations_in_20(plain), 0);

      const auto with_tags = [&] { flow::sample(tagged, x0, tags, options); };
      with_tags();
      EXPECT_EQ(allocations_in_20(with_tags), 0);
    }
  }
}

}  // namespace
