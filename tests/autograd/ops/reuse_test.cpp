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

// What a test below does with h = relu(x) and y = linear(h, weight) before backward().
struct Holding {
  const char* what;
  Tensor (*hold)(Tensor& h, Tensor& y);  // returns what must live until after backward()
  bool written_over;
};

const Holding holdings[] = {
    {"nothing", [](Tensor&, Tensor&) { return Tensor(); }, true},
    {"the result", [](Tensor&, Tensor& y) { return y; }, true},
    {"the result's gradient", [](Tensor&, Tensor& y) { return y.retain_grad(); }, true},
    {"a copy of relu's output", [](Tensor& h, Tensor&) { return h.detach().clone(); }, true},
    {"relu's output", [](Tensor& h, Tensor&) { return h; }, false},
    {"detach()", [](Tensor& h, Tensor&) { return h.detach(); }, false},
    {"reshape()", [](Tensor& h, Tensor&) { return reshape(h, {-1}); }, false},
    {"reshape() of detach()", [](Tensor& h, Tensor&) { return reshape(h.detach(), {-1}); }, false},
    {"another graph", [](Tensor& h, Tensor&) { return sum(h); }, false},
    {"another graph that reads it", [](Tensor& h, Tensor&) { return square(h); }, false},
    {"another product",
     [](Tensor& h, Tensor&) {
       return linear(h, ones({1, 5}));
     },
     false},
    {"a recorded copy", [](Tensor& h, Tensor&) { return h.clone(); }, false},
    {"relu's gradient",
     [](Tensor& h, Tensor&) {
       h.retain_grad();
       return Tensor();
     },
     false},
    {"another reader in the same graph",
     [](Tensor& h, Tensor& y) {
       y = y + 0 * linear(square(h), ones({4, 5}));
       return Tensor();
     },
     false},
    {"a reader that has run before",
     [](Tensor& h, Tensor& y) {
       y = 0 * linear(square(h), ones({4, 5})) + y;
       return Tensor();
     },
     false},
};

// The gradient dx = dy W of a relu's output h is written where h stood, if nobody else holds that
// memory and nobody will read it. As relu then hands the gradient on, x.grad() lies there.
TEST(Reuse, AProductWritesItsGradientOverARelusOutput) {
  const Tensor start = numbers({6, 5}, -2, 2, 1), weight = numbers({4, 5}, -2, 2, 2);
  const Tensor dy = numbers({6, 4}, -2, 2, 3);
  for (const Holding& holding : holdings) {
    for (const bool retain_graph : {false, true}) {
      SCOPED_TRACE(std::string(holding.what) + (retain_graph ? ", retain_graph" : ""));
      const Tensor x = leaf(start), w = leaf(weight);
      Tensor h = relu(x);
      Tensor y = linear(h, w);
      const std::vector<double> value = values(h);
      const real* memory = h.data();
      const Tensor held = holding.hold(h, y);
      const bool shares = held.defined() && held.data() == memory;
      h = Tensor();
      y.backward(dy, {.retain_graph = retain_graph});
      EXPECT_EQ(x.grad().data() == memory, holding.written_over && !retain_graph);
      if (shares) {
        EXPECT_TRUE(has_values(reshape(held.detach(), {30}), value));
      }
      const Tensor dh = matmul(dy, weight);
      EXPECT_TRUE(equal(w.grad(), matmul(transpose(dy), relu(start))));
      for (Index i = 0; i < 30; ++i) {
        EXPECT_EQ(x.grad().data()[i], start.data()[i] <= 0 ? 0 : dh.data()[i]) << i;
      }
      if (retain_graph) {  // the second pass may write there
        y.backward(dy);
        for (Index i = 0; i < 30; ++i) {
          EXPECT_EQ(x.grad().data()[i], start.data()[i] <= 0 ? 0 : 2 * dh.data()[i]) << i;
        }
      }
    }
  }
}

// And no other operation's output is selected by, negative or not.
TEST(Reuse, OnlyReluIsSelectedByAProduct) {
  const Tensor start = numbers({6, 5}, -2, 2, 1), weight = whole_numbers({4, 5}, 2);
  const Tensor dy = whole_numbers({6, 4}, 3);
  for (const Unary& op : unaries) {
    const auto f = [&](const Tensor& x) { return linear(op.f(x), weight); };
    EXPECT_TRUE(
        has_values(gradient(f, start, dy), values(gradient(op.f, start, matmul(dy, weight)))))
        << op.name;
  }
}

