#include <utility>

#include "support.h"

// Elementwise operations may write where an argument stood, and their derivatives where a gradient
// stood, if nobody else holds that memory and nobody will read it.

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::values;

struct Unary {
  const char* name;
  Tensor (*f)(Tensor);
};

const Unary unaries[] = {
    {"neg", neg},
    {"relu", relu},
    {"silu", silu},
    {"tanh", tanh},
    {"sigmoid", sigmoid},
    {"exp", exp},
    {"log", log},
    {"sin", sin},
    {"cos", cos},
    {"sqrt", sqrt},
    {"square", square},
    {"abs", abs},
    {"pow", [](Tensor x) { return pow(std::move(x), 1.5); }},
    {"clamp", [](Tensor x) { return clamp(std::move(x), -1, 1); }},
};

struct Binary {
  const char* name;
  Tensor (*f)(Tensor, Tensor);
};

const Binary binaries[] = {{"add", add}, {"sub", sub}, {"mul", mul}, {"div", div}};

// An operation may write its result where its argument stood, if nobody else holds it.
TEST(Reuse, ATemporaryGivesItsMemory) {
  for (const Unary& op : unaries) {
    Tensor x = numbers({40}, 0.5, 2);
    const Tensor expected = op.f(x.clone());
    const real* memory = x.data();
    const Tensor y = op.f(std::move(x));
    EXPECT_EQ(y.data(), memory) << op.name;
    EXPECT_TRUE(equal(y, expected)) << op.name;
  }
  for (const Binary& op : binaries) {
    Tensor a = whole_numbers({40}, 1), b = whole_numbers({40}, 2);
    const Tensor kept_a = a.clone(), kept_b = b.clone();
    const real* memory = a.data();
    const Tensor y = op.f(std::move(a), kept_b);
    EXPECT_EQ(y.data(), memory) << op.name;
    memory = b.data();
    const Tensor z = op.f(kept_a, std::move(b));
    EXPECT_EQ(z.data(), memory) << op.name;
    EXPECT_TRUE(equal(y, z)) << op.name;
    EXPECT_TRUE(equal(y, op.f(kept_a, kept_b))) << op.name;
  }
}

// Whoever else holds it, by whatever handle, keeps its values.
TEST(Reuse, WhatOthersHoldIsNotOverwritten) {
  const Tensor original = numbers({40}, 0.5, 2);
  const auto expect_kept = [&](const Tensor& holder, const char* how) {
    EXPECT_TRUE(has_values(holder, values(original))) << how;
  };
  for (const Unary& op : unaries) {
    SCOPED_TRACE(op.name);
    Tensor x = original.clone();
    Tensor handle = x;
    op.f(std::move(x));
    expect_kept(handle, "another handle");

    const Tensor outside = handle.detach();
    op.f(std::move(handle));
    expect_kept(outside, "detach()");

    Tensor once_more = original.clone();
    const Tensor flat = reshape(once_more, {40});
    op.f(std::move(once_more));
    expect_kept(flat, "reshape()");

    Tensor leaf = original.clone().requires_grad_();
    sum(leaf * original).backward();
    const Tensor grad = leaf.grad();
    op.f(leaf.grad());
    expect_kept(grad, "grad()");
    expect_kept(leaf.grad(), "the leaf's gradient");
    relu(op.f(leaf));
    expect_kept(leaf, "a leaf in a graph");
  }
  for (const Binary& op : binaries) {
    SCOPED_TRACE(op.name);
    Tensor a = original.clone(), b = original.clone();
    const Tensor hold_a = a.detach(), hold_b = reshape(b, {8, 5});
    op.f(std::move(a), std::move(b));
    expect_kept(hold_a, "left");
    expect_kept(reshape(hold_b, {40}), "right");
  }
}

// A value that a derivative will read is not overwritten: chains of temporaries have the gradient
// that named tensors have.
TEST(Reuse, WhatBackwardReadsIsNotOverwritten) {
  const Tensor start = numbers({40}, 0.5, 2);
  const Tensor dy = whole_numbers({40});
  for (const Unary& first : unaries) {
    for (const Unary& second : unaries) {
      const auto chained = [&](const Tensor& x) { return second.f(first.f(x + 0)); };
      Inputs held;
      const auto named = [&](const Tensor& x) {
        held = {x + 0};
        held.push_back(first.f(held[0]));
        return second.f(held[1]);
      };
      EXPECT_TRUE(has_values(chained(start), values(named(start))));
      EXPECT_TRUE(has_values(gradient(chained, start, dy), values(gradient(named, start, dy))))
          << second.name << " of " << first.name;
    }
  }
  for (const Binary& op : binaries) {
    for (const Binary& then : binaries) {
      const auto f = [&](const Tensor& x) {
        return then.f(op.f(x + 1, x * 2), op.f(x * 3, x + 2));
      };
      const auto g = [&](const Tensor& x) {
        const Tensor a = x + 1, b = x * 2, c = x * 3, d = x + 2;
        const Tensor left = op.f(a, b), right = op.f(c, d);
        return then.f(left, right);
      };
      EXPECT_TRUE(equal(f(start), g(start)));
      EXPECT_TRUE(equal(gradient(f, start, dy), gradient(g, start, dy)))
          << then.name << " of " << op.name;
    }
  }
}

// The last reader of a gradient may write into it; one that is shown may not be written.
TEST(Reuse, GradientsThatAreShownAreNotOverwritten) {
  const Tensor start = numbers({40}, 0.5, 2);
  for (const Unary& op : unaries) {
    SCOPED_TRACE(op.name);
    Tensor x = leaf(start);
    Tensor y = op.f(x * 1);
    y.retain_grad();
    Tensor z = y * 2;
    z.retain_grad();
    const Tensor dy = whole_numbers({40});
    z.backward(dy);
    EXPECT_TRUE(equal(z.grad(), whole_numbers({40})));
    EXPECT_TRUE(equal(y.grad(), 2 * whole_numbers({40})));
    EXPECT_TRUE(equal(dy, whole_numbers({40})));
    EXPECT_TRUE(equal(x.grad(), gradient(op.f, start, 2 * dy)));
  }
}

}  // namespace
}  // namespace autograd
