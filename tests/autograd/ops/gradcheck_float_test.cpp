#include "cases.h"

namespace autograd {
namespace {

using namespace testing;

// In float, differences of 1e-6 are rounding: no operation passes for nothing.
TEST(Gradient, FloatBuildNamesTheOtherOne) {
  for (const Case& c : cases()) {
    Inputs inputs = inputs_of(c);
    for (Tensor& input : inputs) input.requires_grad_();
    EXPECT_TRUE(tensors::throws<Error>([&] { gradcheck(c.f, inputs); },
                                       {"gradcheck: ", "handflow::autograd_f64"}))
        << c.golden;
  }
}

}  // namespace
}  // namespace autograd
