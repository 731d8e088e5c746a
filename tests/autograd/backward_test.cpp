#include <array>
#include <memory>

#include "autograd/record.h"
#include "tests/tensors.h"

namespace autograd {
namespace {

using tensors::equal;
using tensors::throws;
using tensors::values;

using Numbers = std::vector<double>;

Tensor leaf(std::initializer_list<double> numbers) {
  return Tensor::from(numbers, {static_cast<Index>(numbers.size())}).requires_grad_();
}

int counted_calls = 0;

// y = x. Counts how often its backward function runs.
Tensor counted(const Tensor& x) {
  Tensor y = Tensor::from(values(x), x.shape());
  record("counted", y, {&x}, save_nothing, [](Node& out) {
    ++counted_calls;
    pass_on(out.input(0), out.contribution);
  });
  return y;
}

// ---- Graphs of every form ----------------------------------------------------------------------

TEST(Backward, SumsOverPaths) {
  const Tensor a = Tensor(1.0).requires_grad_();
  const Tensor b = a + a;
  const Tensor c = b + b;
  c.backward();
  EXPECT_EQ(a.grad().item(), 4);
}

TEST(Backward, TheSameTensorTwiceInOneOperation) {
  const Tensor a = leaf({3, -2});
  sum(a * a).backward();
  EXPECT_EQ(values(a.grad()), (Numbers{6, -4}));
  const Tensor b = leaf({3, -2});
  sum(b - b).backward();
  EXPECT_EQ(values(b.grad()), (Numbers{0, 0}));
  const Tensor c = leaf({3, -2});
  sum(c / c).backward();
  EXPECT_TRUE(tensors::near(c.grad(), zeros({2}), 1e-7));
  const Tensor d = Tensor::from({1, 2, 3, 4}, {2, 2}).requires_grad_();
  sum(matmul(d, d)).backward();
  EXPECT_EQ(values(d.grad()), (Numbers{7, 11, 9, 13}));
  const Tensor e = leaf({5});
  sum(cat({e, e, e}, 0) * Tensor::from({1, 2, 4}, {3})).backward();
  EXPECT_EQ(values(e.grad()), (Numbers{7}));
  const Tensor f = leaf({5});
  mse_loss(f, f).backward();
  EXPECT_EQ(values(f.grad()), (Numbers{0}));
}

// Deep enough that a recursive walk, forward or back, or a recursive destructor, dies.
constexpr int deep = 1'000'000;

TEST(Backward, AChainOfAMillionNodes) {
  const Tensor x = Tensor(1.0).requires_grad_();
  Tensor y = counted(x);
  for (int i = 0; i < deep; ++i) y = -y;
  counted_calls = 0;
  y.backward({.retain_graph = true});
  EXPECT_EQ(counted_calls, 1);
  EXPECT_EQ(x.grad().item(), 1);
  y.backward();  // this one takes the graph apart
  EXPECT_EQ(x.grad().item(), 2);
}

TEST(Backward, AChainOfAMillionNodesIsDestroyedUnused) {
  const Tensor x = Tensor(1.0).requires_grad_();
  {
    Tensor y = x;
    for (int i = 0; i < deep; ++i) y = -y;
  }
  EXPECT_EQ(x.node().references, 1);
}

// 2^40 paths lead through it.
TEST(Backward, ADiamondOf40LevelsIn40Steps) {
  const Tensor x = Tensor(1.0).requires_grad_();
  Tensor y = x;
  for (int level = 0; level < 40; ++level) {
    const Tensor above = counted(y);
    y = above + above;
  }
  counted_calls = 0;
  y.backward();
  EXPECT_EQ(counted_calls, 40);
  EXPECT_EQ(x.grad().item(), std::ldexp(1, 40));
}

TEST(Backward, WideFanOut) {
  constexpr int wide = 10'000;
  const Tensor x = leaf({2, 3});
  const Tensor h = counted(x);
  Tensor total = sum(h);
  for (int i = 1; i < wide; ++i) total = total + sum(h);
  counted_calls = 0;
  total.backward();
  EXPECT_EQ(counted_calls, 1);
  EXPECT_EQ(values(x.grad()), (Numbers{wide, wide}));
}

// A node runs after the last of its consumers, however long the other ways are.
TEST(Backward, ShortAndLongWaysToOneNode) {
  const Tensor x = Tensor(3.0).requires_grad_();
  const Tensor h = counted(x);
  Tensor far = h;
  for (int i = 0; i < 101; ++i) far = -far;
  counted_calls = 0;
  (h * far + h).backward();  // -h^2 + h
  EXPECT_EQ(counted_calls, 1);
  EXPECT_EQ(x.grad().item(), -5);
}

TEST(Backward, CatOf64) {
  std::vector<Tensor> parts;
  for (int i = 0; i < 64; ++i) parts.push_back(full({1, 2}, i).requires_grad_(i % 2 == 0));
  const Tensor joined = cat(std::span<const Tensor>(parts), 0);
  sum(joined * reshape(arange(0, 128), {64, 2})).backward();
  for (int i = 0; i < 64; ++i) {
    const Tensor grad = parts[static_cast<std::size_t>(i)].grad();
    ASSERT_EQ(grad.defined(), i % 2 == 0) << i;
    if (!grad.defined()) continue;
    EXPECT_EQ(values(grad), (Numbers{2.0 * i, 2.0 * i + 1}));
  }
}

TEST(Backward, OnlyWhatTheResultNeedsRuns) {
  const Tensor x = leaf({1, 2});
  const Tensor used = counted(x);
  const Tensor unused = counted(used);
  counted_calls = 0;
  sum(used).backward();
  EXPECT_EQ(counted_calls, 1);
  EXPECT_EQ(values(unused), (Numbers{1, 2}));
}

TEST(Backward, OfALeafItself) {
  const Tensor x = Tensor(7.0).requires_grad_();
  x.backward();
  x.backward();
  EXPECT_EQ(x.grad().item(), 2);
}

TEST(Backward, OfNoElements) {
  const Tensor x = zeros({0, 3}).requires_grad_();
  sum(x * 2).backward();
  EXPECT_EQ(x.grad().shape(), (Shape{0, 3}));
}

// ---- Which gradients are kept ------------------------------------------------------------------

TEST(Backward, LeavesAccumulate) {
  const Tensor x = leaf({1, 2});
  sum(x * 3).backward();
  sum(x * 4).backward();
  EXPECT_EQ(values(x.grad()), (Numbers{7, 7}));
}

TEST(Backward, OnlyLeavesThatRequireGradients) {
  const Tensor x = leaf({1, 2});
  const Tensor constant = Tensor::from({5, 6}, {2});
  const Tensor apart = leaf({1});
  const Tensor y = x * constant;
  sum(y).backward();
  EXPECT_EQ(values(x.grad()), (Numbers{5, 6}));
  EXPECT_FALSE(constant.grad().defined());
  EXPECT_FALSE(apart.grad().defined());
  EXPECT_FALSE(y.grad().defined());
}

TEST(Backward, NonLeavesKeepTheirsIfAsked) {
  const Tensor x = leaf({1, 2});
  Tensor y = x * 2;
  Tensor z = square(y);
  y.retain_grad();
  z.retain_grad();
  const Tensor total = sum(z);
  total.backward({.retain_graph = true});
  EXPECT_EQ(values(z.grad()), (Numbers{1, 1}));
  EXPECT_EQ(values(y.grad()), (Numbers{4, 8}));
  EXPECT_EQ(values(x.grad()), (Numbers{8, 16}));
  total.backward();
  EXPECT_EQ(values(y.grad()), (Numbers{8, 16}));
}

// relu and reshape hand the gradient's own memory on; what is shown must not be among it.
TEST(Backward, KeptGradientsShareNoMemory) {
  const Tensor x = leaf({1, -2});
  Tensor y = reshape(x, {2, 1});
  Tensor z = relu(y);
  Tensor w = z.clone();
  y.retain_grad();
  z.retain_grad();
  w.retain_grad();
  const Tensor gradient = Tensor::from({3, 5}, {2, 1});
  w.backward(gradient);
  EXPECT_EQ(values(w.grad()), (Numbers{3, 5}));
  EXPECT_EQ(values(z.grad()), (Numbers{3, 5}));
  EXPECT_EQ(values(y.grad()), (Numbers{3, 0}));
  EXPECT_EQ(values(x.grad()), (Numbers{3, 0}));
  for (Tensor kept : {x, y, z, w}) kept.grad().fill_(-1);
  EXPECT_EQ(values(gradient), (Numbers{3, 5}));
  x.grad().fill_(8);
  for (const Tensor& kept : {y, z, w}) EXPECT_EQ(values(kept.grad()), (Numbers{-1, -1}));
}

TEST(Backward, TheGradientArgumentStaysAsItIs) {
  const Tensor x = leaf({1, 2});
  const Tensor gradient = Tensor::from({10, 20}, {2});
  neg(relu(x)).backward(gradient);
  EXPECT_EQ(values(gradient), (Numbers{10, 20}));
  EXPECT_EQ(values(x.grad()), (Numbers{-10, -20}));
  // It may be the gradient that is being added to.
  (x * 1).backward(x.grad());
  EXPECT_EQ(values(x.grad()), (Numbers{-20, -40}));
}

// Switching a leaf changes what is recorded later, not what has been recorded: as in PyTorch.
TEST(Backward, ALeafSwitchedOffLaterGetsNothing) {
  Tensor x = leaf({1, 2});
  const Tensor p = Tensor(1.0).requires_grad_();
  const Tensor y = sum(relu(x)) * p;
  x.requires_grad_(false);
  y.backward();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_EQ(p.grad().item(), 3);
  x.requires_grad_(true);
  sum(x).backward();
  EXPECT_EQ(values(x.grad()), (Numbers{1, 1}));  // nothing was left over
}

TEST(Backward, ALeafSwitchedOnLaterGetsNothing) {
  Tensor x = Tensor::from({1, 2}, {2});
  const Tensor w = leaf({5, 6});
  const Tensor matrix = reshape(w, {1, 2});
  const std::vector<Tensor> results = {sum(w * x),          sum(x / w),
                                       mse_loss(w, x),      sum(matmul(matrix, reshape(x, {2, 1}))),
                                       sum(cat({w, x}, 0)), sum(w - x)};
  x.requires_grad_(true);
  for (const Tensor& result : results) result.backward();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(w.grad().defined());
}

// ---- Freed graphs ------------------------------------------------------------------------------

TEST(FreedGraph, TwiceWithRetainGraph) {
  const Tensor x = leaf({3});
  const Tensor y = sum(x * x);
  y.backward({.retain_graph = true});
  y.backward({.retain_graph = true});
  y.backward();
  EXPECT_EQ(values(x.grad()), (Numbers{18}));
}

// PyTorch lets the second pass where nothing was saved, as in add and sum. Here it is an error
// always.
TEST(FreedGraph, ASecondPassThrows) {
  const Tensor x = leaf({3, 4});
  const std::vector<std::pair<Tensor, const char*>> results = {
      {sum(x), "the graph of this sum was freed"},
      {sum(x + 1), "the graph of this sum was freed"},
      {max(x), "the graph of this max was freed"},
      {Tensor(2.0) * reshape(sum(x), {}), "the graph of this mul was freed"}};
  for (const auto& [y, text] : results) {
    y.backward();
    const Numbers before = values(x.grad());
    const Tensor again = y;
    EXPECT_TRUE(throws<GraphError>([&] { again.backward(); },
                                   {"backward: ", text, "{.retain_graph = true}"}));
    EXPECT_EQ(values(x.grad()), before);
  }
}

TEST(FreedGraph, IsNoticedBeforeAnyGradientIsWritten) {
  const Tensor x = leaf({3, 4});
  const Tensor fresh = leaf({1, 1});
  const Tensor shared = x + 1;
  sum(shared).backward();
  const Tensor y = sum(fresh * 2) + sum(shared);
  EXPECT_TRUE(throws<GraphError>([&] { y.backward(); }, {"this add was freed"}));
  EXPECT_FALSE(fresh.grad().defined());
  EXPECT_EQ(values(x.grad()), (Numbers{1, 1}));
  // The part that was not freed is as it was.
  sum(fresh * 2).backward();
  EXPECT_EQ(values(fresh.grad()), (Numbers{2, 2}));
}

TEST(FreedGraph, TwoLossesOnOneGraph) {
  const Tensor w = leaf({2, 3});
  const Tensor h = w * w;
  const Tensor first = sum(h);
  const Tensor second = sum(h * 10);
  first.backward({.retain_graph = true});
  EXPECT_EQ(values(w.grad()), (Numbers{4, 6}));
  second.backward();
  EXPECT_EQ(values(w.grad()), (Numbers{44, 66}));
  EXPECT_TRUE(throws<GraphError>([&] { first.backward(); }, {"freed"}));
  EXPECT_EQ(values(w.grad()), (Numbers{44, 66}));
}

// A product that reads relu's output sets what it contributes to 0 where that output is, and relu
// then passes it on. What comes to relu another way in a later pass, nobody has set to 0.
TEST(FreedGraph, FromAReluAndThroughItAfterAPassThroughAProduct) {
  const Tensor ten = Tensor::from({10, 10}, {1, 2});
  using Way = Tensor (*)(const Tensor& h);
  const Way ways[] = {[](const Tensor& h) { return h; },
                      [](const Tensor& h) { return h.clone(); },
                      [](const Tensor& h) {
                        return reshape(h, {1, 2});
                      },
                      [](const Tensor& h) { return -h; },
                      [](const Tensor& h) { return -(-h); },  // hands its own gradient on
                      [](const Tensor& h) { return h + h; },
                      [](const Tensor& h) { return relu(h); },
                      [](const Tensor& h) {
                        return reshape(sum(h, 0), {1, 2});
                      },
                      [](const Tensor& h) {
                        return cat({slice(h, 1, 0, 1), slice(h, 1, 1, 2)}, 1);
                      },
                      [](const Tensor& h) {
                        return matmul(h, Tensor::from({1, 2, 3, 4}, {2, 2}));
                      },
                      [](const Tensor& h) {
                        return linear(h, Tensor::from({1, 2, 3, 4}, {2, 2}));
                      }};
  for (const Way way : ways) {
    SCOPED_TRACE(&way - ways);
    const Tensor x = leaf({3, -4});
    const Tensor h = relu(reshape(x, {1, 2}));
    const Tensor y = linear(h, ones({1, 2}));
    const Tensor z = way(h);
    z.backward(ten, {.retain_graph = true});
    const double first = values(x.grad())[0];
    y.backward({.retain_graph = true});
    EXPECT_EQ(values(x.grad()), (Numbers{first + 1, 0}));
    z.backward(ten, {.retain_graph = true});
    EXPECT_EQ(values(x.grad()), (Numbers{2 * first + 1, 0}));
    y.backward();
    EXPECT_EQ(values(x.grad()), (Numbers{2 * first + 2, 0}));
  }
}

// What backward() has been through lets go of everything behind it.
TEST(FreedGraph, HoldsNothing) {
  const Tensor x = leaf({1});
  const Tensor y = sum(exp(x));
  EXPECT_EQ(x.node().references, 2);
  y.backward();
  EXPECT_EQ(x.node().references, 1);
  EXPECT_TRUE(y.requires_grad());
  EXPECT_FALSE(y.is_leaf());
}

// ---- Changes in place --------------------------------------------------------------------------

// p is changed after `result` was computed from it: allowed, or an error that contains `text`?
struct Change {
  const char* what;
  Tensor (*compute)(const Tensor& w, const Tensor& p);
  const char* text;  // null: allowed
};

TEST(InPlaceChange, MattersWhereTheValueWasSaved) {
  const Change changes[] = {
      {"p + 1", [](const Tensor&, const Tensor& p) { return p + 1; }, nullptr},
      {"w - p", [](const Tensor& w, const Tensor& p) { return w - p; }, nullptr},
      {"p * 2", [](const Tensor&, const Tensor& p) { return p * 2; }, nullptr},
      {"relu(p)", [](const Tensor&, const Tensor& p) { return relu(p); }, nullptr},
      {"exp(p)", [](const Tensor&, const Tensor& p) { return exp(p); }, nullptr},
      {"sum(p)", [](const Tensor&, const Tensor& p) { return sum(p); }, nullptr},
      {"p.clone()", [](const Tensor&, const Tensor& p) { return p.clone(); }, nullptr},
      {"w * p", [](const Tensor& w, const Tensor& p) { return w * p; }, "mul needs its input 2"},
      {"p * w", [](const Tensor& w, const Tensor& p) { return p * w; }, "mul needs its input 1"},
      {"w / p", [](const Tensor& w, const Tensor& p) { return w / p; }, "div needs its input 2"},
      {"square(p)", [](const Tensor&, const Tensor& p) { return square(p); },
       "square needs its input 1"},
      {"sin(p)", [](const Tensor&, const Tensor& p) { return sin(p); }, "sin needs its input 1"},
      {"log(p)", [](const Tensor&, const Tensor& p) { return log(p); }, "log needs its input 1"},
      {"max(p)", [](const Tensor&, const Tensor& p) { return max(p); }, "max needs its input 1"},
      {"mse_loss(w, p)", [](const Tensor& w, const Tensor& p) { return mse_loss(w, p); },
       "mse_loss needs its input 2"},
      {"matmul",
       [](const Tensor& w, const Tensor& p) {
         return matmul(reshape(w, {1, 2}), reshape(p, {2, 1}));
       },
       "matmul needs its input 2 of shape (2, 1)"},
      {"linear",
       [](const Tensor& w, const Tensor& p) {
         return linear(w, reshape(p, {1, 2}), Tensor());
       },
       "linear needs its input 2 of shape (1, 2)"},
  };
  for (const Change& change : changes) {
    for (const bool through_detach : {false, true}) {
      SCOPED_TRACE(change.what);
      const Tensor w = leaf({3, 5});
      Tensor p = leaf({1, 2});
      p.node().grad = Buffer::create(2);
      p.grad().fill_(0.5);
      const Tensor result = change.compute(w, p);
      if (through_detach) {
        p.detach().add_(1);
      } else {
        const NoGradGuard no_grad;
        p.add_(1);
      }
      const auto run = [&] { result.backward(ones(result.shape())); };
      if (!change.text) {
        EXPECT_NO_THROW(run());
        continue;
      }
      EXPECT_TRUE(throws<GraphError>(
          run, {"backward: ", change.text, "changed in place: version 1, saved at version 0"}));
      EXPECT_EQ(values(p.grad()), (Numbers{0.5, 0.5}));
      EXPECT_FALSE(w.grad().defined());
    }
  }
}

TEST(InPlaceChange, OfAnOutputThatWasSaved) {
  const Tensor x = leaf({1, 2});
  using Function = Tensor (*)(Tensor);
  for (const auto& [f, text] : {std::pair<Function, const char*>{relu, "relu needs its output"},
                                {exp, "exp needs its output"},
                                {tanh, "tanh needs its output"},
                                {sqrt, "sqrt needs its output"},
                                {sigmoid, "sigmoid needs its output"}}) {
    const Tensor y = f(x);
    y.detach().mul_(2);
    EXPECT_TRUE(throws<GraphError>([&] { sum(y).backward(); }, {text, "of shape (2,)"}));
    EXPECT_FALSE(x.grad().defined());
  }
  const Tensor y = sin(x);
  y.detach().mul_(2);
  EXPECT_NO_THROW(sum(y).backward());
}

// w * p reads p only for w's gradient: where w wants none, p may change.
TEST(InPlaceChange, OfAValueThatNobodyNeedsIsAllowed) {
  const Tensor w = Tensor::from({3, 5}, {2});
  Tensor p = leaf({1, 2});
  const Tensor y = sum(w * p);
  {
    const NoGradGuard no_grad;
    p.add_(1);
  }
  y.backward();
  EXPECT_EQ(values(p.grad()), (Numbers{3, 5}));
}

TEST(InPlaceChange, ThroughEveryOperation) {
  using Step = void (*)(Tensor&);
  for (const Step step :
       {Step([](Tensor& x) { x.add_(1); }), Step([](Tensor& x) { x.mul_(2); }),
        Step([](Tensor& x) { x.copy_(3); }), Step([](Tensor& x) { x.fill_(4); }),
        Step([](Tensor& x) { x.zero_(); }), Step([](Tensor& x) { x.uniform_(0, 1); })}) {
    const Tensor x = leaf({1, 2});
    const Tensor y = square(x);
    Tensor alias = reshape(x.detach(), {2, 1});
    step(alias);
    EXPECT_TRUE(throws<GraphError>([&] { sum(y).backward(); }, {"square", "version 1"}));
  }
}

// As in PyTorch: the price of a plain pointer.
TEST(InPlaceChange, ThroughDataIsNotSeen) {
  Tensor x = leaf({1, 2});
  const Tensor y = sum(square(x));
  x.data()[0] = 10;
  y.backward();
  EXPECT_EQ(values(x.grad()), (Numbers{20, 4}));
}

// ---- Refusals ----------------------------------------------------------------------------------

TEST(Backward, RefusesWhatItCannotDo) {
  const Tensor x = leaf({1, 2});
  sum(x).backward();
  const Tensor y = x * x;
  const auto unchanged = [&] { EXPECT_EQ(values(x.grad()), (Numbers{1, 1})); };
  EXPECT_TRUE(throws<ShapeError>([&] { y.backward(); }, {"backward", "(2,)", "single number"}));
  unchanged();
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        y.backward(ones({2, 1}));
      },
      {"gradient of shape (2, 1)", "tensor's shape (2,)"}));
  unchanged();
  EXPECT_TRUE(throws<ShapeError>([&] { y.backward(Tensor(1.0)); }, {"of shape ()", "(2,)"}));
  unchanged();
  EXPECT_TRUE(throws<GraphError>([&] { y.backward(Tensor()); }, {"undefined"}));
  unchanged();
  EXPECT_TRUE(throws<GraphError>([] { ones({}).backward(); },
                                 {"backward", "()", "does not depend on any tensor"}));
  EXPECT_TRUE(throws<GraphError>([&] { sum(y.detach()).backward(); }, {"does not depend"}));
  y.backward(ones({2}));  // none of them has harmed the graph
  EXPECT_EQ(values(x.grad()), (Numbers{3, 5}));
}

