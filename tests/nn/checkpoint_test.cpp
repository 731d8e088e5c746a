#include <cstring>
#include <functional>
#include <limits>
#include <thread>

#include "nn/nn.h"
#include "nn/safetensors.h"
#include "tests/lessons/lab/scratch.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using lab::testing::contents;
using lab::testing::ScratchFolder;
using lab::testing::write_file;
using tensors::throws;

// All that a checkpoint has to bring back, to compare: every bit of it.
class Everything final : public StateVisitor {
 public:
  Everything(Module& module, Optimizer& optimizer) {
    for (auto& [name, parameter] : module.named_parameters()) add(name, parameter);
    optimizer.visit_state(*this);
    const autograd::RngState random = autograd::rng_state();
    add("twister", random.twister.data(), sizeof random.twister);
    add("used", &random.used, sizeof random.used);
    const double kept = random.kept_normal.value_or(-1000);
    add("kept_normal", &kept, sizeof kept);
  }
  void number(const std::string& name, double& number, double) override {
    add(name, &number, sizeof number);
  }
  void count(const std::string& name, Index& count) override { add(name, &count, sizeof count); }
  void tensor(const std::string& name, Tensor& tensor, const autograd::Shape& shape) override {
    add(name, tensor.defined() ? tensor : autograd::zeros(shape));
  }

  std::string bits;

 private:
  void add(const std::string& name, const void* bytes, std::size_t size) {
    bits += name + ":" + std::string(static_cast<const char*>(bytes), size) + ";";
  }
  void add(const std::string& name, const Tensor& tensor) {
    add(name, tensor.data(), static_cast<std::size_t>(tensor.numel()) * sizeof(autograd::real));
  }
};

Sequential small_net(std::uint64_t seed, Index hidden = 5) {
  autograd::manual_seed(seed);
  return Sequential{Linear(2, hidden), Tanh(), Linear(hidden, 1)};
}

// One step on fresh random numbers. Three normals keep a fourth one for the next step.
double train_step(Sequential& net, Optimizer& optimizer) {
  const Tensor x = autograd::randn({20, 2});
  const Tensor y = sum(square(x), 1, true) + autograd::sum(autograd::randn({3})) * 0.1;
  const Tensor loss = mse_loss(net(x), y);
  optimizer.zero_grad();
  loss.backward();
  optimizer.step();
  return loss.item();
}

using Make = std::function<std::unique_ptr<Optimizer>(std::vector<Tensor>)>;

Make adam(double lr = 1e-2) {
  return [=](std::vector<Tensor> p) {
    return std::make_unique<Adam>(std::move(p), AdamOptions{.lr = lr});
  };
}
Make adamw() {
  return [=](std::vector<Tensor> p) {
    return std::make_unique<AdamW>(std::move(p), AdamWOptions{.lr = 1e-2, .weight_decay = 0.1});
  };
}
Make sgd(double momentum) {
  return [=](std::vector<Tensor> p) {
    return std::make_unique<SGD>(std::move(p), SGDOptions{.lr = 1e-2, .momentum = momentum});
  };
}

class CheckpointTest : public ::testing::Test {
 protected:
  ScratchFolder scratch;
  const std::string path = scratch.path / "run.safetensors";
};

// ---- There and back ----------------------------------------------------------------------------

// The losses of steps first + 1 to 100, from a training that is saved at step `save_at`.
std::vector<double> straight(const Make& make, const std::string& path, Index save_at,
                             std::string* end) {
  Sequential net = small_net(1);
  const auto optimizer = make(net.parameters());
  std::vector<double> losses;
  for (Index step = 0; step < 100; ++step) {
    if (step == save_at) {
      save_checkpoint(path, {.module = net, .optimizer = *optimizer, .step = step});
    }
    if (step == 30) optimizer->set_lr(5e-3);
    const double loss = train_step(net, *optimizer);
    if (step >= save_at) losses.push_back(loss);
  }
  *end = Everything(net, *optimizer).bits;
  return losses;
}

