#include <set>

#include "cases.h"

// Every value and every gradient in golden/ops.txt, which PyTorch computed in double (special
// values in float).

namespace autograd {
namespace {

using namespace testing;

// The goldens' inputs are exact in float. Relative to the number, or to 1 if that is more (terms
// around 1 cancel in sums and in the gradient of a / a): in double 1e-12; in float as many epsilons
// as the longest sum here, of 33 products, can need.
constexpr double tolerance = tensors::in_double ? 1e-12 : 32 * epsilon;

// What a float can hold: 1e-40 squared is 0, e^100 infinity. Special values are compared as floats
// in both builds.
double as_float(double value) { return static_cast<double>(static_cast<float>(value)); }

::testing::AssertionResult agrees(const Tensor& ours, const golden::Tensor& theirs, bool special) {
  const Shape shape{std::span<const Index>(theirs.shape)};
  if (ours.shape() != shape) {
    return ::testing::AssertionFailure()
           << "shape " << to_string(ours.shape()) << ", PyTorch has " << to_string(shape);
  }
  for (std::size_t i = 0; i < theirs.values.size(); ++i) {
    const auto value = static_cast<double>(ours.data()[i]);
    const double a = special ? as_float(value) : value;
    const double b = theirs.values[i];
    if (std::isnan(b) ? std::isnan(a) : a == b) continue;
    const double allowed =
        special ? 4e-7 * std::abs(b) + 1.2e-38 : tolerance * std::max(1.0, std::abs(b));
    if (std::isfinite(b) && std::abs(a - b) <= allowed) continue;
    return ::testing::AssertionFailure()
           << "element " << i << " is " << a << ", PyTorch has " << b << ", allowed " << allowed;
  }
  return ::testing::AssertionSuccess();
}

TEST(Parity, ValuesAndGradientsArePyTorchs) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.operation + ", golden " + c.golden);
    Inputs inputs = inputs_of(c);
    ASSERT_FALSE(inputs.empty());
    for (Tensor& input : inputs) input.requires_grad_();
    const Tensor y = c.f(inputs);
    EXPECT_TRUE(agrees(y, goldens().tensor(c.golden + ".out"), c.special()));
    ASSERT_EQ(y.requires_grad(), goldens().contains(c.golden + ".upstream"));
    if (!y.requires_grad()) continue;
    y.backward(golden_tensor(c.golden + ".upstream"));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const std::string name = c.golden + ".grad_" + "abc"[i];
      EXPECT_TRUE(agrees(inputs[i].grad(), goldens().tensor(name), c.special())) << name;
    }
  }
}

// Each comparison above would see a value that is a little off, and one element missing.
TEST(Parity, TheComparisonSeesWrongValues) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(c.golden);
    const golden::Tensor theirs = goldens().tensor(c.golden + ".out");
    const Tensor right = golden_tensor(c.golden + ".out");
    ASSERT_TRUE(agrees(right, theirs, c.special()));
    EXPECT_FALSE(agrees(reshape(right, {-1, 1, 1, 1}), theirs, c.special()));
    for (Index i = 0; i < right.numel(); ++i) {
      Tensor wrong = right.clone();
      const auto value = static_cast<double>(right.data()[i]);
      wrong.data()[i] =
          static_cast<real>(std::isfinite(value) ? value + 1e-3 * (1 + std::abs(value)) : 0);
      EXPECT_FALSE(agrees(wrong, theirs, c.special())) << "element " << i;
      wrong.data()[i] = static_cast<real>(std::isnan(value) ? infinity : nan);
      EXPECT_FALSE(agrees(wrong, theirs, c.special())) << "element " << i;
    }
  }
  const golden::Tensor one{{1}, {1.0}};
  EXPECT_TRUE(agrees(Tensor::from({1 + tolerance / 2}, {1}), one, false));
  EXPECT_FALSE(agrees(Tensor::from({1 + tolerance * 2}, {1}), one, false));
}

// "softmax.large.grad_a" belongs to the case softmax.large.
std::set<std::string> golden_cases() {
  std::set<std::string> found;
  for (const std::string& name : goldens().names()) found.insert(name.substr(0, name.rfind('.')));
  return found;
}

bool is_not_yet(const std::string& name) {
  for (const std::string& operation : not_yet()) {
    if (name.rfind(operation + ".", 0) == 0) return true;
  }
  return false;
}

TEST(Parity, NoGoldenIsLeftOut) {
  std::set<std::string> used;
  for (const Case& c : cases()) used.insert(c.golden);
  for (const std::string& name : golden_cases()) {
    EXPECT_NE(used.count(name) > 0, is_not_yet(name)) << name;
  }
  for (const std::string& name : used) EXPECT_EQ(golden_cases().count(name), 1u) << name;
}

TEST(Parity, EveryNotYetHasGoldensThatWait) {
  for (const std::string& operation : not_yet()) {
    std::size_t waiting = 0;
    for (const std::string& name : golden_cases()) waiting += name.rfind(operation + ".", 0) == 0;
    EXPECT_GT(waiting, 0u) << operation;
  }
}

}  // namespace
}  // namespace autograd
