#include "nn/embedding.h"

#include "nn/nn.h"
#include "tests/tensors.h"

namespace nn {
namespace {

using tensors::equal;
using tensors::near;
using tensors::same_node;
using tensors::throws;
using tensors::values;

using Indices = std::vector<Index>;

// Vector i is (i, 10 i).
Embedding hand_made() {
  Embedding embedding(4, 2);
  embedding.weight = Tensor::from({0, 0, 1, 10, 2, 20, 3, 30}, {4, 2}).requires_grad_();
  return embedding;
}

TEST(Embedding, LooksUpRows) {
  const Tensor y = hand_made()(Indices{2, 0, 3, 2});
  EXPECT_TRUE(equal(y, Tensor::from({2, 20, 0, 0, 3, 30, 2, 20}, {4, 2})));
}

TEST(Embedding, IsAProductWithOneHotRows) {
  autograd::manual_seed(3);
  const Embedding embedding(5, 7);
  const Tensor one_hot = Tensor::from({0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0}, {3, 5});
  EXPECT_TRUE(equal(embedding(Indices{2, 0, 2}), matmul(one_hot, embedding.weight)));
}

// Row 1 was asked for twice, row 2 never.
TEST(Embedding, GradientsOfRepeatedRowsAddUp) {
  const Embedding embedding = hand_made();
  embedding(Indices{1, 0, 1, 3}).backward(Tensor::from({1, 2, 3, 4, 5, 6, 7, 8}, {4, 2}));
  EXPECT_EQ(values(embedding.weight.grad()), (std::vector<double>{3, 4, 6, 8, 0, 0, 7, 8}));
}

TEST(Embedding, KeepsTheIndicesItself) {
  const Embedding embedding = hand_made();
  Indices indices = {1, 0};
  const Tensor y = embedding(indices);
  indices = {7, -1};
  sum(y).backward();
  EXPECT_EQ(values(embedding.weight.grad()), (std::vector<double>{1, 1, 1, 1, 0, 0, 0, 0}));
}

TEST(Embedding, DrawsItsWeightByRandn) {
  autograd::manual_seed(5);
  Embedding embedding(6, 3);
  autograd::manual_seed(5);
  EXPECT_TRUE(equal(embedding.weight, autograd::randn({6, 3})));
  const auto named = embedding.named_parameters();
  ASSERT_EQ(named.size(), 1U);
  EXPECT_EQ(named[0].first, "weight");
  EXPECT_TRUE(same_node(named[0].second, embedding.weight));
  EXPECT_TRUE(embedding.weight.requires_grad() && embedding.weight.is_leaf());
}

TEST(Embedding, OfNoIndices) {
  const Embedding embedding = hand_made();
  const Tensor y = embedding(Indices{});
  EXPECT_EQ(y.shape(), (autograd::Shape{0, 2}));
  sum(y).backward();
  EXPECT_TRUE(equal(embedding.weight.grad(), autograd::zeros({4, 2})));
}

TEST(Embedding, RefusesIndicesThatAreNotThere) {
  const Embedding embedding = hand_made();
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([&] { embedding(Indices{0, 4}); }, {"index 4", "4 rows"}));
  EXPECT_TRUE(throws<ValueError>([&] { embedding(Indices{-1}); }, {"index -1", "(4, 2)"}));
  EXPECT_FALSE(embedding.weight.grad().defined());
}

TEST(Embedding, RefusesEmptySizesAndDrawsNothing) {
  autograd::manual_seed(1);
  const Tensor expected = autograd::rand({4});
  autograd::manual_seed(1);
  using autograd::ValueError;
  EXPECT_TRUE(throws<ValueError>([] { Embedding(0, 3); }, {"Embedding", "0 and 3"}));
  EXPECT_TRUE(throws<ValueError>([] { Embedding(3, -1); }, {"Embedding", "3 and -1"}));
  EXPECT_TRUE(equal(autograd::rand({4}), expected));
}

TEST(Embedding, CopiesShareAndClonesDoNot) {
  const Embedding embedding = hand_made();
  const Embedding copy = embedding;
  const Embedding cloned = clone(embedding);
  EXPECT_TRUE(same_node(copy.weight, embedding.weight));
  EXPECT_FALSE(same_node(cloned.weight, embedding.weight));
  EXPECT_TRUE(equal(cloned.weight, embedding.weight));
}

// Every word has a class of its own: the vectors and a linear layer learn them all.
TEST(Embedding, LearnsAClassForEachWord) {
  autograd::manual_seed(0);
  const Embedding embedding(12, 4);
  Linear head(4, 3);
  std::vector<Tensor> parameters = head.parameters();
  parameters.push_back(embedding.weight);
  Adam optimizer(parameters, {.lr = 0.05});
  Indices words, classes;
  for (Index i = 0; i < 12; ++i) words.push_back(i), classes.push_back(i * 5 % 7 % 3);
  const auto loss = [&] { return cross_entropy(head(embedding(words)), classes); };
  const double first = loss().item();
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  EXPECT_GT(first, 0.5);
  EXPECT_LT(loss().item(), 0.02);
  const Tensor guess = argmax(head(embedding(words)), 1);
  EXPECT_EQ(values(guess), std::vector<double>(classes.begin(), classes.end()));
}

#ifdef HANDFLOW_DOUBLE
TEST(Embedding, Gradcheck) {
  autograd::manual_seed(2);
  const Embedding embedding(5, 3);
  const Indices indices = {4, 0, 4, 2};
  const auto f = [&](const std::vector<Tensor>& inputs) {
    Embedding with = embedding;
    with.weight = inputs[0];
    return with(indices);
  };
  EXPECT_TRUE(autograd::gradcheck(f, {embedding.weight}));
  // A repeated row whose second use is forgotten.
  const auto forgotten = [&](const std::vector<Tensor>& inputs) {
    const Tensor again = f({inputs[0].detach()});
    return autograd::cat(
        {slice(f(inputs), 0, 0, 2), slice(again, 0, 2, 3), slice(f(inputs), 0, 3, 4)}, 0);
  };
  EXPECT_THROW(autograd::gradcheck(forgotten, {embedding.weight}), autograd::GradcheckError);
}
#endif

}  // namespace
}  // namespace nn
