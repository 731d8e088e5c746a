#include "autograd/gradcheck.h"

#include <stdexcept>

#include "autograd/record.h"
#include "tests/tensors.h"

namespace autograd {
namespace {

using tensors::throws;
using tensors::values;

using Inputs = std::vector<Tensor>;

#ifndef HANDFLOW_DOUBLE

TEST(Gradcheck, NeedsTheDoubleBuild) {
  const Tensor x = ones({2}).requires_grad_();
  bool called = false;
  EXPECT_TRUE(
      throws<Error>([&] { gradcheck([&](const Inputs& in) { return called = true, in[0]; }, {x}); },
                    {"gradcheck", "float", "handflow::autograd_f64"}));
  EXPECT_FALSE(called);
}

#else

Tensor leaf(std::initializer_list<double> numbers) {
  return Tensor::from(numbers, {static_cast<Index>(numbers.size())}).requires_grad_();
}

// y = f(x), element for element, with whatever derivative a test wants to try.
template <class F, class Derivative>
Tensor made_up(const Tensor& x, F f, Derivative derivative) {
  Tensor y = Tensor::empty(x.shape());
  for (Index i = 0; i < x.numel(); ++i) y.data()[i] = f(x.data()[i]);
  record("made_up", y, {&x}, save_a, derivative);
  return y;
}

// x^3, and dx (+)= slope(x, dy)
template <class Slope>
Tensor cube(const Tensor& x, Slope slope) {
  return made_up(
      x, [](real v) { return v * v * v; },
      [slope](Node& out) {
        Node& in = out.input(0);
        const auto [dx, add] = contribute(in);
        for (Index i = 0; i < in.numel(); ++i) {
          dx[i] = (add ? dx[i] : 0) + slope(in.data()[i], out.dy()[i]);
        }
      });
}

const char* const wrong = "gradcheck: output ";

TEST(Gradcheck, AcceptsARightDerivative) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real dy) { return dy * 3 * x * x; });
  };
  EXPECT_TRUE(gradcheck(f, {leaf({0.5, -1.5, 2})}));
}

TEST(Gradcheck, SeesAWrongSign) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real dy) { return -dy * 3 * x * x; });
  };
  EXPECT_TRUE(throws<GradcheckError>(
      [&] {
        gradcheck(f, {leaf({0.5, -1.5, 2})});
      },
      {wrong, "output 0 by element 0 of input 1: analytic -0.75, numeric 0.75"}));
}

TEST(Gradcheck, SeesAMissingTerm) {
  const auto f = [](const Inputs& in) {  // d(x^3 + x) without the 1
    return cube(in[0], [](real x, real dy) { return dy * 3 * x * x; }) + in[0].detach();
  };
  EXPECT_TRUE(throws<GradcheckError>([&] { gradcheck(f, {leaf({0.5, -1.5})}); }, {wrong}));
}

TEST(Gradcheck, SeesAWrongFactorInOneElement) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real dy) { return dy * 3 * x * x * (x == 2 ? 1.01 : 1); });
  };
  EXPECT_TRUE(gradcheck(f, {leaf({0.5, -1.5})}));
  EXPECT_TRUE(throws<GradcheckError>(
      [&] {
        gradcheck(f, {leaf({0.5, -1.5, 2})});
      },
      {"output 2 by element 2 of input 1"}));
}

TEST(Gradcheck, SeesAMissingAccumulation) {
  const auto overwrite = [](const Tensor& x) {
    return made_up(
        x, [](real v) { return 2 * v; },
        [](Node& out) {
          const auto [dx, add] = contribute(out.input(0));
          for (Index i = 0; i < out.numel(); ++i) dx[i] = 2 * out.dy()[i];  // ignores `add`
        });
  };
  EXPECT_TRUE(gradcheck([&](const Inputs& in) { return overwrite(in[0]); }, {leaf({1, 2})}));
  EXPECT_TRUE(throws<GradcheckError>(
      [&] {
        gradcheck([&](const Inputs& in) { return overwrite(in[0]) + overwrite(in[0]); },
                  {leaf({1, 2})});
      },
      {wrong, "analytic 2, numeric 4"}));
}

TEST(Gradcheck, SeesAGradientThatIgnoresTheIncomingOne) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real) { return 3 * x * x; });
  };
  EXPECT_TRUE(throws<GradcheckError>([&] { gradcheck(f, {leaf({0.5})}); },
                                     {"not multiplied by the incoming one"}));
}

TEST(Gradcheck, SeesADerivativeOfChance) {
  static int calls = 0;
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real dy) { return dy * (3 * x * x + 1e-9 * ++calls); });
  };
  EXPECT_TRUE(throws<GradcheckError>([&] { gradcheck(f, {leaf({0.5})}); },
                                     {"backward() run twice gives two gradients"}));
}

