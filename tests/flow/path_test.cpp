#include "flow/path.h"

#include "tests/tensors.h"

namespace flow {
namespace {

using tensors::equal;
using tensors::near;
using tensors::throws;
using tensors::values;

struct Line {
  Tensor x0 = autograd::randn({50, 3});
  Tensor x1 = 10 * autograd::randn({50, 3});
};

TEST(LinearPath, StartsAtTheNoiseBitForBit) {
  autograd::manual_seed(1);
  const Line line;
  EXPECT_TRUE(equal(LinearPath().sample(line.x0, line.x1, autograd::zeros({50, 1})).x_t, line.x0));
}

TEST(LinearPath, EndsAtTheDataBitForBit) {
  autograd::manual_seed(1);
  const Line line;
  EXPECT_TRUE(equal(LinearPath().sample(line.x0, line.x1, autograd::ones({50, 1})).x_t, line.x1));
}

TEST(LinearPath, ByHand) {
  const Tensor x0 = Tensor::from({0, 8, 4, -4}, {2, 2});
  const Tensor x1 = Tensor::from({8, 0, 4, 12}, {2, 2});
  const PathSample path = LinearPath().sample(x0, x1, Tensor::from({0.25, 0.75}, {2, 1}));
  EXPECT_EQ(values(path.x_t), (std::vector<double>{2, 6, 4, 8}));
  EXPECT_EQ(values(path.velocity), (std::vector<double>{8, -8, 0, 16}));
}

TEST(LinearPath, VelocityIsTheDerivativeByTime) {
  autograd::manual_seed(2);
  const Line line;
  const double h = 0.0625;  // the path is straight: any h will do
  for (const double t : {0.125, 0.5, 0.875}) {
    const auto at = [&](double time) {
      return LinearPath().sample(line.x0, line.x1, autograd::full({50, 1}, time));
    };
    const Tensor slope = (at(t + h).x_t - at(t - h).x_t) / (2 * h);
    EXPECT_TRUE(near(at(t).velocity, slope, tensors::in_double ? 1e-12 : 1e-4));
    EXPECT_FALSE(near(-at(t).velocity, slope, 1));  // the direction matters
  }
}

TEST(LinearPath, VelocityIsTheSameAtAllTimes) {
  autograd::manual_seed(2);
  const Line line;
  const Tensor velocity = LinearPath().sample(line.x0, line.x1, autograd::rand({50, 1})).velocity;
  EXPECT_TRUE(equal(velocity, line.x1 - line.x0));
}

// With as many rows as dimensions, a t of shape (2,) would broadcast, over the wrong dimension.
TEST(LinearPath, ATimeForEachRowEvenWhenRowsAndDimensionsAreAsMany) {
  const Tensor x0 = autograd::zeros({2, 2});
  const Tensor x1 = autograd::ones({2, 2});
  const Tensor t = Tensor::from({0.25, 0.75}, {2, 1});
  EXPECT_EQ(values(LinearPath().sample(x0, x1, t).x_t),
            (std::vector<double>{0.25, 0.25, 0.75, 0.75}));
  EXPECT_TRUE(throws<autograd::ShapeError>(
      [&] {
        LinearPath().sample(x0, x1, Tensor::from({0.25, 0.75}, {2}));
      },
      {"LinearPath", "(2, 2)", "t (2,)", "(batch, 1)"}));
}

TEST(LinearPath, RefusesOtherShapes) {
  const auto sample = [](autograd::Shape x0, autograd::Shape x1, autograd::Shape t) {
    return
        [=] { LinearPath().sample(autograd::zeros(x0), autograd::zeros(x1), autograd::zeros(t)); };
  };
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(sample({3, 2}, {4, 2}, {3, 1}), {"x0 (3, 2)", "x1 (4, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(sample({3, 2}, {1, 2}, {3, 1}), {"x1 (1, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(sample({3, 2}, {3, 2}, {}), {"t ()"}));
  EXPECT_TRUE(throws<ShapeError>(sample({3, 2}, {3, 2}, {1, 1}), {"t (1, 1)"}));
  EXPECT_TRUE(throws<ShapeError>(sample({3, 2}, {3, 2}, {3, 2}), {"t (3, 2)"}));
  EXPECT_TRUE(throws<ShapeError>(sample({3}, {3}, {3, 1}), {"x0 (3,)"}));
}

TEST(LinearPath, ZeroRows) {
  const PathSample path = LinearPath().sample(autograd::zeros({0, 2}), autograd::zeros({0, 2}),
                                              autograd::zeros({0, 1}));
  EXPECT_EQ(path.x_t.shape(), (autograd::Shape{0, 2}));
  EXPECT_EQ(path.velocity.shape(), (autograd::Shape{0, 2}));
}

TEST(LinearPath, LeavesItsInputsAsTheyWere) {
  autograd::manual_seed(3);
  const Line line;
  const Tensor t = autograd::rand({50, 1});
  const std::vector<double> before[] = {values(line.x0), values(line.x1), values(t)};
  LinearPath().sample(line.x0, line.x1, t);
  EXPECT_EQ(values(line.x0), before[0]);
  EXPECT_EQ(values(line.x1), before[1]);
  EXPECT_EQ(values(t), before[2]);
}

#ifdef HANDFLOW_DOUBLE
TEST(LinearPath, Gradcheck) {
  autograd::manual_seed(4);
  const std::vector<Tensor> inputs{autograd::randn({4, 2}).requires_grad_(),
                                   autograd::randn({4, 2}).requires_grad_(),
                                   autograd::rand({4, 1}).requires_grad_()};
  EXPECT_TRUE(autograd::gradcheck(
      [](const auto& in) { return LinearPath().sample(in[0], in[1], in[2]).x_t; }, inputs));
  EXPECT_TRUE(autograd::gradcheck(
      [](const auto& in) { return LinearPath().sample(in[0], in[1], in[2]).velocity; }, inputs));
}
#endif

}  // namespace
}  // namespace flow
