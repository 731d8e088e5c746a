#include "flow/loss.h"

#include "flow/vector_field.h"
#include "tests/tensors.h"

namespace flow {
namespace {

using tensors::equal;

struct Batch {
  Tensor x0 = autograd::randn({6, 2});
  Tensor x1 = autograd::randn({6, 2});
  Tensor t = autograd::rand({6, 1});
};

TEST(CfmLoss, ByHand) {
  const Tensor x0 = Tensor::from({0, 0, 1, 1}, {2, 2});
  const Tensor x1 = Tensor::from({1, 2, 1, 4}, {2, 2});
  const auto at_rest = [](const Tensor& x, const Tensor&) { return autograd::zeros(x.shape()); };
  // The targets are (1, 2) and (0, 3).
  const Tensor loss = cfm_loss(at_rest, x0, x1, autograd::full({2, 1}, 0.5));
  EXPECT_EQ(loss.shape(), autograd::Shape());
  EXPECT_EQ(loss.item(), (1 + 4 + 0 + 9) / 4.0);
}

TEST(CfmLoss, ShowsTheVelocityThePointOnTheWayAndItsTime) {
  autograd::manual_seed(1);
  const Batch b;
  int calls = 0;
  const auto velocity = [&](const Tensor& x, const Tensor& t) {
    ++calls;
    EXPECT_TRUE(equal(x, (1 - b.t) * b.x0 + b.t * b.x1));
    EXPECT_TRUE(equal(t, b.t));
    return autograd::zeros(x.shape());
  };
  cfm_loss(velocity, b.x0, b.x1, b.t);
  EXPECT_EQ(calls, 1);
}

TEST(CfmLoss, IsZeroForTheTargetItself) {
  autograd::manual_seed(1);
  const Batch b;
  const auto target = [&](const Tensor&, const Tensor&) { return b.x1 - b.x0; };
  EXPECT_EQ(cfm_loss(target, b.x0, b.x1, b.t).item(), 0);
  const auto backwards = [&](const Tensor&, const Tensor&) { return b.x0 - b.x1; };
  EXPECT_GT(cfm_loss(backwards, b.x0, b.x1, b.t).item(), 1);
}

TEST(CfmLoss, IsTheMeanSquareOverBatchAndDimensions) {
  autograd::manual_seed(2);
  const Batch b;
  const VectorField field(2, 8);
  const Tensor x_t = (1 - b.t) * b.x0 + b.t * b.x1;
  const Tensor expected = mean(square(field(x_t, b.t) - (b.x1 - b.x0)));
  const Tensor loss = cfm_loss(field, b.x0, b.x1, b.t);
  EXPECT_TRUE(tensors::near(loss, expected, 4 * tensors::rounding));
  // Feeding the data instead of the point on the way is another loss.
  EXPECT_FALSE(tensors::near(loss, mean(square(field(b.x1, b.t) - (b.x1 - b.x0))), 1e-3));
}

TEST(CfmLoss, GivesEveryParameterAGradient) {
  autograd::manual_seed(3);
  const Batch b;
  VectorField field(2, 8);
  cfm_loss(field, b.x0, b.x1, b.t).backward();
  for (const Tensor& parameter : field.parameters()) {
    ASSERT_TRUE(parameter.grad().defined());
    EXPECT_GT(max(abs(parameter.grad())).item(), 0);
  }
}

TEST(CfmLoss, RefusesATimeThatIsNoColumn) {
  const VectorField field(2, 8);
  const Tensor x = autograd::zeros({2, 2});
  EXPECT_TRUE(tensors::throws<autograd::ShapeError>(
      [&] { cfm_loss(field, x, x, autograd::zeros({2})); }, {"LinearPath", "t (2,)"}));
}

TEST(CfmLoss, RefusesAVelocityOfAnotherShape) {
  const Tensor x = autograd::zeros({3, 2});
  const auto one_column = [](const Tensor&, const Tensor& t) { return t; };
  EXPECT_TRUE(tensors::throws<autograd::ShapeError>(
      [&] {
        cfm_loss(one_column, x, x, autograd::zeros({3, 1}));
      },
      {"(3, 1)", "(3, 2)"}));
}

#ifdef HANDFLOW_DOUBLE
TEST(CfmLoss, Gradcheck) {
  autograd::manual_seed(4);
  Batch b;
  VectorField field(2, 6);
  std::vector<Tensor> inputs = field.parameters();
  inputs.push_back(b.x0.requires_grad_());
  inputs.push_back(b.x1.requires_grad_());
  inputs.push_back(b.t.requires_grad_());
  EXPECT_TRUE(autograd::gradcheck(
      [&](const auto& in) { return cfm_loss(field, in[4], in[5], in[6]); }, inputs));
}
#endif

}  // namespace
}  // namespace flow
