#include "support.h"

// Broadcasting in all its kinds: of the operands of add, sub, mul and div, by expand, and on plain
// arrays; and its adjoint, which is what gradients of broadcast operands are.

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

// --- Two operands -------------------------------------------------------------------------------

struct Binary {
  const char* name;
  Tensor (*f)(Tensor, Tensor);
  double (*value)(double a, double b);
  double (*slope_a)(double a, double b);
  double (*slope_b)(double a, double b);
};

const Binary binaries[] = {
    {"add", add, [](double a, double b) { return a + b; }, [](double, double) { return 1.0; },
     [](double, double) { return 1.0; }},
    {"sub", sub, [](double a, double b) { return a - b; }, [](double, double) { return 1.0; },
     [](double, double) { return -1.0; }},
    {"mul", mul, [](double a, double b) { return a * b; }, [](double, double b) { return b; },
     [](double a, double) { return a; }},
    {"div", div, [](double a, double b) { return a / b; }, [](double, double b) { return 1 / b; },
     [](double a, double b) { return -a / (b * b); }},
};

// Value and both gradients of f(a, b), element by element from NumPy's rule. The k epsilons allow
// for three roundings of each term and for those of a sum of up to 65.
void expect_textbook(const Binary& op, const Shape& a_shape, const Shape& b_shape) {
  SCOPED_TRACE(std::string(op.name) + " of " + to_string(a_shape) + " and " + to_string(b_shape));
  Tensor a = whole_numbers(a_shape, 1).requires_grad_();
  Tensor b = whole_numbers(b_shape, 2).requires_grad_();
  const Tensor y = op.f(a, b);
  const Shape shape = broadcast("test", a_shape, b_shape);
  ASSERT_EQ(y.shape(), shape);
  const Tensor dy = whole_numbers(shape, 3);
  std::vector<double> value(at(shape.numel()));
  std::vector<double> da(at(a.numel())), da_terms = da, db(at(b.numel())), db_terms = db;
  for (Index i = 0; i < shape.numel(); ++i) {
    const std::size_t in_a = at(repeated_from(i, shape, a_shape));
    const std::size_t in_b = at(repeated_from(i, shape, b_shape));
    const double p = values(a)[in_a];
    const double q = values(b)[in_b];
    const double g = values(dy)[at(i)];
    value[at(i)] = op.value(p, q);
    da[in_a] += g * op.slope_a(p, q);
    da_terms[in_a] += std::abs(g * op.slope_a(p, q));
    db[in_b] += g * op.slope_b(p, q);
    db_terms[in_b] += std::abs(g * op.slope_b(p, q));
  }
  EXPECT_TRUE(within(1, y, value));
  y.backward(dy);
  ASSERT_EQ(a.grad().shape(), a_shape);
  ASSERT_EQ(b.grad().shape(), b_shape);
  const double k = op.f == div ? 68 : 0;  // whole numbers are exact, except in quotients
  EXPECT_TRUE(within(k, a.grad(), da, da_terms));
  EXPECT_TRUE(within(k, b.grad(), db, db_terms));
}

// All pairs of shapes that broadcast to a part of (2, 3, 2, 3).
TEST(Broadcasting, OperandsInEveryWay) {
  const std::vector<Shape> shapes = shapes_that_broadcast_to({2, 3, 2, 3});
  ASSERT_EQ(shapes.size(), 31u);
  for (const Binary& op : binaries) {
    for (const Shape& a : shapes) {
      for (const Shape& b : shapes) expect_textbook(op, a, b);
    }
  }
}

TEST(Broadcasting, OperandsAtAllLengths) {
  for (const Binary& op : binaries) {
    for (const Index n : lengths) {
      expect_textbook(op, {n}, {n});
      expect_textbook(op, {3, n}, {n});
      expect_textbook(op, {3, n}, {1, n});
      expect_textbook(op, {3, n}, {3, 1});
      expect_textbook(op, {n, 2}, {n, 1});
      expect_textbook(op, {n, 1}, {1, 3});
      expect_textbook(op, {}, {n});
      expect_textbook(op, {1, 1}, {n});
    }
  }
}

TEST(Broadcasting, OperandsOfZeroRows) {
  for (const Binary& op : binaries) {
    for (const Shape& a : {Shape{0, 3}, Shape{1, 3}, Shape{3}, Shape{}, Shape{0, 1}}) {
      expect_textbook(op, a, {0, 3});
      expect_textbook(op, {0, 3}, a);
    }
    expect_textbook(op, {1, 0}, {3, 1});
    expect_textbook(op, {1, 0}, {0, 0});
    expect_textbook(op, {2, 1, 0}, {1, 5, 1});
  }
}