// The same from the checkpoint: other weights, another rate, other random numbers before.
std::vector<double> resumed(const Make& make, const std::string& path, std::string* end) {
  Sequential net = small_net(2);
  const auto optimizer = make(net.parameters());
  optimizer->set_lr(0.5);
  for (int step = 0; step < 3; ++step) train_step(net, *optimizer);
  std::vector<double> losses;
  Index step = load_checkpoint(path, {.module = net, .optimizer = *optimizer});
  for (; step < 100; ++step) {
    if (step == 30) optimizer->set_lr(5e-3);
    losses.push_back(train_step(net, *optimizer));
  }
  *end = Everything(net, *optimizer).bits;
  return losses;
}

TEST_F(CheckpointTest, ATrainingGoesOnAsIfItHadNeverStopped) {
  for (const Make& make : {adam(), adamw(), sgd(0), sgd(0.9)}) {
    for (const Index save_at : {0, 1, 29, 60, 99}) {
      std::string end, end_resumed;
      const std::vector<double> losses = straight(make, path, save_at, &end);
      const std::vector<double> again = resumed(make, path, &end_resumed);
      EXPECT_EQ(losses.size(), static_cast<std::size_t>(100 - save_at));
      EXPECT_EQ(again, losses) << "saved at " << save_at;
      EXPECT_EQ(end_resumed, end) << "saved at " << save_at;
    }
  }
}

// The comparison above sees each of these missing: they change the very next loss or the one after.
TEST_F(CheckpointTest, NoPartIsThereForNothing) {
  std::string end, end_resumed;
  const std::vector<double> losses = straight(adam(), path, 60, &end);
  const auto without = [&](const std::string& name, auto change) {
    Sequential net = small_net(1);
    Adam optimizer(net.parameters(), {.lr = 1e-2});
    load_checkpoint(path, {.module = net, .optimizer = optimizer});
    change(net, optimizer);
    std::vector<double> again;
    for (int step = 60; step < 100; ++step) again.push_back(train_step(net, optimizer));
    EXPECT_NE(again, losses) << name;
  };
  without("random state", [](auto&, auto&) { autograd::manual_seed(1); });
  without("kept normal", [](auto&, auto&) {
    autograd::RngState state = autograd::rng_state();
    state.kept_normal = state.kept_normal ? std::nullopt : std::optional(0.5);
    autograd::set_rng_state(state);
  });
  without("rate", [](auto&, Adam& adam) { adam.set_lr(1e-2); });
  without("parameters", [](Sequential& net, auto&) { net.parameters()[3].data()[0] += 0.01F; });
  without("moments", [](Sequential& net, Adam& adam) {
    const Tensor zero = autograd::zeros(net.parameters()[0].shape());
    adam.set_state(0, zero, adam.state(0).exp_avg_sq.clone(), adam.state(0).step);
  });
  without("step", [](auto&, Adam& adam) {
    adam.set_state(0, adam.state(0).exp_avg, adam.state(0).exp_avg_sq, 1);
  });
}

TEST_F(CheckpointTest, AScheduleGoesOnFromTheStep) {
  const auto train = [&](Index first, Index last, bool resume) {
    Sequential net = small_net(1);
    AdamW optimizer(net.parameters(), {.lr = 0.1});
    CosineAnnealingLR schedule(optimizer, 50);
    Index step = first;
    if (resume) {
      step = load_checkpoint(path, {.module = net, .optimizer = optimizer});
      EXPECT_LT(optimizer.lr(), 0.1);
      schedule.set_last_epoch(step);
    }
    std::vector<double> losses;
    for (; step < last; ++step) {
      losses.push_back(train_step(net, optimizer));
      schedule.step();
    }
    save_checkpoint(path, {.module = net, .optimizer = optimizer, .step = step});
    return losses;
  };
  const std::vector<double> whole = train(0, 50, false);
  std::vector<double> halves = train(0, 20, false);
  const std::vector<double> second = train(0, 50, true);
  halves.insert(halves.end(), second.begin(), second.end());
  EXPECT_EQ(halves, whole);
}

