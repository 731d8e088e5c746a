#include "nn/sequential.h"

#include <cstring>
#include <functional>

#include "nn/nn.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using tensors::equal;
using tensors::same_node;
using tensors::values;

static_assert(Layer<Linear> && Layer<ReLU> && Layer<SiLU> && Layer<Tanh> && Layer<Sequential>);
static_assert(!Layer<Embedding>);  // takes indices, not a tensor
static_assert(!Layer<int> && !Layer<Tensor> && !Layer<Module>);
static_assert(!std::is_constructible_v<Sequential, int>);
static_assert(!std::is_constructible_v<Sequential, Linear, Tensor>);

std::vector<std::string> names(Module& module) {
  std::vector<std::string> list;
  for (const auto& [name, parameter] : module.named_parameters()) list.push_back(name);
  return list;
}

struct PlusOne : Module {
  Tensor operator()(const Tensor& x) const { return x + 1; }
  void visit_parameters(const Visitor&) override {}
};
struct Double : Module {
  Tensor operator()(const Tensor& x) const { return x * 2; }
  void visit_parameters(const Visitor&) override {}
};

TEST(Sequential, AppliesItsLayersFromLeftToRight) {
  EXPECT_EQ((Sequential{PlusOne(), Double()}(Tensor(3)).item()), 8);
  EXPECT_EQ((Sequential{Double(), PlusOne()}(Tensor(3)).item()), 7);
}

TEST(Sequential, IsItsLayersOneAfterTheOther) {
  autograd::manual_seed(3);
  const Linear first(3, 8);
  const Linear second(8, 2);
  const Sequential net{first, ReLU(), second};
  const Tensor x = autograd::randn({5, 3});
  EXPECT_TRUE(equal(net(x), second(relu(first(x)))));
}

