#include "flow/vector_field.h"

#include "tests/tensors.h"

namespace flow {
namespace {

using autograd::ShapeError;
using tensors::equal;
using tensors::throws;

std::vector<std::string> names(nn::Module& module) {
  std::vector<std::string> list;
  for (const auto& [name, parameter] : module.named_parameters()) list.push_back(name);
  return list;
}

const std::vector<std::string> expected_names{"net.0.weight", "net.0.bias", "net.2.weight",
                                              "net.2.bias"};

TEST(VectorField, NamesItsParametersAsPyTorch) {
  VectorField field(2, 64);
  EXPECT_EQ(names(field), expected_names);
  const auto parameters = field.parameters();
  EXPECT_EQ(parameters[0].shape(), (autograd::Shape{64, 3}));
  EXPECT_EQ(parameters[1].shape(), (autograd::Shape{64}));
  EXPECT_EQ(parameters[2].shape(), (autograd::Shape{2, 64}));
  EXPECT_EQ(parameters[3].shape(), (autograd::Shape{2}));
}

TEST(VectorField, IsTheNetworkOnPointAndTimeSideBySide) {
  autograd::manual_seed(7);
  VectorField field(2, 8);
  autograd::manual_seed(7);
  const nn::Linear first(3, 8);
  const nn::Linear second(8, 2);
  const Tensor x = autograd::randn({20, 2});
  const Tensor t = autograd::rand({20, 1});
  EXPECT_TRUE(equal(field(x, t), second(relu(first(autograd::cat({x, t}, 1))))));
}

TEST(VectorField, DependsOnTheTime) {
  autograd::manual_seed(7);
  const VectorField field(2, 8);
  const Tensor x = autograd::randn({20, 2});
  EXPECT_GT(tensors::largest_difference(field(x, 0), field(x, 1)), 0.01);
}

TEST(VectorField, ANumberIsTheSameTimeInAllRows) {
  autograd::manual_seed(8);
  const VectorField field(2, 8);
  const Tensor x = autograd::randn({20, 2});
  EXPECT_TRUE(equal(field(x, 0.25), field(x, autograd::full({20, 1}, 0.25))));
}

// (B,) beside (B, D) with B = D = 2, the trap of broadcasting.
TEST(VectorField, RefusesATimeThatIsNoColumn) {
  const VectorField field(2, 8);
  const auto at = [&](autograd::Shape x, autograd::Shape t) {
    return [&field, x, t] { field(autograd::zeros(x), autograd::zeros(t)); };
  };
  EXPECT_TRUE(throws<ShapeError>(at({2, 2}, {2}), {"VectorField", "t (2,)", "(2, 1)", "(2, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(at({5, 2}, {4, 1}), {"VectorField", "t (4, 1)", "(5, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(at({5, 2}, {1, 1}), {"VectorField", "t (1, 1)", "(5, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(at({5, 2}, {5, 2}), {"VectorField", "t (5, 2)"}));
}

TEST(VectorField, RefusesPointsOfAnotherDimension) {
  const VectorField field(2, 8);
  EXPECT_TRUE(throws<ShapeError>([&] { field(autograd::zeros({5, 3}), 0); }, {"(5, 4)", "(8, 3)"}));
  EXPECT_TRUE(
      throws<ShapeError>([&] { field(autograd::zeros({2}), 0); }, {"VectorField", "x (2,)"}));
}

TEST(VectorField, ZeroRows) {
  const VectorField field(2, 8);
  EXPECT_EQ(field(autograd::zeros({0, 2}), autograd::zeros({0, 1})).shape(),
            (autograd::Shape{0, 2}));
  EXPECT_EQ(field(autograd::zeros({0, 2}), 0.5).shape(), (autograd::Shape{0, 2}));
}

TEST(VectorField, CopiesShareAndClonesDoNot) {
  VectorField field(2, 8);
  VectorField copy = field;
  VectorField deep = nn::clone(field);
  EXPECT_TRUE(tensors::same_node(copy.parameters()[0], field.parameters()[0]));
  EXPECT_FALSE(tensors::same_node(deep.parameters()[0], field.parameters()[0]));
  const Tensor x = autograd::randn({20, 2});
  EXPECT_TRUE(equal(deep(x, 0.5), field(x, 0.5)));
  {
    const autograd::NoGradGuard no_grad;
    for (Tensor parameter : field.parameters()) parameter.mul_(2);
  }
  EXPECT_TRUE(equal(copy(x, 0.5), field(x, 0.5)));
  EXPECT_FALSE(equal(deep(x, 0.5), field(x, 0.5)));
}

TEST(ConditionalVectorField, IsTheNetworkOnPointTimeAndTag) {
  autograd::manual_seed(7);
  ConditionalVectorField field(2, 8);
  EXPECT_EQ(names(field), expected_names);
  autograd::manual_seed(7);
  const nn::Linear first(4, 8);
  const nn::Linear second(8, 2);
  const Tensor x = autograd::randn({20, 2});
  const Tensor t = autograd::rand({20, 1});
  const Tensor tag = autograd::rand({20, 1});
  EXPECT_TRUE(equal(field(x, t, tag), second(relu(first(autograd::cat({x, t, tag}, 1))))));
  EXPECT_FALSE(equal(field(x, t, tag), field(x, tag, t)));
}

TEST(ConditionalVectorField, ANumberIsTheSameTagInAllRows) {
  autograd::manual_seed(8);
  const ConditionalVectorField field(2, 8);
  const Tensor x = autograd::randn({20, 2});
  const Tensor t = autograd::rand({20, 1});
  EXPECT_TRUE(equal(field(x, t, 3), field(x, t, autograd::full({20, 1}, 3))));
  EXPECT_TRUE(equal(field(x, 0.5, 3), field(x, autograd::full({20, 1}, 0.5), 3)));
}

TEST(ConditionalVectorField, TagsOfSeveralNumbers) {
  autograd::manual_seed(9);
  ConditionalVectorField field(2, 8, {.tag_dim = 10});
  EXPECT_EQ(field.parameters()[0].shape(), (autograd::Shape{8, 13}));
  const Tensor x = autograd::randn({20, 2});
  const Tensor one_hot = autograd::zeros({20, 10});
  EXPECT_EQ(field(x, 0.5, one_hot).shape(), (autograd::Shape{20, 2}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        field(x, 0.5, autograd::zeros({20, 1}));
      },
      {"ConditionalVectorField", "tag (20, 1)", "(20, 10)"}));
}

TEST(ConditionalVectorField, RefusesTagsOfNoNumbers) {
  for (const Index tag_dim : {0, -1}) {
    EXPECT_TRUE(throws<autograd::ValueError>(
        [&] { ConditionalVectorField(2, 8, {.tag_dim = tag_dim}); },
        {"ConditionalVectorField", "tag_dim", std::to_string(tag_dim).c_str()}));
  }
}

TEST(ConditionalVectorField, RefusesATagThatIsNoColumn) {
  const ConditionalVectorField field(2, 8);
  const Tensor x = autograd::zeros({2, 2});
  EXPECT_TRUE(throws<ShapeError>([&] { field(x, 0.5, autograd::zeros({2})); },
                                 {"ConditionalVectorField", "tag (2,)", "(2, 1)", "(2, 2)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { field(x, autograd::zeros({2}), 3); },
                                 {"ConditionalVectorField", "t (2,)", "(2, 1)"}));
}

#ifdef HANDFLOW_DOUBLE
TEST(VectorField, Gradcheck) {
  autograd::manual_seed(10);
  VectorField field(2, 6);
  std::vector<Tensor> inputs = field.parameters();
  inputs.push_back(autograd::randn({3, 2}).requires_grad_());
  inputs.push_back(autograd::rand({3, 1}).requires_grad_());
  EXPECT_TRUE(autograd::gradcheck([&](const auto& in) { return field(in[4], in[5]); }, inputs));
}

TEST(ConditionalVectorField, GradcheckWithTimeAndTagAsNumbers) {
  autograd::manual_seed(11);
  ConditionalVectorField field(2, 6);
  std::vector<Tensor> inputs = field.parameters();
  inputs.push_back(autograd::randn({3, 2}).requires_grad_());
  inputs.push_back(Tensor(0.4).requires_grad_());
  inputs.push_back(Tensor(1.5).requires_grad_());
  EXPECT_TRUE(
      autograd::gradcheck([&](const auto& in) { return field(in[4], in[5], in[6]); }, inputs));
}
#endif

}  // namespace
}  // namespace flow