TEST_F(CheckpointTest, PowersOfBetaComeBackExactly) {
  Sequential net = small_net(1);
  Adam first(net.parameters());
  for (int step = 0; step < 1000; ++step) train_step(net, first);
  save_checkpoint(path, {.module = net, .optimizer = first, .step = 1000});
  Adam second(net.parameters());
  EXPECT_EQ(load_checkpoint(path, {.module = net, .optimizer = second}), 1000);
  for (Index i = 0; i < 4; ++i) {
    EXPECT_EQ(second.state(i).step, 1000);
    EXPECT_EQ(second.state(i).beta1_power, first.state(i).beta1_power);
    EXPECT_EQ(second.state(i).beta2_power, first.state(i).beta2_power);
    EXPECT_NE(second.state(i).beta2_power, 1);
  }
}

TEST_F(CheckpointTest, AParameterThatHasNeverHadAGradientIsNew) {
  Tensor used = autograd::ones({2}).requires_grad_();
  Tensor waiting = autograd::ones({3}).requires_grad_();
  ReLU no_parameters;
  Adam first({used, waiting});
  sum(used).backward();
  first.step();
  save_checkpoint(path, {.module = no_parameters, .optimizer = first, .step = 1});

  Adam second({used, waiting});
  sum(waiting).backward();
  second.step();
  load_checkpoint(path, {.module = no_parameters, .optimizer = second});
  EXPECT_EQ(second.state(0).step, 1);
  EXPECT_EQ(second.state(1).step, 0);
  EXPECT_EQ(second.state(1).beta1_power, 1);
  EXPECT_EQ(tensors::values(second.state(1).exp_avg), (std::vector<double>{0, 0, 0}));
}

TEST_F(CheckpointTest, AnotherThreadCanGoOn) {
  std::string end, end_resumed;
  const std::vector<double> losses = straight(adam(), path, 60, &end);
  std::vector<double> again;
  std::thread([&] { again = resumed(adam(), path, &end_resumed); }).join();
  EXPECT_EQ(again, losses);
  EXPECT_EQ(end_resumed, end);
}

TEST_F(CheckpointTest, HoldsTheseArrays) {
  Linear linear(2, 1);
  Adam optimizer(linear.parameters(), {.lr = 0.25});
  autograd::manual_seed(5);
  save_checkpoint(path, {.module = linear, .optimizer = optimizer, .step = 7});
  Safetensors file = Safetensors::read({"test", path});
  EXPECT_EQ(file.metadata["handflow.kind"], "checkpoint");
  EXPECT_EQ(file.metadata["handflow.optimizer"], "Adam");
  EXPECT_TRUE(tensors::equal(file.take_tensor("model.weight", {1, 2}), linear.weight));
  EXPECT_TRUE(tensors::equal(file.take_tensor("model.bias", {1}), linear.bias));
  EXPECT_EQ(file.take_numbers("optimizer.lr", 1)[0], 0.25);
  for (const auto& [prefix, shape] : {std::pair("optimizer.0.", linear.weight.shape()),
                                      std::pair("optimizer.1.", linear.bias.shape())}) {
    const std::string start = prefix;
    file.take_tensor(start + "exp_avg", shape);
    file.take_tensor(start + "exp_avg_sq", shape);
    EXPECT_EQ(file.take_counts(start + "step", 1)[0], 0);
    EXPECT_EQ(file.take_numbers(start + "beta1_power", 1)[0], 1);
    EXPECT_EQ(file.take_numbers(start + "beta2_power", 1)[0], 1);
  }
  EXPECT_EQ(file.take_counts("step", 1)[0], 7);
  EXPECT_EQ(file.take_counts("random.twister", 624)[0], 5);  // the first word is the seed
  EXPECT_EQ(file.take_counts("random.used", 1)[0], 624);
  EXPECT_TRUE(std::isnan(file.take_numbers("random.kept_normal", 1)[0]));
  file.refuse_the_rest();
}

// ---- What is refused ---------------------------------------------------------------------------

// A training in its 4th step, to which files are offered that it cannot take.
class RefusalTest : public CheckpointTest {
 protected:
  RefusalTest() : net(small_net(1)), optimizer(net.parameters(), {.lr = 1e-2}) {
    for (int step = 0; step < 3; ++step) train_step(net, optimizer);
    save_checkpoint(path, {.module = net, .optimizer = optimizer, .step = 3});
    right = Everything(net, optimizer).bits;
    train_step(net, optimizer);
    save_checkpoint(current, {.module = net, .optimizer = optimizer, .step = 4});
    now = Everything(net, optimizer).bits;
  }

