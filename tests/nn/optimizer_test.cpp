#include "nn/optimizer.h"

#include "nn/nn.h"
#include "tests/tensors.h"

// What all optimisers share. What they refuse besides is in their own tests.

namespace nn {
namespace {

using tensors::throws;

Tensor parameter(std::initializer_list<double> numbers) {
  return Tensor::from(numbers, {static_cast<Index>(numbers.size())}).requires_grad_();
}

// A parameter listed twice would be stepped twice. PyTorch warns.
TEST(Optimizer, RefusesAParameterThatIsListedTwice) {
  const Tensor a = parameter({1, 2});
  const Tensor b = parameter({1, 2});
  const Tensor handle = a;
  using autograd::ValueError;
  for (const auto& list : {std::vector<Tensor>{b, a, handle}, std::vector<Tensor>{b, a, a}}) {
    const auto refused = [&](auto make) {
      return throws<ValueError>(make, {"optimizer: parameters 1 and 2", "same tensor", "(2,)"});
    };
    EXPECT_TRUE(refused([&] { SGD{list}; }));
    EXPECT_TRUE(refused([&] { Adam{list}; }));
    EXPECT_TRUE(refused([&] { AdamW{list}; }));
  }
  EXPECT_NO_THROW(SGD({a, b}));  // equal values are no reason
}

// Two modules that share a layer, each of whose lists has it once.
TEST(Optimizer, RefusesTwoModulesThatShareALayer) {
  const Linear shared(2, 2);
  Sequential encoder{Linear(3, 2), shared};
  Sequential decoder{shared, Linear(2, 3)};
  std::vector<Tensor> all = encoder.parameters();
  for (const Tensor& p : decoder.parameters()) all.push_back(p);
  EXPECT_TRUE(throws<autograd::ValueError>([&] { Adam{all}; }, {"parameters 2 and 4"}));
  Sequential both{encoder, decoder};  // one module lists it once
  EXPECT_NO_THROW(Adam(both.parameters()));
}

}  // namespace
}  // namespace nn
