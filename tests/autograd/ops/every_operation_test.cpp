#include <map>
#include <set>

#include "cases.h"

// What holds for every operation, checked for each row of the table in cases.h.

namespace autograd {
namespace {

using namespace testing;
using tensors::throws;
using tensors::values;

// "add.row" is computed by "add": the name that errors open with.
std::string name_of(const Case& c) { return c.golden.substr(0, c.golden.find('.')); }

std::string trace(const Case& c) { return c.operation + ", golden " + c.golden; }

Inputs leaves_of(const Case& c) {
  Inputs inputs = inputs_of(c);
  for (Tensor& input : inputs) input.requires_grad_();
  return inputs;
}

Tensor upstream_of(const Case& c) { return golden_tensor(c.golden + ".upstream"); }

bool has_gradient(const Case& c) { return goldens().contains(c.golden + ".upstream"); }

std::vector<std::vector<double>> values_of(const Inputs& tensors) {
  std::vector<std::vector<double>> all;
  for (const Tensor& tensor : tensors) all.push_back(values(tensor));
  return all;
}

::testing::AssertionResult have_values(const Inputs& tensors,
                                       const std::vector<std::vector<double>>& expected) {
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const ::testing::AssertionResult same = has_values(tensors[i], expected[i]);
    if (!same) return ::testing::AssertionFailure() << "tensor " << i << ", " << same.message();
  }
  return ::testing::AssertionSuccess();
}

Inputs grads_of(const Inputs& inputs) {
  Inputs grads;
  for (const Tensor& input : inputs) grads.push_back(input.grad());
  return grads;
}

TEST(EveryOperation, RefusesAnUndefinedTensor) {
  for (const Case& c : cases()) {
    const Inputs inputs = inputs_of(c);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if ((name_of(c) == "linear" || name_of(c) == "linear_relu") && i == 2) continue;  // no bias
      SCOPED_TRACE(trace(c) + ", input " + std::to_string(i));
      Inputs with_a_hole = inputs;
      with_a_hole[i] = Tensor();
      EXPECT_TRUE(throws<GraphError>([&] { c.f(with_a_hole); },
                                     {(name_of(c) + ": argument ").c_str(), "undefined"}));
    }
  }
}

// The caller holds all of them, so none may be overwritten to save memory.
TEST(EveryOperation, LeavesInputsAndTheIncomingGradientAsTheyWere) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(trace(c));
    const Inputs inputs = leaves_of(c);
    const auto before = values_of(inputs);
    const Tensor y = c.f(inputs);
    const std::vector<double> value = values(y);
    EXPECT_TRUE(have_values(inputs, before)) << "after the call";
    if (!has_gradient(c)) continue;
    const Tensor upstream = upstream_of(c);
    y.backward(upstream);
    EXPECT_TRUE(have_values(inputs, before)) << "after backward()";
    EXPECT_TRUE(has_values(y, value)) << "the result";
    EXPECT_TRUE(has_values(upstream, values(upstream_of(c)))) << "the incoming gradient";
  }
}

// The same for results of other operations, which are not leaves, and for handles that share their
// memory.
TEST(EveryOperation, LeavesInputsThatOthersShareAsTheyWere) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(trace(c));
    const Inputs leaves = leaves_of(c);
    Inputs clones, outside, flat;
    for (const Tensor& leaf : leaves) {
      clones.push_back(leaf.clone());
      outside.push_back(clones.back().detach());
      flat.push_back(reshape(clones.back(), {leaf.numel()}));
    }
    const auto before = values_of(clones);
    const Tensor y = c.f(clones);
    if (has_gradient(c)) y.backward(upstream_of(c));
    EXPECT_TRUE(have_values(clones, before));
    EXPECT_TRUE(have_values(outside, before)) << "seen through detach()";
    EXPECT_TRUE(have_values(flat, before)) << "seen through reshape()";
  }
}

TEST(EveryOperation, OnlyReshapeSharesItsInputsMemory) {
  for (const Case& c : cases()) {
    const Inputs inputs = inputs_of(c);
    const auto before = values_of(inputs);
    Tensor y = c.f(inputs);
    if (y.numel() == 0) continue;
    y.fill_(12345);
    EXPECT_NE(have_values(inputs, before), name_of(c) == "reshape") << trace(c);
  }
}

TEST(EveryOperation, RecordsOnlyWhatIsAskedFor) {
  for (const Case& c : cases()) {
    SCOPED_TRACE(trace(c));
    EXPECT_FALSE(c.f(inputs_of(c)).requires_grad());
    EXPECT_TRUE(c.f(inputs_of(c)).is_leaf());
    EXPECT_EQ(c.f(leaves_of(c)).requires_grad(), has_gradient(c));
    EXPECT_EQ(c.f(leaves_of(c)).is_leaf(), !has_gradient(c));
    const NoGradGuard no_grad;
    EXPECT_FALSE(c.f(leaves_of(c)).requires_grad());
  }
}

// What an operation keeps depends on which inputs require a gradient. It must be enough each time.
TEST(EveryOperation, GivesEachInputTheSameGradientAloneAndTogether) {
  for (const Case& c : cases()) {
    if (!has_gradient(c)) continue;
    const Inputs together = leaves_of(c);
    c.f(together).backward(upstream_of(c));
    for (std::size_t i = 0; i < together.size(); ++i) {
      SCOPED_TRACE(trace(c) + ", input " + std::to_string(i));
      Inputs alone = inputs_of(c);
      alone[i].requires_grad_();
      c.f(alone).backward(upstream_of(c));
      EXPECT_TRUE(has_values(alone[i].grad(), values(together[i].grad())));
      for (std::size_t k = 0; k < alone.size(); ++k) {
        EXPECT_EQ(alone[k].grad().defined(), k == i);
      }
    }
  }
}