// A sum of more terms than the product adds up in registers stands half-made in its place for a
// while: not where the values are that it will be selected by.
TEST(Reuse, ALongSumIsNotMadeOverWhatItIsSelectedBy) {
  for (const Index in : {3, 5, 16, 33, 64}) {
    for (const Index out : {512, 513, 1100}) {
      SCOPED_TRACE(std::to_string(in) + ", " + std::to_string(out));
      const Tensor x = leaf(numbers({20, in}, -2, 2, 1)), w = numbers({out, in}, -2, 2, 2);
      const Tensor dy = numbers({20, out}, -2, 2, 3);
      Tensor h = relu(x);
      const real* memory = h.data();
      const Tensor y = linear(h, w);
      h = Tensor();
      y.backward(dy);
      EXPECT_EQ(x.grad().data() == memory, out == 512);
      const Tensor dh = gradient([&](const Tensor& t) { return linear(t, w); }, x, dy);
      for (Index i = 0; i < dh.numel(); ++i) {
        ASSERT_EQ(x.grad().data()[i], x.data()[i] <= 0 ? 0 : dh.data()[i]) << i;
      }
    }
  }
}

// What is shown of a relu is its gradient before the selection.
TEST(Reuse, AKeptGradientOfAReluIsNotSelected) {
  const Tensor x = leaf(Tensor::from({3, -4}, {1, 2}));
  const Tensor two = Tensor::from({5, 6}, {1, 2});
  for (const bool in_one_node : {false, true}) {
    Tensor(x).zero_grad();
    Tensor h = in_one_node ? linear_relu(x, Tensor::from({1, 0, 0, 1}, {2, 2})) : relu(x);
    h.retain_grad();
    linear(h, two).backward();
    EXPECT_TRUE(has_values(h.grad(), {5, 6}));
    EXPECT_TRUE(has_values(x.grad(), {5, 0}));
    EXPECT_TRUE(has_values(h, {3, 0}));
  }
}

// linear_relu selects in dy's own memory only where nobody else will look at it.
TEST(Reuse, WhatLinearReluIsGivenIsNotSelectedInPlace) {
  const Inputs in = {leaf(numbers({6, 5}, -2, 2, 1)), leaf(numbers({4, 5}, -2, 2, 2)),
                     leaf(numbers({4}, -2, 2, 3))};
  const Tensor dy = numbers({6, 4}, -2, 2, 4);
  const std::vector<double> given = values(dy);
  Tensor y = linear_relu(in[0], in[1], in[2]);
  y.backward(dy, {.retain_graph = true});  // the caller's tensor
  EXPECT_TRUE(has_values(dy, given));
  y.retain_grad();
  (y * 1).backward(dy, {.retain_graph = true});  // a gradient that is shown
  EXPECT_TRUE(has_values(y.grad(), given));
  const Tensor other = leaf(zeros({6, 4}));
  (other + y).backward(dy);  // one that is another's, too
  EXPECT_TRUE(has_values(other.grad(), given));
  EXPECT_TRUE(has_values(dy, given));
}

// A relu that recorded nothing is a value like any other, a leaf when it is made one.
TEST(Reuse, AReluWithoutAGraphIsNotSelectedBy) {
  const Tensor start = numbers({6, 5}, -2, 2, 1), weight = leaf(numbers({4, 5}, -2, 2, 2));
  const Tensor dy = numbers({6, 4}, -2, 2, 3);
  const Tensor dh = matmul(dy, weight.detach());
  std::vector<Tensor> unrecorded = {relu(start), linear_relu(start, ones({5, 5}))};
  {
    const NoGradGuard no_grad;
    unrecorded.push_back(relu(leaf(start)));
    unrecorded.push_back(linear_relu(leaf(start), ones({5, 5})));
  }
  for (Tensor& h : unrecorded) {
    const std::vector<double> value = values(h);
    h.requires_grad_();
    linear(h, weight).backward(dy);
    EXPECT_TRUE(equal(h.grad(), dh));  // whatever the sign of h
    EXPECT_TRUE(has_values(h, value));
  }
  // And a graph behind a NoGradGuard is recorded as before it.
  const Tensor x = leaf(start);
  const Tensor y = linear(relu(x), weight);
  const NoGradGuard no_grad;
  y.backward(dy);
  EXPECT_EQ(x.grad().data()[0], start.data()[0] <= 0 ? 0 : dh.data()[0]);
}

// The selection reads relu's output; a change of it is refused, however many products read it.
TEST(Reuse, AChangedReluOutputIsRefused) {
  const Tensor weight = numbers({4, 5}, -2, 2, 2);  // no gradient: the product keeps no input
  for (const bool in_one_node : {false, true}) {
    for (int way = 0; way < 3; ++way) {
      const Tensor x = leaf(numbers({6, 5}, -2, 2, 1));
      Tensor h = in_one_node ? linear_relu(x, ones({5, 5})) : relu(x);
      const Tensor y = sum(linear(h, weight) + linear(h, weight));
      Tensor alias = way == 0 ? h.detach() : reshape(h.detach(), {30});
      if (way == 2) {
        const NoGradGuard no_grad;
        h.add_(1);
      } else {
        alias.mul_(2);
      }
      EXPECT_TRUE(tensors::throws<GraphError>(
          [&] { y.backward(); },
          {in_one_node ? "linear_relu needs its output" : "relu needs its", "changed in place"}));
      EXPECT_FALSE(x.grad().defined());
    }
  }
}

}  // namespace
}  // namespace autograd
