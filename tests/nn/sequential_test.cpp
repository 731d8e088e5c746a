#include "nn/sequential.h"

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