// A derivative that throws half-way, before and after the leaf `near` has its whole gradient: what
// was found by then is dropped.
TEST(Backward, AThrowInADerivativeLeavesAllGradients) {
  for (const bool near_comes_first : {false, true}) {
    const Tensor near = leaf({1, 2});
    const Tensor far = leaf({3, 4});
    sum(near + far).backward();
    Tensor y = Tensor::from(values(far), far.shape());
    counted_calls = 0;
    record("failing", y, {&far}, save_nothing, [](Node& out) {
      contribute(out.input(0));
      throw Error("planted");
    });
    Tensor kept = y * 1;
    kept.retain_grad();
    const Tensor easy = sum(counted(near));
    const Tensor hard = sum(kept) + sum(far);
    const Tensor result = near_comes_first ? hard + easy : easy + hard;
    EXPECT_TRUE(throws<Error>([&] { result.backward(); }, {"planted"}));
    EXPECT_EQ(counted_calls, near_comes_first ? 1 : 0);
    EXPECT_EQ(values(near.grad()), (Numbers{1, 1}));
    EXPECT_EQ(values(far.grad()), (Numbers{1, 1}));
    EXPECT_FALSE(kept.grad().defined());
    // Nothing is left over that the next pass would add.
    sum(near * 3 + far * 4).backward();
    EXPECT_EQ(values(near.grad()), (Numbers{4, 4}));
    EXPECT_EQ(values(far.grad()), (Numbers{5, 5}));
  }
}

TEST(Backward, InsideANoGradGuard) {
  const Tensor x = leaf({1, 2});
  const Tensor y = sum(x * x);
  const NoGradGuard no_grad;
  y.backward();
  EXPECT_EQ(values(x.grad()), (Numbers{2, 4}));
}

}  // namespace
}  // namespace autograd
