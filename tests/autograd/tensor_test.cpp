#include "autograd/tensor.h"

#include <limits>
#include <span>

#include "tests/tensors.h"

namespace autograd {
namespace {

using tensors::equal;
using tensors::near;
using tensors::same_node;
using tensors::throws;
using tensors::values;

using Numbers = std::vector<double>;

constexpr double infinity = std::numeric_limits<double>::infinity();
const double nan = std::numeric_limits<double>::quiet_NaN();

std::uint32_t version(const Tensor& x) { return x.node().value->version; }

// ---- Making tensors ----------------------------------------------------------------------------

TEST(Tensor, FromIsRowMajor) {
  const Tensor x = Tensor::from({1, 2, 3, 4, 5, 6}, {2, 3});
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.rank(), 2);
  EXPECT_EQ(x.numel(), 6);
  EXPECT_EQ(x.size(0), 2);
  EXPECT_EQ(x.size(-1), 3);
  EXPECT_EQ(values(x), (Numbers{1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(x.is_leaf());
  EXPECT_FALSE(x.requires_grad());
  EXPECT_FALSE(x.grad().defined());
}

TEST(Tensor, FromRoundsOnce) {
  const Numbers thirds{1.0 / 3, 1e-50, 1e300};
  const Tensor x = Tensor::from(std::span<const double>(thirds), {3});
  for (Index i = 0; i < 3; ++i) {
    EXPECT_EQ(x.data()[i], static_cast<real>(thirds[static_cast<std::size_t>(i)]));
  }
}

TEST(Tensor, FromWantsAsManyValuesAsTheShape) {
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        Tensor::from({1, 2, 3}, {2, 2});
      },
      {"from: 3 values do not fill shape (2, 2)"}));
  EXPECT_TRUE(throws<ShapeError>([] { Tensor::from({1, 2}, {}); }, {"2 values", "()"}));
  EXPECT_EQ(Tensor::from(std::initializer_list<double>{}, {0, 4}).numel(), 0);
}

TEST(Tensor, ANumberIsATensorOfRankZero) {
  const Tensor x = 2.5;
  EXPECT_EQ(x.shape(), Shape());
  EXPECT_EQ(x.item(), 2.5);
}

TEST(Tensor, EmptyIsALeafOfItsShape) {
  const Tensor x = Tensor::empty({3, 4});
  EXPECT_EQ(x.shape(), (Shape{3, 4}));
  EXPECT_TRUE(x.is_leaf());
#ifndef NDEBUG
  for (const double value : values(x)) EXPECT_TRUE(std::isnan(value));
#endif
}

TEST(Tensor, AnUndefinedOneIsRefusedByAll) {
  const Tensor none;
  Tensor x = ones({2});
  EXPECT_FALSE(none.defined());
  EXPECT_TRUE(x.defined());
  const auto refused = [](auto f) {
    EXPECT_TRUE(throws<GraphError>(f, {"undefined", "a gradient that was never computed?"}));
  };
  refused([&] { none.shape(); });
  refused([&] { none.numel(); });
  refused([&] { none.data(); });
  refused([&] { none.item(); });
  refused([&] { none.requires_grad(); });
  refused([&] { none.grad(); });
  refused([&] { none.detach(); });
  refused([&] { none.clone(); });
  refused([&] { none.backward(); });
  refused([&] { Tensor().requires_grad_(); });
  refused([&] { Tensor().zero_grad(); });
  refused([&] { Tensor().retain_grad(); });
  refused([&] { Tensor().zero_(); });
  refused([&] { Tensor().uniform_(0, 1); });
  refused([&] { x.add_(none); });
  refused([&] { x.copy_(none); });
  refused([&] { x.grad().item(); });
  EXPECT_TRUE(throws<GraphError>([&] { x* x.grad(); }, {"mul: argument 2 is an undefined"}));
  EXPECT_EQ(values(x), (Numbers{1, 1}));
  EXPECT_EQ(version(x), 0U);
}

TEST(Factories, FillWithOneNumber) {
  EXPECT_EQ(values(zeros({2, 2})), (Numbers{0, 0, 0, 0}));
  EXPECT_EQ(values(ones({3})), (Numbers{1, 1, 1}));
  EXPECT_EQ(values(full({2}, -2.5)), (Numbers{-2.5, -2.5}));
  EXPECT_EQ(full({}, 7).item(), 7);
  EXPECT_EQ(full({}, 0.1).item(), static_cast<double>(static_cast<real>(0.1)));
  EXPECT_EQ(zeros({4, 0, 2}).numel(), 0);
}

TEST(Factories, ArangeStopsBelowTheEnd) {
  EXPECT_EQ(values(arange(0, 4)), (Numbers{0, 1, 2, 3}));
  EXPECT_EQ(values(arange(1, 2, 0.25)), (Numbers{1, 1.25, 1.5, 1.75}));
  EXPECT_EQ(values(arange(1, 2.1, 0.5)), (Numbers{1, 1.5, 2}));
  EXPECT_EQ(values(arange(3, 0, -1)), (Numbers{3, 2, 1}));
  EXPECT_EQ(arange(2, 2).shape(), Shape{0});
  EXPECT_EQ(arange(2, 0).shape(), Shape{0});
  // Computed from the start, not by repeated addition.
  EXPECT_EQ(arange(0, 100, 0.1).data()[777], static_cast<real>(777 * 0.1));
}

TEST(Factories, ArangeRefusesWhatItCannotCount) {
  for (const auto& [start, end, step] :
       std::vector<std::array<double, 3>>{{0, 1, 0},
                                          {0, 0, 0},
                                          {0, infinity, 1},
                                          {nan, 1, 1},
                                          {0, 1, nan},
                                          {-infinity, infinity, 1}}) {
    EXPECT_TRUE(throws<ValueError>([&, a = start, b = end, s = step] { arange(a, b, s); },
                                   {"arange: cannot count from"}))
        << start << " " << end << " " << step;
  }
  EXPECT_TRUE(throws<ShapeError>([] { arange(0, 1e18); }, {"arange"}));
}

TEST(Factories, LinspaceHasBothEnds) {
  EXPECT_EQ(values(linspace(0, 1, 5)), (Numbers{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(values(linspace(2, -2, 3)), (Numbers{2, 0, -2}));
  EXPECT_EQ(values(linspace(3, 9, 1)), (Numbers{3}));
  EXPECT_EQ(linspace(0, 1, 0).shape(), Shape{0});
  for (const Index n : {3, 7, 10, 200, 1000}) {
    const Tensor x = linspace(0, 0.7, n);
    EXPECT_EQ(x.data()[0], 0);
    EXPECT_EQ(x.data()[n - 1], static_cast<real>(0.7)) << n;
  }
  EXPECT_TRUE(throws<ValueError>([] { linspace(0, 1, -2); }, {"linspace", "-2"}));
}

TEST(Tensor, ItemIsTheOnlyElement) {
  EXPECT_EQ(Tensor::from({3}, {1, 1, 1}).item(), 3);
  EXPECT_TRUE(throws<ShapeError>([] { ones({2}).item(); }, {"item", "(2,)"}));
  EXPECT_TRUE(throws<ShapeError>([] { zeros({0}).item(); }, {"item", "(0,)"}));
}

// ---- Sharing -----------------------------------------------------------------------------------

TEST(Sharing, ACopyOfAHandleIsTheSameTensor) {
  const Tensor x = ones({2}).requires_grad_();
  Tensor y = x;
  EXPECT_TRUE(same_node(x, y));
  y.data()[0] = 5;
  EXPECT_EQ(x.data()[0], 5);
  sum(x).backward();
  EXPECT_TRUE(y.grad().defined());
}

TEST(Sharing, DetachSharesValuesAndVersionButNotTheGraph) {
  const Tensor x = ones({2}).requires_grad_();
  const Tensor y = x * 2;
  Tensor d = y.detach();
  EXPECT_FALSE(d.requires_grad());
  EXPECT_TRUE(d.is_leaf());
  EXPECT_FALSE(same_node(d, y));
  d.fill_(7);
  EXPECT_EQ(values(y), (Numbers{7, 7}));
  EXPECT_EQ(version(y), 1U);
}

TEST(Sharing, CloneSharesNothingAndLetsGradientsThrough) {
  const Tensor x = Tensor::from({1, 2}, {2}).requires_grad_();
  const Tensor y = x.clone();
  EXPECT_NE(x.data(), y.data());
  EXPECT_TRUE(equal(x, y));
  sum(y * Tensor::from({3, 5}, {2})).backward();
  EXPECT_EQ(values(x.grad()), (Numbers{3, 5}));
  Tensor z = Tensor::from({1, 2}, {2}).clone();
  EXPECT_FALSE(z.requires_grad());
  z.zero_();
  EXPECT_EQ(version(z), 1U);
}

TEST(Sharing, GradSharesMemoryWithTheEngine) {
  Tensor x = ones({2}).requires_grad_();
  sum(x).backward();
  x.grad().mul_(3);
  EXPECT_EQ(values(x.grad()), (Numbers{3, 3}));
  const Tensor seen = x.grad();
  sum(x).backward();
  EXPECT_EQ(values(seen), (Numbers{4, 4}));
  x.zero_grad();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_EQ(values(seen), (Numbers{4, 4}));
}

// ---- In place ----------------------------------------------------------------------------------

TEST(InPlace, ChangesValuesAndRaisesTheVersion) {
  Tensor x = Tensor::from({1, 2}, {2});
  EXPECT_EQ(version(x), 0U);
  EXPECT_TRUE(same_node(x.add_(Tensor::from({10, 20}, {2})), x));
  EXPECT_EQ(values(x), (Numbers{11, 22}));
  EXPECT_TRUE(same_node(x.mul_(Tensor::from({2, 3}, {2})), x));
  EXPECT_EQ(values(x), (Numbers{22, 66}));
  EXPECT_TRUE(same_node(x.copy_(Tensor::from({5, 6}, {2})), x));
  EXPECT_EQ(values(x), (Numbers{5, 6}));
  EXPECT_TRUE(same_node(x.fill_(9), x));
  EXPECT_EQ(values(x), (Numbers{9, 9}));
  EXPECT_TRUE(same_node(x.zero_(), x));
  EXPECT_EQ(values(x), (Numbers{0, 0}));
  EXPECT_EQ(version(x), 5U);
  EXPECT_TRUE(same_node(x.uniform_(2, 3), x));
  for (const double value : values(x)) {
    EXPECT_GE(value, 2);
    EXPECT_LT(value, 3);
  }
  EXPECT_EQ(version(x), 6U);
}

TEST(InPlace, TheOtherIsBroadcast) {
  Tensor x = Tensor::from({1, 2, 3, 4, 5, 6}, {2, 3});
  x.add_(10);
  EXPECT_EQ(values(x), (Numbers{11, 12, 13, 14, 15, 16}));
  x.mul_(Tensor::from({1, 0, 2}, {3}));
  EXPECT_EQ(values(x), (Numbers{11, 0, 26, 14, 0, 32}));
  x.copy_(Tensor::from({7, 8}, {2, 1}));
  EXPECT_EQ(values(x), (Numbers{7, 7, 7, 8, 8, 8}));
}

TEST(InPlace, WithItself) {
  Tensor x = Tensor::from({1, 2, 3}, {3});
  x.add_(x);
  EXPECT_EQ(values(x), (Numbers{2, 4, 6}));
  x.mul_(x);
  EXPECT_EQ(values(x), (Numbers{4, 16, 36}));
  x.copy_(x);
  EXPECT_EQ(values(x), (Numbers{4, 16, 36}));
  Tensor row = reshape(x, {1, 3});  // the same memory in another shape
  row.add_(x);
  EXPECT_EQ(values(x), (Numbers{8, 32, 72}));
}

TEST(InPlace, OnNoElements) {
  Tensor x = zeros({0, 3});
  x.add_(1).mul_(ones({3})).copy_(ones({1, 3})).fill_(2).uniform_(0, 1);
  EXPECT_EQ(x.numel(), 0);
}

// One refused call: its type and text, and that neither value nor version nor stream has changed.
template <class E, class F>
void refused(Tensor x, F f, std::initializer_list<const char*> text) {
  manual_seed(5);
  const Numbers before = values(x);
  const std::uint32_t version_before = version(x);
  EXPECT_TRUE(throws<E>([&] { f(x); }, text));
  EXPECT_EQ(values(x), before);
  EXPECT_EQ(version(x), version_before);
  const double next = rand({1}).item();
  manual_seed(5);
  EXPECT_EQ(rand({1}).item(), next);
}

TEST(InPlace, RefusesWhatDoesNotBroadcastIntoTheShape) {
  const Tensor x = Tensor::from({1, 2}, {2});
  const Tensor large = ones({3, 2});
  refused<ShapeError>(x, [&](Tensor& y) { y.add_(large); },
                      {"add_: shape (3, 2) does not broadcast to (2,)"});
  refused<ShapeError>(x, [&](Tensor& y) { y.mul_(large); }, {"mul_: shape (3, 2)"});
  refused<ShapeError>(x, [&](Tensor& y) { y.copy_(large); }, {"copy_: shape (3, 2)"});
  refused<ShapeError>(x, [](Tensor& y) { y.add_(ones({3})); }, {"add_", "(2,)", "(3,)"});
}

TEST(InPlace, RefusesTensorsThatRequireAGradient) {
  const Tensor p = Tensor::from({1, 2}, {2}).requires_grad_();
  const Tensor y = p * 2;
  for (const Tensor& x : {p, y}) {
    refused<GraphError>(x, [](Tensor& z) { z.add_(1); }, {"add_", "(2,)", "NoGradGuard"});
    refused<GraphError>(x, [](Tensor& z) { z.mul_(1); }, {"mul_", "NoGradGuard"});
    refused<GraphError>(x, [](Tensor& z) { z.copy_(1); }, {"copy_", "NoGradGuard"});
    refused<GraphError>(x, [](Tensor& z) { z.fill_(1); }, {"fill_", "NoGradGuard"});
    refused<GraphError>(x, [](Tensor& z) { z.zero_(); }, {"fill_", "NoGradGuard"});
    refused<GraphError>(x, [](Tensor& z) { z.uniform_(0, 1); }, {"uniform_", "NoGradGuard"});
  }
  const Tensor data = ones({2});
  refused<GraphError>(data, [&](Tensor& z) { z.add_(p); }, {"add_", "requires a gradient"});
  refused<GraphError>(data, [&](Tensor& z) { z.copy_(y); }, {"copy_", "requires a gradient"});
}

TEST(InPlace, InsideANoGradGuardAllAreAllowed) {
  Tensor p = Tensor::from({1, 2}, {2}).requires_grad_();
  const NoGradGuard no_grad;
  p.add_(p * 2);
  EXPECT_EQ(values(p), (Numbers{3, 6}));
  p.uniform_(5, 6);
  EXPECT_GE(p.data()[1], 5);
  EXPECT_TRUE(p.is_leaf());
  EXPECT_TRUE(p.requires_grad());
}

TEST(InPlace, UniformRefusesAnEmptyOrUnboundedRange) {
  const Tensor x = ones({3});
  refused<ValueError>(x, [](Tensor& y) { y.uniform_(1, 0); }, {"uniform_: cannot draw from [1"});
  refused<ValueError>(x, [](Tensor& y) { y.uniform_(0, infinity); }, {"uniform_"});
  refused<ValueError>(x, [](Tensor& y) { y.uniform_(nan, 1); }, {"uniform_"});
  refused<ValueError>(x, [](Tensor& y) { y.uniform_(-1e300, 1e300); }, {"uniform_"});
  Tensor y = ones({3});
  EXPECT_EQ(values(y.uniform_(2, 2)), (Numbers{2, 2, 2}));
}

// ---- Who requires a gradient -------------------------------------------------------------------

TEST(RequiresGrad, IsPassedOn) {
  const Tensor x = ones({2}).requires_grad_();
  EXPECT_TRUE(x.requires_grad());
  EXPECT_TRUE(x.is_leaf());
  const Tensor y = ones({2}) + x;
  EXPECT_TRUE(y.requires_grad());
  EXPECT_FALSE(y.is_leaf());
  EXPECT_FALSE((ones({2}) + ones({2})).requires_grad());
}

TEST(RequiresGrad, OnlyLeavesAreSwitched) {
  Tensor x = ones({2});
  x.requires_grad_();
  x.requires_grad_(false);
  EXPECT_FALSE(x.requires_grad());
  x.requires_grad_(true);
  Tensor y = x * 2;
  EXPECT_TRUE(throws<GraphError>([&] { y.requires_grad_(false); }, {"requires_grad_", "leaves"}));
  EXPECT_TRUE(throws<GraphError>([&] { y.requires_grad_(true); }, {"(2,)", "detach() first"}));
  EXPECT_TRUE(y.requires_grad());
  sum(y).backward();  // y's graph is gone, but y is no leaf
  EXPECT_FALSE(y.is_leaf());
  EXPECT_TRUE(throws<GraphError>([&] { y.requires_grad_(false); }, {"requires_grad_"}));
  Tensor z = ones({2}) * 2;
  EXPECT_TRUE(z.is_leaf());
  EXPECT_TRUE(z.requires_grad_().requires_grad());
}

TEST(RequiresGrad, RetainGradWantsOneThatDoes) {
  EXPECT_TRUE(throws<GraphError>([] { ones({2}).retain_grad(); },
                                 {"retain_grad", "(2,)", "does not require a gradient"}));
}

TEST(NoGrad, RecordsNothing) {
  const Tensor x = ones({2}).requires_grad_();
  {
    const NoGradGuard no_grad;
    EXPECT_FALSE(grad_enabled());
    const Tensor y = x * 2;
    EXPECT_FALSE(y.requires_grad());
    EXPECT_TRUE(y.is_leaf());
    { const NoGradGuard nested; }
    EXPECT_FALSE((x + 1).requires_grad());
  }
  EXPECT_TRUE(grad_enabled());
  EXPECT_TRUE((x * 2).requires_grad());
}

TEST(NoGrad, AnExceptionEndsItToo) {
  try {
    const NoGradGuard no_grad;
    Tensor::from({1, 2}, {3});
  } catch (const ShapeError&) {
  }
  EXPECT_TRUE(grad_enabled());
}

}  // namespace
}  // namespace autograd