  // What is said about the file at `path`; "" if it is taken. Nothing has changed, or all has.
  std::string refusal() {
    try {
      load_checkpoint(path, {.module = net, .optimizer = optimizer});
    } catch (const FileError& error) {
      EXPECT_EQ(Everything(net, optimizer).bits, now) << error.what();
      const std::string text = error.what();
      const std::string start = "load_checkpoint: " + path + ": ";
      EXPECT_EQ(text.substr(0, start.size()), start);
      return text.substr(std::min(text.size(), start.size()));
    }
    EXPECT_EQ(Everything(net, optimizer).bits, right);
    load_checkpoint(current, {.module = net, .optimizer = optimizer});
    return "";
  }

  // The checkpoint, with a right checksum, but with something else in it.
  std::string refusal_of(const std::function<void(Safetensors&)>& change) {
    save_checkpoint(path, {.module = net, .optimizer = optimizer, .step = 3});
    Safetensors file = Safetensors::read({"test", path});
    change(file);
    file.write();
    return refusal();
  }

  const std::string current = scratch.path / "current.safetensors";
  Sequential net;
  Adam optimizer;
  std::string right, now;
};

TEST_F(RefusalTest, TheRightOneIsTaken) { EXPECT_EQ(refusal(), ""); }

TEST_F(RefusalTest, PlainWeightsAndCheckpointsAreNotTheSame) {
  EXPECT_TRUE(throws<FileError>([&] { load(path, net); }, {"load: ", "load_checkpoint reads"}));
  EXPECT_EQ(Everything(net, optimizer).bits, now);
  save(path, net);
  EXPECT_EQ(refusal(), "is no checkpoint");
}

TEST_F(RefusalTest, AnotherModel) {
  Sequential wide = small_net(1, 6);
  Adam for_wide(wide.parameters());
  save_checkpoint(path, {.module = wide, .optimizer = for_wide, .step = 3});
  load_checkpoint(current, {.module = net, .optimizer = optimizer});
  EXPECT_EQ(refusal(), "tensor 'model.0.weight' has shape (6, 2) and must have (5, 2)");

  autograd::manual_seed(3);
  Sequential deep{Linear(2, 5), Tanh(), Linear(5, 1), Linear(1, 1)};
  Adam for_deep(deep.parameters());
  save_checkpoint(path, {.module = deep, .optimizer = for_deep, .step = 3});
  load_checkpoint(current, {.module = net, .optimizer = optimizer});
  EXPECT_EQ(refusal(), "tensor 'model.3.bias' has no place here");
}

TEST_F(RefusalTest, AnotherOptimiser) {
  AdamW decaying(net.parameters());
  save_checkpoint(path, {.module = net, .optimizer = decaying, .step = 3});
  EXPECT_EQ(refusal(), "was saved with the optimiser 'AdamW', not Adam");

  SGD sgd(net.parameters(), {.momentum = 0.9});
  save_checkpoint(path, {.module = net, .optimizer = sgd, .step = 3});
  EXPECT_EQ(refusal(), "was saved with the optimiser 'SGD', not Adam");

  SGD plain(net.parameters());
  const std::string before = Everything(net, plain).bits;
  EXPECT_TRUE(throws<FileError>(
      [&] { load_checkpoint(path, {.module = net, .optimizer = plain}); },
      {"load_checkpoint: ", "tensor 'optimizer.0.momentum_buffer' has no place here"}));
  EXPECT_EQ(Everything(net, plain).bits, before);
  save_checkpoint(path, {.module = net, .optimizer = plain, .step = 3});
  EXPECT_TRUE(throws<FileError>([&] { load_checkpoint(path, {.module = net, .optimizer = sgd}); },
                                {"tensor 'optimizer.0.momentum_buffer' is missing"}));

  std::vector<Tensor> fewer = net.parameters();
  fewer.pop_back();
  Adam of_fewer(fewer);
  save_checkpoint(path, {.module = net, .optimizer = of_fewer, .step = 3});
  EXPECT_EQ(refusal(), "tensor 'optimizer.3.exp_avg' is missing");
}