TEST(EveryOperation, AddsToTheGradientThatIsThere) {
  for (const Case& c : cases()) {
    if (!has_gradient(c)) continue;
    SCOPED_TRACE(trace(c));
    const Inputs inputs = leaves_of(c);
    c.f(inputs).backward(upstream_of(c));
    auto twice = values_of(grads_of(inputs));
    for (auto& grad : twice) {
      for (double& value : grad) value += value;
    }
    c.f(inputs).backward(upstream_of(c));
    EXPECT_TRUE(have_values(grads_of(inputs), twice)) << "leaf.grad()";

    // And to what sum(x) has contributed in the same backward(), which is 1 everywhere.
    const Inputs also = leaves_of(c);
    const Tensor y = c.f(also);
    Tensor total = sum(y * upstream_of(c));
    for (const Tensor& input : also) total = total + sum(input);
    if (c.special()) continue;
    total.backward();
    for (std::size_t i = 0; i < also.size(); ++i) {
      std::vector<double> expected = values(inputs[i].grad());
      std::vector<double> scale(expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        expected[k] = expected[k] / 2 + 1;
        scale[k] = std::abs(expected[k]) + 1;
      }
      EXPECT_TRUE(within(16, also[i].grad(), expected, scale)) << "in one backward(), input " << i;
    }
  }
}

// Changes `changed` in place, then runs backward(). True if it was refused; if it was not, the
// gradients must be those without the change.
bool refused_after_change(const Case& c, const Inputs& inputs, const Tensor& y, Tensor changed) {
  const Inputs untouched = leaves_of(c);
  c.f(untouched).backward(upstream_of(c));
  {
    const NoGradGuard no_grad;
    changed.add_(1);
  }
  try {
    y.backward(upstream_of(c));
  } catch (const GraphError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("backward: " + name_of(c) + " needs its"), std::string::npos) << text;
    EXPECT_NE(text.find("changed in place"), std::string::npos) << text;
    for (const Tensor& input : inputs) EXPECT_FALSE(input.grad().defined());
    return true;
  }
  EXPECT_TRUE(have_values(grads_of(inputs), values_of(grads_of(untouched))));
  return false;
}

// Leaves that have been changed already, before the operation sees them.
Inputs changed_leaves_of(const Case& c) {
  const NoGradGuard no_grad;
  Inputs inputs = leaves_of(c);
  for (Tensor& input : inputs) input.mul_(1);
  return inputs;
}

// Which values each operation keeps, as letters of its inputs and y for its result. Every change of
// a kept value is refused, through whatever handle it is made; every other change is harmless.
TEST(EveryOperation, ChangesOfKeptValuesAreRefusedAndOnlyThose) {
  std::map<std::string, std::set<char>> kept;
  for (const Case& c : cases()) {
    if (!has_gradient(c)) continue;
    SCOPED_TRACE(trace(c));
    std::set<char>& letters = kept[name_of(c)];
    for (std::size_t i = 0; i < inputs_of(c).size(); ++i) {
      const Inputs inputs = changed_leaves_of(c);
      const Tensor y = c.f(inputs);
      const bool refused = refused_after_change(c, inputs, y, inputs[i]);
      if (refused) letters.insert("abc"[i]);
      const Inputs again = changed_leaves_of(c);
      const Tensor z = c.f(again);
      EXPECT_EQ(refused_after_change(c, again, z, again[i].detach()), refused) << "by detach()";
    }
    if (name_of(c) == "reshape") continue;  // its result is its input's memory
    const Inputs inputs = changed_leaves_of(c);
    const Tensor y = c.f(inputs);
    if (refused_after_change(c, inputs, y, y)) letters.insert('y');
  }
  const std::set<char> nothing, a{'a'}, ab{'a', 'b'}, y{'y'};
  const std::map<std::string, std::set<char>> expected = {{"add", nothing},
                                                          {"sub", nothing},
                                                          {"mul", ab},
                                                          {"div", ab},
                                                          {"neg", nothing},
                                                          {"relu", y},
                                                          {"silu", a},
                                                          {"tanh", y},
                                                          {"sigmoid", y},
                                                          {"exp", y},
                                                          {"log", a},
                                                          {"sin", a},
                                                          {"cos", a},
                                                          {"sqrt", y},
                                                          {"square", a},
                                                          {"abs", a},
                                                          {"pow", a},
                                                          {"clamp", a},
                                                          {"sum", nothing},
                                                          {"mean", nothing},
                                                          {"max", {'a', 'y'}},
                                                          {"transpose", nothing},
                                                          {"reshape", nothing},
                                                          {"expand", nothing},
                                                          {"cat", nothing},
                                                          {"slice", nothing},
                                                          {"index_select", nothing},
                                                          {"matmul", ab},
                                                          {"linear", ab},
                                                          {"linear_relu", {'a', 'b', 'y'}},
                                                          {"softmax", y},
                                                          {"log_softmax", y},
                                                          {"mse_loss", ab},
                                                          {"cross_entropy", nothing}};
  EXPECT_EQ(kept, expected);
}

}  // namespace
}  // namespace autograd