TEST(Sequential, NamesParametersByPosition) {
  Sequential net{Linear(3, 64), ReLU(), Linear(64, 2)};
  EXPECT_EQ(names(net), (std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias"}));
}

TEST(Sequential, DrawsWeightsFromLeftToRight) {
  autograd::manual_seed(11);
  Sequential net{Linear(3, 4), ReLU(), Linear(4, 2)};
  autograd::manual_seed(11);
  Linear first(3, 4);
  Linear second(4, 2);
  const auto parameters = net.parameters();
  ASSERT_EQ(parameters.size(), 4U);
  EXPECT_TRUE(equal(parameters[0], first.weight));
  EXPECT_TRUE(equal(parameters[1], first.bias));
  EXPECT_TRUE(equal(parameters[2], second.weight));
  EXPECT_TRUE(equal(parameters[3], second.bias));
}

TEST(Sequential, BracesAroundANetCopyIt) {
  Sequential net{Linear(3, 4), ReLU(), Linear(4, 2)};
  Sequential copy{net};
  EXPECT_EQ(names(copy), names(net));  // not "0.0.weight"
  const auto of_net = net.parameters();
  const auto of_copy = copy.parameters();
  for (std::size_t i = 0; i < of_net.size(); ++i) EXPECT_TRUE(same_node(of_net[i], of_copy[i]));
}

TEST(Sequential, AssignmentSharesTheParametersToo) {
  Sequential net{Linear(3, 4)};
  Sequential other{Linear(5, 6), ReLU()};
  other = net;
  ASSERT_EQ(other.parameters().size(), 2U);
  EXPECT_TRUE(same_node(other.parameters()[0], net.parameters()[0]));
}

TEST(Sequential, MoveKeepsTheParameters) {
  Sequential net{Linear(3, 4)};
  const Tensor weight = net.parameters()[0];
  Sequential moved = std::move(net);
  ASSERT_EQ(moved.parameters().size(), 2U);
  EXPECT_TRUE(same_node(moved.parameters()[0], weight));
}

TEST(Sequential, OfSequentials) {
  autograd::manual_seed(4);
  Sequential inner{Linear(3, 4), ReLU()};
  Sequential net{inner, Sequential{Linear(4, 4), Tanh()}, Linear(4, 1)};
  EXPECT_EQ(names(net), (std::vector<std::string>{"0.0.weight", "0.0.bias", "1.0.weight",
                                                  "1.0.bias", "2.weight", "2.bias"}));
  const Tensor x = autograd::randn({5, 3});
  EXPECT_EQ(net(x).shape(), (autograd::Shape{5, 1}));
  EXPECT_TRUE(same_node(net.parameters()[0], inner.parameters()[0]));
}

TEST(Sequential, WithoutLayersIsTheIdentity) {
  Sequential nothing{};
  const Tensor x = Tensor::from({1, -2}, {2});
  EXPECT_TRUE(equal(nothing(x), x));
  EXPECT_TRUE(nothing.parameters().empty());
}

TEST(Sequential, OfOneLayer) {
  Sequential net{ReLU()};
  EXPECT_EQ(values(net(Tensor::from({1, -2}, {2}))), (std::vector<double>{1, 0}));
}

TEST(Sequential, LeavesAnInputThatTheCallerHoldsAsItWas) {
  const Sequential net{ReLU(), ReLU()};
  const Tensor x = Tensor::from({1, -2}, {2});
  net(x);
  EXPECT_EQ(values(x), (std::vector<double>{1, -2}));
}

TEST(Sequential, ZeroRows) {
  Sequential net{Linear(3, 4), ReLU(), Linear(4, 2)};
  const Tensor y = net(autograd::zeros({0, 3}));
  EXPECT_EQ(y.shape(), (autograd::Shape{0, 2}));
  sum(y).backward();
  for (const Tensor& p : net.parameters()) EXPECT_TRUE(equal(p.grad(), autograd::zeros(p.shape())));
}

// --- A Linear and the ReLU behind it ------------------------------------------------------------

// The name of the operation that computed y.
std::string operation_of(const Tensor& y) { return y.node().operation; }

// The bits of both, and of the gradients of x and of all parameters.
void expect_same_bits(Sequential& net, const std::function<Tensor(const Tensor&)>& layer_by_layer) {
  const Tensor x = autograd::randn({40, 3}).requires_grad_();
  std::vector<Tensor> leaves = net.parameters();
  leaves.push_back(x);
  const auto run = [&](const auto& f) {
    for (Tensor& leaf : leaves) leaf.zero_grad();
    const Tensor y = f(x);
    y.backward(reshape(autograd::linspace(-1, 2, y.numel()), {40, -1}));
    std::vector<Tensor> results = {y.detach()};
    for (const Tensor& leaf : leaves) results.push_back(leaf.grad());
    return results;
  };
  const std::vector<Tensor> ours = run(net), theirs = run(layer_by_layer);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_TRUE(ours[i].defined() && theirs[i].defined()) << i;
    ASSERT_EQ(ours[i].shape(), theirs[i].shape());
    const auto bytes = static_cast<std::size_t>(ours[i].numel()) * sizeof(autograd::real);
    EXPECT_EQ(std::memcmp(ours[i].data(), theirs[i].data(), bytes), 0) << i;
  }
}

TEST(Sequential, ALinearAndItsReLUAreOneNode) {
  autograd::manual_seed(5);
  const Linear first(3, 8), second(8, 5), third(5, 2);
  Sequential net{first, ReLU(), second, ReLU(), third};
  expect_same_bits(net, [&](const Tensor& x) { return third(relu(second(relu(first(x))))); });
  EXPECT_EQ(operation_of(Sequential{first, ReLU()}(autograd::ones({1, 3}))), "linear_relu");
  EXPECT_EQ(operation_of(net(autograd::ones({1, 3}))), "linear");
  Sequential copy{net};
  expect_same_bits(copy, [&](const Tensor& x) { return third(relu(second(relu(first(x))))); });
}

TEST(Sequential, ALinearWithoutABiasAndItsReLU) {
  autograd::manual_seed(6);
  Linear first(3, 8);
  first.bias = Tensor();
  const Linear second(8, 2);
  Sequential net{first, ReLU(), second};
  EXPECT_EQ(names(net), (std::vector<std::string>{"0.weight", "2.weight", "2.bias"}));
  expect_same_bits(net, [&](const Tensor& x) { return second(relu(first(x))); });
}

TEST(Sequential, AReLUOnItsOwn) {
  autograd::manual_seed(7);
  const Linear first(3, 8), second(8, 2);
  Sequential in_front{ReLU(), first, ReLU()};
  expect_same_bits(in_front, [&](const Tensor& x) { return relu(first(relu(x))); });
  Sequential two_in_a_row{first, ReLU(), ReLU(), second};
  expect_same_bits(two_in_a_row, [&](const Tensor& x) { return second(relu(relu(first(x)))); });
  EXPECT_EQ(operation_of(Sequential{first, ReLU(), ReLU()}(autograd::ones({1, 3}))), "relu");
  Sequential last{first, second, ReLU()};
  expect_same_bits(last, [&](const Tensor& x) { return relu(second(first(x))); });
}

TEST(Sequential, SomethingBetweenALinearAndItsReLU) {
  autograd::manual_seed(8);
  const Linear first(3, 8), second(8, 2);
  Sequential net{first, PlusOne(), ReLU(), Double(), second};
  expect_same_bits(net, [&](const Tensor& x) { return second(2 * relu(first(x) + 1)); });
  EXPECT_EQ(operation_of(Sequential{first, PlusOne()}(autograd::ones({1, 3}))), "add");
}

TEST(Sequential, ALinearAndItsReLUInDifferentSequentials) {
  autograd::manual_seed(9);
  const Linear first(3, 8), second(8, 4), third(4, 2);
  Sequential net{Sequential{first}, ReLU(), Sequential{second, ReLU()}, third, Sequential{ReLU()}};
  expect_same_bits(net, [&](const Tensor& x) { return relu(third(relu(second(relu(first(x)))))); });
}

// Modules that are a Linear or a ReLU to the compiler, and compute something else.
struct HalfLinear : Linear {
  using Linear::Linear;
  Tensor operator()(const Tensor& x) const { return Linear::operator()(x) / 2; }
};
struct ShiftedReLU : ReLU {
  Tensor operator()(Tensor x) const { return ReLU::operator()(std::move(x)) - 1; }
};

TEST(Sequential, YourOwnLinearOrReLUIsCalled) {
  autograd::manual_seed(10);
  const HalfLinear half(3, 8);
  const Linear whole(3, 8);
  Sequential own_linear{half, ReLU()};
  expect_same_bits(own_linear, [&](const Tensor& x) { return relu(half(x)); });
  Sequential own_relu{whole, ShiftedReLU()};
  expect_same_bits(own_relu, [&](const Tensor& x) { return relu(whole(x)) - 1; });
}

TEST(Sequential, ALinearAndItsReLUWithoutAGraph) {
  autograd::manual_seed(11);
  const Linear first(3, 8), second(8, 2);
  const Sequential net{first, ReLU(), second};
  const Tensor x = autograd::randn({40, 3});
  const std::vector<double> before = values(x);
  const Tensor expected = second(relu(first(x)));
  const autograd::NoGradGuard no_grad;
  const Tensor y = net(x);
  EXPECT_FALSE(y.requires_grad());
  EXPECT_TRUE(equal(y, expected.detach()));
  EXPECT_EQ(values(x), before);
}

TEST(Sequential, LearnsSineByGradientDescent) {
  autograd::manual_seed(0);
  Sequential net{Linear(1, 32), Tanh(), Linear(32, 1)};
  Adam optimizer(net.parameters(), {.lr = 1e-2});
  const Tensor x = reshape(autograd::linspace(-3, 3, 64), {64, 1});
  const Tensor y = sin(x);
  const double first = mse_loss(net(x), y).item();
  double last = first;
  for (int step = 0; step < 500; ++step) {
    optimizer.zero_grad();
    const Tensor loss = mse_loss(net(x), y);
    loss.backward();
    optimizer.step();
    last = loss.item();
  }
  EXPECT_GT(first, 0.1);
  EXPECT_LT(last, 1e-3);
}

#ifdef HANDFLOW_DOUBLE
TEST(Sequential, Gradcheck) {
  autograd::manual_seed(6);
  Sequential net{Linear(3, 5), SiLU(), Sequential{Linear(5, 4), Tanh()}, Linear(4, 2)};
  std::vector<Tensor> inputs = net.parameters();
  inputs.push_back(autograd::randn({4, 3}).requires_grad_());
  EXPECT_TRUE(autograd::gradcheck([&](const auto& all) { return net(all.back()); }, inputs));
}
#endif

}  // namespace
}  // namespace nn