TEST_F(RefusalTest, NumbersThatNoTrainingHas) {
  const auto number = [&](const std::string& name, double value) {
    return refusal_of([&](Safetensors& file) {
      file.take_numbers(name, 1);
      file.put_numbers(name, {&value, 1});
    });
  };
  const auto count = [&](const std::string& name, Index value) {
    return refusal_of([&](Safetensors& file) {
      file.take_counts(name, 1);
      file.put_counts(name, {&value, 1});
    });
  };
  EXPECT_EQ(number("optimizer.lr", -1), "'optimizer.lr' is -1.000000 and out of its range");
  EXPECT_EQ(number("optimizer.lr", NAN), "'optimizer.lr' is nan and out of its range");
  EXPECT_EQ(number("optimizer.lr", INFINITY), "'optimizer.lr' is inf and out of its range");
  EXPECT_EQ(number("optimizer.1.beta1_power", 1.5),
            "'optimizer.1.beta1_power' is 1.500000 and out of its range");
  EXPECT_EQ(count("optimizer.1.step", -1), "'optimizer.1.step' is negative: -1");
  EXPECT_EQ(count("step", -3), "'step' is negative: -3");
  EXPECT_EQ(count("random.used", 625), "set_rng_state: used must be 0 to 624, got 625");
  EXPECT_EQ(count("random.used", -1), "a word of the random state is -1");
  EXPECT_EQ(number("random.kept_normal", INFINITY),
            "set_rng_state: the kept normal must be finite, got inf");
  const auto twister = [&](Index value) {
    return refusal_of([&](Safetensors& file) {
      file.take_counts("random.twister", 624);
      file.put_counts("random.twister", std::vector<Index>(624, value));
    });
  };
  EXPECT_EQ(twister(0), "set_rng_state: the words of the twister are all 0, and would stay so");
  EXPECT_EQ(twister(Index{1} << 32), "a word of the random state is 4294967296");
}

TEST_F(RefusalTest, ArraysMissingOrTooMany) {
  for (const std::string name : {"step", "random.used", "optimizer.2.step"}) {
    EXPECT_EQ(refusal_of([&](Safetensors& file) { file.take_counts(name, 1); }),
              "tensor '" + name + "' is missing");
  }
  EXPECT_EQ(refusal_of([&](Safetensors& file) { file.take_numbers("optimizer.lr", 1); }),
            "tensor 'optimizer.lr' is missing");
  EXPECT_EQ(refusal_of([](Safetensors& file) { file.put_tensor("x", autograd::ones({1})); }),
            "tensor 'x' has no place here");
  EXPECT_EQ(refusal_of([](Safetensors& file) {
              file.take_counts("step", 1);
              file.put_numbers("step", std::vector<double>{3});
            }),
            "tensor 'step' is F64 and must be I64");
}

TEST_F(RefusalTest, EveryDamagedByteIsRefusedOrHarmless) {
  const std::string file = contents(path);
  std::size_t harmless = 0;
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string flipped = file;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    std::filesystem::remove(path);  // some file systems flush a file that is written over
    write_file(path, flipped);
    if (refusal().empty()) ++harmless;
  }
  EXPECT_LT(harmless, std::strlen("handflow.crc32"));
}

TEST_F(RefusalTest, EveryTruncationIsRefused) {
  const std::string file = contents(path);
  for (std::size_t size = 0; size < file.size(); size += size < 2500 ? 7 : 97) {
    std::filesystem::remove(path);
    write_file(path, file.substr(0, size));
    EXPECT_NE(refusal(), "") << size;
  }
}

TEST_F(CheckpointTest, ANegativeStepIsNotWritten) {
  Linear linear(1, 1);
  SGD sgd(linear.parameters());
  EXPECT_TRUE(throws<autograd::ValueError>(
      [&] { save_checkpoint(path, {.module = linear, .optimizer = sgd, .step = -1}); },
      {"save_checkpoint: step must not be negative, got -1"}));
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace nn