TEST(Gradcheck, SeesNaN) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real, real dy) { return dy == 0 ? 0 : NAN; });
  };
  EXPECT_THROW(gradcheck(f, {leaf({0.5})}), GradcheckError);
}

TEST(Gradcheck, SeesAnInputThatGetsNoGradient) {
  const auto f = [](const Inputs& in) { return in[0] * in[1].detach(); };
  EXPECT_TRUE(throws<GradcheckError>(
      [&] {
        gradcheck(f, {leaf({1, 2}), leaf({3, 4})});
      },
      {"of input 2: analytic 0, numeric 1"}));
}

TEST(Gradcheck, TheToleranceIsPyTorchs) {
  // |analytic - numeric| <= 1e-5 + 1e-3 |numeric|; the slope here is 3.
  const auto off_by = [](double error) {
    return gradcheck(
        [error](const Inputs& in) {
          return made_up(
              in[0], [](real v) { return 3 * v; },
              [error](Node& out) {
                const auto [dx, add] = contribute(out.input(0));
                dx[0] = (3 + error) * out.dy()[0];
              });
        },
        {leaf({1})});
  };
  EXPECT_TRUE(off_by(0.0030));
  EXPECT_TRUE(off_by(-0.0030));
  EXPECT_THROW(off_by(0.0031), GradcheckError);
  EXPECT_THROW(off_by(-0.0031), GradcheckError);
}

TEST(Gradcheck, TheOptionsCount) {
  const auto f = [](const Inputs& in) {
    return cube(in[0], [](real x, real dy) { return dy * 3.1 * x * x; });
  };
  EXPECT_THROW(gradcheck(f, {leaf({1})}), GradcheckError);
  EXPECT_TRUE(gradcheck(f, {leaf({1})}, {.rtol = 0.05}));
  EXPECT_TRUE(gradcheck(f, {leaf({1})}, {.atol = 0.2}));
  // (1.5^3 - 0.5^3) / 1 = 3.25
  EXPECT_TRUE(
      throws<GradcheckError>([&] { gradcheck(f, {leaf({1})}, {.eps = 0.5}); }, {"numeric 3.25"}));
}

TEST(Gradcheck, WholeJacobians) {
  const Tensor a = Tensor::from({1, 2, 3, 4, 5, 6}, {2, 3}).requires_grad_();
  const Tensor b = leaf({0.5, -1, 2});
  const Tensor constant = Tensor::from({7, 8, 9}, {3});
  EXPECT_TRUE(
      gradcheck([](const Inputs& in) { return matmul(in[0] * in[1] + in[2], transpose(in[0])); },
                {a, b, constant}));
  EXPECT_FALSE(constant.grad().defined());
}

// The result may be an input, or share its memory.
TEST(Gradcheck, OfFunctionsThatReturnTheirInput) {
  EXPECT_TRUE(gradcheck([](const Inputs& in) { return in[0]; }, {leaf({1, 2})}));
  EXPECT_TRUE(gradcheck([](const Inputs& in) { return reshape(in[0], {1, 2}); }, {leaf({1, 2})}));
}

TEST(Gradcheck, RefusesWhatItCannotCheck) {
  const auto f = [](const Inputs& in) { return in[0] * 2; };
  EXPECT_TRUE(throws<ValueError>([&] { gradcheck(f, {ones({2})}); },
                                 {"none of the inputs requires a gradient"}));
  EXPECT_TRUE(throws<ValueError>([&] { gradcheck(f, {}); }, {"none of the inputs"}));
  const auto cut = [](const Inputs& in) { return (in[0] * 2).detach(); };
  EXPECT_TRUE(throws<GradcheckError>([&] { gradcheck(cut, {leaf({1})}); },
                                     {"does not depend on the inputs"}));
}

TEST(Gradcheck, InputsKeepTheirValues) {
  const Tensor x = leaf({0.1, 0.2, 0.3});
  const std::vector<double> before = values(x);
  gradcheck([](const Inputs& in) { return square(in[0]); }, {x});
  EXPECT_EQ(values(x), before);
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(grad_enabled());
}

TEST(Gradcheck, InputsKeepTheirValuesWhenTheFunctionThrows) {
  for (int fails_at = 2; fails_at <= 7; ++fails_at) {  // call 1 is the analytic one
    const Tensor x = leaf({0.1, 0.2, 0.3});
    const std::vector<double> before = values(x);
    int calls = 0;
    const auto f = [&](const Inputs& in) {
      if (++calls == fails_at) throw std::runtime_error("planted");
      return square(in[0]);
    };
    EXPECT_THROW(gradcheck(f, {x}), std::runtime_error);
    EXPECT_EQ(values(x), before) << fails_at;
    EXPECT_TRUE(grad_enabled());
  }
}

#endif

}  // namespace
}  // namespace autograd
