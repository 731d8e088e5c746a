#include "nn/module.h"

#include "flow/vector_field.h"
#include "nn/nn.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using tensors::equal;
using tensors::same_node;

// The example of module.h.
struct Scale : Module {
  Tensor factor = autograd::ones({1}).requires_grad_();
  Tensor operator()(const Tensor& x) const { return x * factor; }
  void visit_parameters(const Visitor& visit) override { visit("factor", factor); }
};

struct Pair : Module {
  Scale left;
  Linear right{2, 3};
  void visit_parameters(const Visitor& visit) override {
    visit_child("left", left, visit);
    visit_child("right", right, visit);
  }
};

std::vector<std::string> names(Module& module) {
  std::vector<std::string> list;
  for (const auto& [name, parameter] : module.named_parameters()) list.push_back(name);
  return list;
}

// A loss that depends on all parameters.
void give_gradients(Module& module) {
  Tensor loss = 0;
  for (const Tensor& parameter : module.parameters()) loss = loss + sum(square(parameter));
  loss.backward();
}

TEST(Module, NamesItsParametersInTheOrderOfItsVisit) {
  Linear linear(2, 3);
  EXPECT_EQ(names(linear), (std::vector<std::string>{"weight", "bias"}));
  const auto named = linear.named_parameters();
  EXPECT_TRUE(same_node(named[0].second, linear.weight));
  EXPECT_TRUE(same_node(named[1].second, linear.bias));
}

TEST(Module, ListsTheVeryParametersThatItNames) {
  Pair pair;
  const auto list = pair.parameters();
  const auto named = pair.named_parameters();
  ASSERT_EQ(list.size(), 3U);
  ASSERT_EQ(named.size(), 3U);
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_TRUE(same_node(list[i], named[i].second));
  }
}

TEST(Module, PutsTheNameOfAChildInFront) {
  Pair pair;
  EXPECT_EQ(names(pair), (std::vector<std::string>{"left.factor", "right.weight", "right.bias"}));
}

TEST(Module, OfAUserIsALayer) {
  Scale scale;
  const Tensor x = Tensor::from({1, 2, 3}, {3});
  sum(scale(x)).backward();
  EXPECT_EQ(scale.parameters()[0].grad().item(), 6);
}

TEST(Module, ZeroGradForgetsAllGradients) {
  Pair pair;
  give_gradients(pair);
  for (const Tensor& parameter : pair.parameters()) ASSERT_TRUE(parameter.grad().defined());
  pair.zero_grad();
  for (const Tensor& parameter : pair.parameters()) EXPECT_FALSE(parameter.grad().defined());
}

TEST(Module, CopiesShareParametersAndGradients) {
  Linear original(2, 3);
  const Linear copy = original;
  EXPECT_TRUE(same_node(copy.weight, original.weight));
  {
    const autograd::NoGradGuard no_grad;
    original.bias.fill_(7);
  }
  EXPECT_EQ(tensors::values(copy.bias), (std::vector<double>{7, 7, 7}));
  give_gradients(original);
  EXPECT_TRUE(equal(copy.bias.grad(), autograd::full({3}, 14)));
}

// What clone() promises, for any module.
template <class M>
void expect_deep_clone(M& original) {
  give_gradients(original);
  const std::vector<Tensor> before = original.parameters();
  std::vector<Tensor> values_before;
  for (const Tensor& parameter : before) values_before.push_back(parameter.detach().clone());

  M copy = clone(original);

  const std::vector<Tensor> after = original.parameters();
  const std::vector<Tensor> copied = copy.parameters();
  ASSERT_EQ(names(copy), names(original));
  ASSERT_EQ(after.size(), before.size());
  ASSERT_FALSE(copied.empty());
  for (std::size_t i = 0; i < copied.size(); ++i) {
    EXPECT_TRUE(same_node(after[i], before[i])) << "clone() exchanged a parameter of the original";
    EXPECT_TRUE(after[i].grad().defined()) << "clone() took a gradient of the original";
    EXPECT_TRUE(equal(copied[i], before[i]));
    EXPECT_NE(copied[i].data(), before[i].data());
    EXPECT_TRUE(copied[i].requires_grad());
    EXPECT_TRUE(copied[i].is_leaf());
    EXPECT_FALSE(copied[i].grad().defined());
  }

  const autograd::NoGradGuard no_grad;
  for (Tensor parameter : copy.parameters()) parameter.fill_(-1);
  for (std::size_t i = 0; i < after.size(); ++i) EXPECT_TRUE(equal(after[i], values_before[i]));
}

TEST(Module, CloneIsDeep) {
  Linear linear(2, 3);
  expect_deep_clone(linear);
  Pair pair;
  expect_deep_clone(pair);
}

TEST(Module, CloneOfASequentialIsDeep) {
  Sequential net{Linear(2, 4), ReLU(), Linear(4, 2)};
  expect_deep_clone(net);
  Sequential nested{Sequential{Linear(2, 4), ReLU()}, Linear(4, 2)};
  expect_deep_clone(nested);
}

TEST(Module, CloneOfAVectorFieldIsDeep) {
  flow::VectorField field(2, 4);
  expect_deep_clone(field);
  flow::ConditionalVectorField conditional(2, 4);
  expect_deep_clone(conditional);
}

TEST(Module, CloneKeepsAFrozenParameterFrozen) {
  Linear linear(2, 3);
  linear.weight.requires_grad_(false);
  const Linear copy = clone(linear);
  EXPECT_FALSE(copy.weight.requires_grad());
  EXPECT_TRUE(copy.bias.requires_grad());
}

// PyTorch lists a shared parameter once; listed twice, an optimiser would update it twice.
TEST(Module, AParameterThatTwoLayersShareIsListedOnce) {
  const Linear tied(2, 2);
  Sequential net{tied, ReLU(), tied};
  EXPECT_EQ(net.parameters().size(), 2U);
  EXPECT_EQ(names(net), (std::vector<std::string>{"0.weight", "0.bias"}));
}

TEST(Module, CloneKeepsLayersTied) {
  const Linear tied(2, 2);
  Sequential net{tied, ReLU(), tied};
  Sequential copy = clone(net);
  EXPECT_EQ(names(copy), names(net));
  EXPECT_FALSE(same_node(copy.parameters()[0], net.parameters()[0]));
  const Tensor x = Tensor::from({1, -2}, {1, 2});
  EXPECT_TRUE(equal(copy(x), net(x)));
}

}  // namespace
}  // namespace nn