TEST(Broadcasting, RefusesShapesThatDoNotBroadcast) {
  const char* names[] = {"add: ", "sub: ", "mul: ", "div: "};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto f = binaries[i].f;
    EXPECT_TRUE(throws<ShapeError>(
        [&] {
          f(zeros({2, 3}), zeros({4, 3}));
        },
        {names[i], "(2, 3)", "(4, 3)", "do not broadcast", "dimension -2 has sizes 2 and 4"}));
    EXPECT_TRUE(throws<ShapeError>([&] { f(zeros({2}), zeros({3})); }, {"(2,)", "(3,)"}));
    EXPECT_TRUE(throws<ShapeError>([&] { f(zeros({0}), zeros({2})); }, {"sizes 0 and 2"}));
  }
}

TEST(Broadcasting, RefusesMoreThanTheLargestShape) {
  EXPECT_TRUE(throws<ShapeError>([] { Shape{1, 1, 1, 1, 1}; }, {"at most 4 dimensions"}));
  const Tensor row = zeros({1, 1 << 18}), column = zeros({(1 << 18) + 1, 1});
  EXPECT_TRUE(throws<ShapeError>([&] { row + column; }, {"more than 2^36 elements"}));
}

// --- Expand -------------------------------------------------------------------------------------

TEST(Expand, RepeatsInEveryWay) {
  for (const Shape& to : {Shape{2, 3, 2, 5}, Shape{3, 1, 4}, Shape{2, 33}, Shape{1, 1}, Shape{7}}) {
    for (const Shape& from : shapes_that_broadcast_to(to)) {
      SCOPED_TRACE(to_string(from) + " to " + to_string(to));
      const Tensor x = whole_numbers(from);
      const Tensor y = expand(x, to);
      ASSERT_EQ(y.shape(), to);
      for (Index i = 0; i < to.numel(); ++i) {
        ASSERT_EQ(y.data()[i], x.data()[repeated_from(i, to, from)]);
      }
      EXPECT_TRUE(backward_is_adjoint([&](const Tensor& t) { return expand(t, to); }, from));
    }
  }
}

TEST(Expand, AtAllLengths) {
  for (const Index n : lengths) {
    EXPECT_TRUE(equal(expand(Tensor(2.0), {n}), full({n}, 2)));
    EXPECT_TRUE(
        equal(expand(whole_numbers({n}), {3, n}),
              cat({expand(whole_numbers({n}), {1, n}), expand(whole_numbers({n}), {2, n})}, 0)));
    EXPECT_TRUE(equal(expand(whole_numbers({n, 1}), {n, 2}),
                      cat({whole_numbers({n, 1}), whole_numbers({n, 1})}, 1)));
    for (const Shape& from : {Shape{n}, Shape{1, n}, Shape{3, 1}, Shape{}}) {
      EXPECT_TRUE(backward_is_adjoint([&](const Tensor& t) { return expand(t, {3, n}); }, from));
    }
  }
}

TEST(Expand, ZeroRows) {
  for (const Shape& from : {Shape{}, Shape{1, 3}, Shape{3}, Shape{0, 3}, Shape{1, 1}}) {
    EXPECT_EQ(expand(ones(from), {0, 3}).shape(), (Shape{0, 3}));
    const auto f = [](const Tensor& x) { return expand(x, {0, 3}); };
    EXPECT_TRUE(equal(gradient(f, ones(from), zeros({0, 3})), zeros(from)));
  }
  const auto f = [](const Tensor& x) { return expand(x, {4, 0}); };
  EXPECT_EQ(gradient(f, zeros({1, 0}), zeros({4, 0})).shape(), (Shape{1, 0}));
}

TEST(Expand, RefusesOtherShapes) {
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        expand(zeros({2, 3}), {3});
      },
      {"expand: ", "(2, 3)", "(3,)", "does not broadcast"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        expand(zeros({2, 3}), {1, 3});
      },
      {"expand: ", "(2, 3)", "(1, 3)", "does not broadcast"}));
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        expand(zeros({2, 3}), {4, 3});
      },
      {"expand: ", "(2, 3)", "(4, 3)", "do not broadcast"}));
}

// The two on plain arrays: <expand_to x, y> = <x, sum_to y>, exactly.
TEST(Broadcasting, SumIsTheAdjointOfExpand) {
  std::uint32_t seed = 1;
  for (const Shape& to : {Shape{2, 3, 2, 5}, Shape{65}, Shape{3, 17}, Shape{17, 3}, Shape{0, 3}}) {
    for (const Shape& from : shapes_that_broadcast_to(to)) {
      SCOPED_TRACE(to_string(from) + " to " + to_string(to));
      const Tensor x = whole_numbers(from, ++seed), y = whole_numbers(to, ++seed);
      Tensor big = full(to, nan), small = full(from, nan);
      expand_to(to, x.data(), from, big.data());
      sum_to(from, y.data(), to, small.data(), false);
      EXPECT_EQ(dot(big, y), dot(x, small));
      for (Index i = 0; i < to.numel(); ++i) {
        ASSERT_EQ(big.data()[i], x.data()[repeated_from(i, to, from)]);
      }
      Tensor twice = small.clone();
      sum_to(from, y.data(), to, twice.data(), true);
      EXPECT_TRUE(equal(twice, 2 * small));
    }
  }
}

}  // namespace
}  // namespace autograd
