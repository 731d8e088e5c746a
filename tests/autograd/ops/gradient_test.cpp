#include "cases.h"

// Derivatives against finite differences, which need the build in double, and what these checks
// would see: for each operation a derivative with a mistake.

namespace autograd {
namespace {

using namespace testing;

Inputs leaves_of(const Case& c) {
  Inputs inputs = inputs_of(c);
  for (Tensor& input : inputs) input.requires_grad_();
  return inputs;
}

bool is_differentiable(const std::string& operation) {
  const std::vector<std::string>& not_one = not_differentiable();
  return std::find(not_one.begin(), not_one.end(), operation) == not_one.end();
}

const Case& case_of(const Control& control) {
  for (const Case& c : cases()) {
    if (c.operation == control.operation && c.golden == control.golden) return c;
  }
  throw std::runtime_error("no case " + control.operation + ", golden " + control.golden);
}

TEST(Gradient, AgreesWithFiniteDifferences) {
  for (const Case& c : cases()) {
    if (c.special() || c.at_a_kink() || !is_differentiable(c.operation)) continue;
    SCOPED_TRACE(c.operation + ", golden " + c.golden);
    EXPECT_NO_THROW(EXPECT_TRUE(gradcheck(c.f, leaves_of(c))));
  }
}

TEST(Gradient, MistakesAreRefused) {
  for (const Control& control : controls()) {
    SCOPED_TRACE(control.operation + ", golden " + control.golden + ", " + control.mistake);
    const Case& c = case_of(control);
    const auto f = [&](const Inputs& in) { return with_derivative_of(control.wrong(in), c.f(in)); };
    EXPECT_TRUE(tensors::throws<GradcheckError>([&] { gradcheck(f, leaves_of(c)); },
                                                {"analytic", "numeric"}));
  }
}

// It is the mistake that is refused above, not the way it is made.
TEST(Gradient, TheRightDerivativePassesTheSameWay) {
  for (const Control& control : controls()) {
    const Case& c = case_of(control);
    if (!is_differentiable(c.operation)) continue;
    SCOPED_TRACE(control.operation + ", golden " + control.golden);
    const auto f = [&](const Inputs& in) { return with_derivative_of(c.f(in), c.f(in)); };
    EXPECT_NO_THROW(EXPECT_TRUE(gradcheck(f, leaves_of(c))));
  }
}

TEST(Gradient, NoneOfWhatHasNoDerivative) {
  for (const Case& c : cases()) {
    if (is_differentiable(c.operation)) continue;
    const Inputs inputs = leaves_of(c);
    EXPECT_FALSE(c.f(inputs).requires_grad()) << c.golden;
    EXPECT_TRUE(tensors::throws<GradcheckError>([&] { gradcheck(c.f, inputs); }, {"not depend"}));
  }
}

// Shapes that the goldens leave out, and tensors that stand in two places.
TEST(Gradient, HoldsForOddShapesAndTheSameTensorTwice) {
  const auto passes = [](const Function& f, std::initializer_list<Shape> shapes) {
    Inputs inputs;
    for (const Shape& shape : shapes) {
      const auto seed = static_cast<std::uint32_t>(inputs.size() + 1);
      inputs.push_back(numbers(shape, 0.5, 2, seed).requires_grad_());
    }
    return gradcheck(f, inputs);
  };
  EXPECT_TRUE(passes([](const Inputs& in) { return in[0] * in[0] / (in[0] + in[0]); }, {{1, 17}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return matmul(in[0], transpose(in[0])); }, {{3, 5}}));
  EXPECT_TRUE(
      passes([](const Inputs& in) { return linear(in[0], in[0], sum(in[0], 1)); }, {{3, 3}}));
  EXPECT_TRUE(passes(
      [](const Inputs& in) {
        return cat({in[0], square(in[0]), in[0], in[0]}, -1);
      },
      {{2, 3}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return mse_loss(in[0], exp(in[0])); }, {{9, 1}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return in[0] * in[1] + in[2]; },
                     {{2, 1, 3, 1}, {3, 1, 2}, {2, 1, 1, 2}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return transpose(in[0], 1, -1); }, {{2, 3, 2, 2}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return mean(in[0], 2, true); }, {{2, 2, 3, 2}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return linear(in[0], in[1], in[2]); },
                     {{2, 1, 2, 3}, {1, 3}, {1}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return linear_relu(in[0] - 1, in[1] - 1, in[2] - 1); },
                     {{2, 1, 2, 3}, {4, 3}, {4}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return linear_relu(in[0] - 1, in[0] - 1); }, {{4, 3}}));
  EXPECT_TRUE(passes(
      [](const Inputs& in) {
        const Tensor h = linear_relu(in[0] - 1, in[1] - 1);
        return linear(h, in[2] - 1) + linear_relu(h, in[1]) + relu(h - 0.1);
      },
      {{5, 3}, {3, 3}, {3, 3}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return softmax(in[0], 2); }, {{2, 2, 3, 2}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return log_softmax(in[0], 1) * in[0]; }, {{2, 40, 2}}));
  EXPECT_TRUE(passes([](const Inputs& in) { return softmax(matmul(in[0], transpose(in[0])), 1); },
                     {{4, 3}}));
}

}  // namespace
}  // namespace autograd
