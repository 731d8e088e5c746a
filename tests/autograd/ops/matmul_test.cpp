#include "autograd/ops/matmul.h"

#include "support.h"

namespace autograd {
namespace {

using namespace testing;
using tensors::equal;
using tensors::throws;
using tensors::values;

double element(const Tensor& x, Index i, Index j) {
  return static_cast<double>(x.data()[i * x.size(1) + j]);
}

// A product from its definition, in double, and the sum of absolute terms of each element.
struct Product {
  Product(const Tensor& a, const Tensor& b) {
    const Index m = a.size(0), k = a.size(1), n = b.size(1);
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < n; ++j) {
        double sum = 0, size = 0;
        for (Index p = 0; p < k; ++p) {
          sum += element(a, i, p) * element(b, p, j);
          size += std::abs(element(a, i, p) * element(b, p, j));
        }
        value.push_back(sum);
        terms.push_back(size);
      }
    }
  }
  std::vector<double> value, terms;
};

// A sum of k products in any order is off by at most k roundings, of half an epsilon of the
// absolute terms each; so is the definition, in double.
double bound(Index k) { return static_cast<double>(k + 1); }

struct Sizes {
  Index m, k, n;
};

// All combinations around the widths of vectors and the tiles of the product.
std::vector<Sizes> sizes() {
  std::vector<Sizes> all;
  for (const Index m : {1, 2, 7, 13, 33}) {
    for (const Index k : {1, 3, 16, 17, 65}) {
      for (const Index n : {1, 2, 4, 5, 15, 16, 33, 64, 65}) all.push_back({m, k, n});
    }
  }
  for (const Index n : lengths) all.insert(all.end(), {{n, 3, 2}, {3, n, 2}, {2, 3, n}, {n, n, n}});
  return all;
}

TEST(Matmul, ValuesAndGradientsFromTheDefinition) {
  for (const auto [m, k, n] : sizes()) {
    SCOPED_TRACE("m " + std::to_string(m) + ", k " + std::to_string(k) + ", n " +
                 std::to_string(n));
    const Tensor a = leaf(numbers({m, k}, -2, 2, 1)), b = leaf(numbers({k, n}, -2, 2, 2));
    const Tensor dc = numbers({m, n}, -2, 2, 3);
    const Tensor c = matmul(a, b);
    ASSERT_EQ(c.shape(), (Shape{m, n}));
    const Product expected(a, b);
    EXPECT_TRUE(within(bound(k), c, expected.value, expected.terms));
    c.backward(dc);
    const Product da(dc, transpose(b.detach())), db(transpose(a.detach()), dc);
    EXPECT_TRUE(within(bound(n), a.grad(), da.value, da.terms));
    EXPECT_TRUE(within(bound(m), b.grad(), db.value, db.terms));
  }
}

TEST(Matmul, TheBoundSeesAMissingTerm) {
  const Tensor a = numbers({1, 65}, -2, 2, 1), b = numbers({65, 1}, -2, 2, 2);
  const Product right(a, b);
  for (Index p = 0; p < 65; ++p) {
    const double term = element(a, 0, p) * element(b, p, 0);
    if (std::abs(term) < 0.01) continue;
    EXPECT_FALSE(within(bound(65), Tensor(right.value[0] - term), right.value, right.terms));
  }
}

TEST(Matmul, WholeNumbersAreExact) {
  for (const Index n : lengths) {
    const Tensor a = whole_numbers({n, n}), b = whole_numbers({n, n}, 2);
    EXPECT_TRUE(has_values(matmul(a, b), Product(a, b).value));
    // (A B)^T = B^T A^T
    EXPECT_TRUE(equal(transpose(matmul(a, b)), matmul(transpose(b), transpose(a))));
  }
  EXPECT_TRUE(has_values(matmul(Tensor::from({1, 2, 3, 4}, {2, 2}), Tensor::from({5, 6}, {2, 1})),
                         {17, 39}));
}

// d<A A, Y> = Y A^T + A^T Y
TEST(Matmul, TheSameTensorTwice) {
  for (const Index n : {1, 3, 8, 17, 33}) {
    const Tensor a = whole_numbers({n, n}), y = whole_numbers({n, n}, 2);
    const auto square_of = [](const Tensor& x) { return matmul(x, x); };
    EXPECT_TRUE(
        equal(gradient(square_of, a, y), matmul(y, transpose(a)) + matmul(transpose(a), y)));
  }
}

TEST(Matmul, NoRowsColumnsOrTerms) {
  EXPECT_TRUE(equal(matmul(zeros({2, 0}), zeros({0, 3})), zeros({2, 3})));
  EXPECT_EQ(matmul(zeros({0, 2}), zeros({2, 3})).shape(), (Shape{0, 3}));
  EXPECT_EQ(matmul(zeros({2, 3}), zeros({3, 0})).shape(), (Shape{2, 0}));
  const auto times = [](const Tensor& b) { return [b](const Tensor& a) { return matmul(a, b); }; };
  EXPECT_TRUE(equal(gradient(times(zeros({3, 0})), ones({2, 3}), zeros({2, 0})), zeros({2, 3})));
  EXPECT_EQ(gradient(times(zeros({0, 3})), zeros({2, 0}), ones({2, 3})).shape(), (Shape{2, 0}));
  EXPECT_EQ(gradient(times(ones({3, 2})), zeros({0, 3}), zeros({0, 2})).shape(), (Shape{0, 3}));
}

// As in PyTorch: 0 times infinity is NaN, in its own row and column only.
TEST(Matmul, NanAndInfinity) {
  for (const Index n : {3, 9, 33}) {
    Tensor a = ones({n, n}), b = ones({n, n});
    a.data()[0 * n + 1] = static_cast<real>(nan);
    a.data()[1 * n + 2] = static_cast<real>(infinity);
    a.data()[2 * n + 0] = static_cast<real>(infinity);
    b.data()[0] = 0;
    const Tensor c = matmul(a, b);
    EXPECT_TRUE(std::isnan(element(c, 0, n - 1)));
    EXPECT_EQ(element(c, 1, n - 1), infinity);
    EXPECT_TRUE(std::isnan(element(c, 2, 0)));
    EXPECT_EQ(element(c, 2, n - 1), infinity);
    EXPECT_EQ(element(c, n - 1, n - 1), n > 3 ? static_cast<double>(n) : infinity);
  }
}

TEST(Matmul, RefusesOtherShapes) {
  const auto refused = [](const Tensor& a, const Tensor& b, const char* one, const char* two) {
    return throws<ShapeError>([&] { matmul(a, b); },
                              {"matmul: shapes ", one, two, "are not (m, k) and (k, n)"});
  };
  const Tensor a = leaf(whole_numbers({2, 3}));
  EXPECT_TRUE(refused(a, zeros({2, 3}), "(2, 3)", "and (2, 3)"));
  EXPECT_TRUE(refused(a, zeros({3}), "(2, 3)", "(3,)"));
  EXPECT_TRUE(refused(zeros({2}), a, "(2,)", "(2, 3)"));
  EXPECT_TRUE(refused(Tensor(1.0), a, "()", "(2, 3)"));
  EXPECT_TRUE(refused(a, zeros({1, 3, 2}), "(2, 3)", "(1, 3, 2)"));
  EXPECT_TRUE(throws<GraphError>([&] { matmul(a, Tensor()); }, {"matmul: argument 2"}));
  EXPECT_TRUE(equal(a, whole_numbers({2, 3})));
  EXPECT_EQ(a.node().references, 1);
}

// --- Linear -------------------------------------------------------------------------------------

Tensor composed(const Inputs& in) { return matmul(in[0], transpose(in[1])) + in[2]; }
Tensor fused(const Inputs& in) { return linear(in[0], in[1], in[2]); }

std::vector<double> absolute(const Tensor& x) {
  std::vector<double> result = values(x);
  for (double& value : result) value = std::abs(value);
  return result;
}

// Two orders of summation, of k products and the bias: k + 2 epsilons of the absolute terms.
TEST(Linear, EqualsTheComposition) {
  for (const auto [batch, in, out] : sizes()) {
    SCOPED_TRACE("batch " + std::to_string(batch) + ", in " + std::to_string(in) + ", out " +
                 std::to_string(out));
    const Inputs inputs = {numbers({batch, in}, -2, 2, 1), numbers({out, in}, -2, 2, 2),
                           numbers({out}, -2, 2, 3)};
    const Tensor dy = numbers({batch, out}, -2, 2, 4);
    const Inputs sizes_of = {abs(inputs[0]), abs(inputs[1]), abs(inputs[2])};
    const auto k = static_cast<double>(std::max({batch, in, out}) + 2);
    EXPECT_TRUE(within(k, fused(inputs), values(composed(inputs)), values(composed(sizes_of))));
    const Inputs ours = gradients(fused, inputs, dy), theirs = gradients(composed, inputs, dy);
    const Inputs terms = gradients(composed, sizes_of, abs(dy));
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_EQ(ours[i].shape(), inputs[i].shape());
      EXPECT_TRUE(within(k, ours[i], values(theirs[i]), absolute(terms[i]))) << "input " << i;
    }
  }
}

TEST(Linear, WholeNumbersAreExact) {
  for (const Index n : lengths) {
    const Inputs inputs = {whole_numbers({3, n}, 1), whole_numbers({n, n}, 2),
                           whole_numbers({n}, 3)};
    const Tensor dy = whole_numbers({3, n}, 4);
    EXPECT_TRUE(equal(fused(inputs), composed(inputs)));
    const Inputs ours = gradients(fused, inputs, dy), theirs = gradients(composed, inputs, dy);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(equal(ours[i], theirs[i])) << "input " << i;
  }
}

TEST(Linear, WithoutABias) {
  const Inputs inputs = {whole_numbers({5, 3}, 1), whole_numbers({2, 3}, 2)};
  const auto f = [](const Inputs& in) { return linear(in[0], in[1]); };
  const auto g = [](const Inputs& in) { return matmul(in[0], transpose(in[1])); };
  EXPECT_TRUE(equal(f(inputs), g(inputs)));
  const Tensor dy = whole_numbers({5, 2}, 3);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(equal(gradients(f, inputs, dy)[i], gradients(g, inputs, dy)[i]));
  }
}

// (..., in) to (..., out): what is in front of the last dimension is the batch.
TEST(Linear, TakesAnyRank) {
  const Tensor weight = whole_numbers({4, 3}, 2), bias = whole_numbers({4}, 3);
  for (const Shape& shape : {Shape{3}, Shape{2, 3}, Shape{2, 5, 3}, Shape{2, 1, 2, 3}}) {
    const Tensor x = whole_numbers(shape, 1);
    const Tensor y = linear(x, weight, bias);
    ASSERT_EQ(y.shape(), shape.with(-1, 4));
    const Tensor flat = linear(reshape(x, {-1, 3}), weight, bias);
    EXPECT_TRUE(has_values(y, values(flat)));
    EXPECT_TRUE(backward_is_adjoint([&](const Tensor& t) { return linear(t, weight); }, shape));
  }
  EXPECT_TRUE(backward_is_adjoint(
      [&](const Tensor& w) {
        return linear(whole_numbers({2, 5, 3}), w);
      },
      {4, 3}));
  EXPECT_TRUE(backward_is_adjoint(
      [&](const Tensor& b) {
        return linear(zeros({2, 5, 3}), weight, b);
      },
      {4}));
}

TEST(Linear, NoRowsColumnsOrTerms) {
  const auto check = [](Index batch, Index in, Index out) {
    SCOPED_TRACE(std::to_string(batch) + ", " + std::to_string(in) + ", " + std::to_string(out));
    const Inputs inputs = {ones({batch, in}), ones({out, in}), whole_numbers({out})};
    EXPECT_TRUE(equal(fused(inputs), composed(inputs)));
    const Tensor dy = ones({batch, out});
    const Inputs ours = gradients(fused, inputs, dy), theirs = gradients(composed, inputs, dy);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(equal(ours[i], theirs[i])) << "input " << i;
  };
  check(0, 3, 2);
  check(3, 0, 2);
  check(3, 2, 0);
  check(0, 0, 2);
  check(0, 0, 0);
}

TEST(Linear, TheSameTensorTwice) {
  const auto f = [](const Tensor& x) { return linear(x, x); };
  const auto g = [](const Tensor& x) { return matmul(x, transpose(x)); };
  for (const Index n : {1, 5, 17}) {
    const Tensor x = whole_numbers({n, 3}), dy = whole_numbers({n, n}, 2);
    EXPECT_TRUE(equal(f(x), g(x)));
    EXPECT_TRUE(equal(gradient(f, x, dy), gradient(g, x, dy)));
  }
}

// Rows do not know of each other: the same bits wherever they stand.
TEST(Linear, APermutedBatchGivesPermutedRows) {
  const Index batch = 29;
  std::vector<Index> order;
  for (Index i = 0; i < batch; ++i) order.push_back(i * 12 % batch);
  for (const Index out : {1, 2, 5, 16, 64}) {
    for (const Index in : {3, 16, 64}) {
      const Tensor x = numbers({batch, in}, -2, 2, 1);
      const Tensor weight = numbers({out, in}, -2, 2, 2), bias = numbers({out}, -2, 2, 3);
      const Tensor y = linear(x, weight, bias);
      EXPECT_TRUE(equal(linear(index_select(x, order), weight, bias), index_select(y, order)));
      EXPECT_FALSE(equal(linear(index_select(x, order), weight, bias), y));
      const Tensor b = transpose(weight);
      EXPECT_TRUE(equal(matmul(index_select(x, order), b), index_select(matmul(x, b), order)));
    }
  }
}

TEST(Linear, RefusesOtherShapes) {
  const Tensor x = leaf(whole_numbers({200, 4}));
  const Tensor weight = zeros({64, 3});
  EXPECT_TRUE(
      throws<ShapeError>([&] { linear(x, weight); },
                         {"linear: input (200, 4) and weight (64, 3): the last dimension of "
                          "input must be 3"}));
  EXPECT_TRUE(throws<ShapeError>([&] { linear(Tensor(1.0), weight); }, {"linear: input ()"}));
  EXPECT_TRUE(throws<ShapeError>([&] { linear(x, zeros({4})); },
                                 {"linear: weight (4,) must be (out, in)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        linear(x, zeros({2, 4}), zeros({3}));
      },
      {"linear: bias (3,) and weight (2, 4): bias must be (2,)"}));
  EXPECT_TRUE(throws<ShapeError>([&] { linear(x, zeros({2, 4}), zeros({1, 2})); }, {"(1, 2)"}));
  EXPECT_TRUE(throws<GraphError>([&] { linear(Tensor(), weight); }, {"linear: argument 1"}));
  EXPECT_TRUE(throws<GraphError>([&] { linear(x, Tensor()); }, {"linear: argument 2"}));
  EXPECT_TRUE(equal(x, whole_numbers({200, 4})));
  EXPECT_EQ(x.node().references, 1);
}

// --- Linear and relu in one node ----------------------------------------------------------------

// Equal bits, so that 0 and -0 differ; NaN equal to NaN.
::testing::AssertionResult same_bits(const Tensor& a, const Tensor& b) {
  if (a.shape() != b.shape()) return ::testing::AssertionFailure() << "other shapes";
  for (Index i = 0; i < a.numel(); ++i) {
    const real x = a.data()[i], y = b.data()[i];
    if (std::isnan(x) && std::isnan(y)) continue;
    if (x == y && std::signbit(x) == std::signbit(y)) continue;
    return ::testing::AssertionFailure() << "element " << i << ": " << x << " and " << y;
  }
  return ::testing::AssertionSuccess();
}

Tensor bias_of(const Inputs& in) { return in.size() > 2 ? in[2] : Tensor(); }
Tensor in_one(const Inputs& in) { return linear_relu(in[0], in[1], bias_of(in)); }
Tensor in_two(const Inputs& in) { return relu(linear(in[0], in[1], bias_of(in))); }

// The value and all gradients of linear_relu are those of relu(linear), bit for bit.
void expect_relu_of_linear(const Inputs& inputs, const Tensor& dy) {
  const Tensor y = in_one(inputs);
  ASSERT_EQ(y.shape(), dy.shape());
  EXPECT_TRUE(same_bits(y, in_two(inputs)));
  const Inputs one = gradients(in_one, inputs, dy), two = gradients(in_two, inputs, dy);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(same_bits(one[i], two[i])) << "input " << i;
  }
}

TEST(LinearRelu, IsReluOfLinearBitForBit) {
  std::vector<Sizes> all = sizes();
  all.insert(all.end(), {{5, 600, 7}, {5, 7, 600}, {33, 513, 17}, {200, 3, 64}, {70, 33, 1600}});
  for (const auto [batch, in, out] : all) {
    SCOPED_TRACE("batch " + std::to_string(batch) + ", in " + std::to_string(in) + ", out " +
                 std::to_string(out));
    const Inputs inputs = {numbers({batch, in}, -2, 2, 1), numbers({out, in}, -2, 2, 2),
                           numbers({out}, -2, 2, 3)};
    const Tensor dy = numbers({batch, out}, -2, 2, 4);
    expect_relu_of_linear(inputs, dy);
    expect_relu_of_linear({inputs[0], inputs[1]}, dy);  // without a bias
  }
}

TEST(LinearRelu, TakesAnyRank) {
  const Tensor weight = numbers({5, 3}, -2, 2, 2), bias = numbers({5}, -1, 1, 3);
  for (const Shape& shape :
       {Shape{3}, Shape{0, 3}, Shape{2, 3}, Shape{2, 5, 3}, Shape{2, 0, 3}, Shape{2, 1, 2, 3}}) {
    expect_relu_of_linear({numbers(shape, -2, 2, 1), weight, bias},
                          numbers(shape.with(-1, 5), -2, 2, 4));
  }
}

TEST(LinearRelu, NoRowsColumnsOrTerms) {
  for (const auto [batch, in, out] :
       {Sizes{0, 3, 2}, Sizes{3, 0, 2}, Sizes{3, 2, 0}, Sizes{0, 0, 2}, Sizes{0, 0, 0}}) {
    expect_relu_of_linear({ones({batch, in}), ones({out, in}), whole_numbers({out})},
                          whole_numbers({batch, out}));
  }
  // Without terms, relu of the bias.
  EXPECT_TRUE(has_values(linear_relu(zeros({2, 0}), zeros({3, 0}), Tensor::from({1, -2, 0}, {3})),
                         {1, 0, 0, 1, 0, 0}));
}

TEST(LinearRelu, AtTheKinkTheSlopeIsZero) {
  const Inputs inputs = {Tensor::from({1, -1, 0}, {3, 1}), ones({2, 1}),
                         Tensor::from({0, -1}, {2})};  // sums 1 0, -1 -2, 0 -1
  EXPECT_TRUE(has_values(in_one(inputs), {1, 0, 0, 0, 0, 0}));
  const Tensor dy = Tensor::from({1, 2, 4, 8, 16, 32}, {3, 2});
  EXPECT_TRUE(has_values(gradients(in_one, inputs, dy)[0], {1, 0, 0}));
}

// NaN passes, forward and back; infinity times a slope of zero is zero.
TEST(LinearRelu, NanAndInfinity) {
  for (const Index n : {1, 5, 40}) {
    Tensor x = numbers({6, 17}, -2, 2, 1), dy = numbers({6, n}, -2, 2, 4);
    const Tensor weight = numbers({n, 17}, 0.5, 2, 2);
    x.data()[0 * 17 + 3] = static_cast<real>(nan);
    x.data()[1 * 17 + 3] = static_cast<real>(infinity);
    x.data()[2 * 17 + 3] = static_cast<real>(-infinity);
    for (Index i = 2; i < 6; ++i) dy.data()[i * n] = static_cast<real>(i % 2 ? nan : infinity);
    const Inputs inputs = {x, weight, zeros({n})};
    expect_relu_of_linear(inputs, dy);
    const Tensor y = in_one(inputs);
    EXPECT_TRUE(std::isnan(element(y, 0, n - 1)));
    EXPECT_EQ(element(y, 1, n - 1), infinity);
    EXPECT_EQ(element(y, 2, n - 1), 0);
    const Tensor dx = gradients(in_one, inputs, dy)[0];
    EXPECT_NE(element(dx, 0, 0), 0);  // a NaN is not "not positive"
    EXPECT_EQ(element(dx, 2, 0), 0);
  }
}

TEST(LinearRelu, TheSameTensorTwice) {
  for (const Index n : {1, 5, 17}) {
    const Tensor x = numbers({n, n}, -2, 2, 1), dy = numbers({n, n}, -2, 2, 2);
    const auto one = [](const Tensor& t) { return linear_relu(t, t, sum(t, 0)); };
    const auto two = [](const Tensor& t) { return relu(linear(t, t, sum(t, 0))); };
    EXPECT_TRUE(same_bits(one(x), two(x)));
    EXPECT_TRUE(same_bits(gradient(one, x, dy), gradient(two, x, dy)));
  }
}

TEST(LinearRelu, OnSeveralThreads) {
  const int before = num_threads();
  const Inputs inputs = {numbers({301, 70}, -2, 2, 1), numbers({67, 70}, -2, 2, 2),
                         numbers({67}, -2, 2, 3)};
  const auto twice = [](const Inputs& in) {
    return linear(linear_relu(in[0], in[1], in[2]), transpose(in[1]));
  };
  const Tensor dy = numbers({301, 70}, -2, 2, 4);
  const Inputs expected = gradients(twice, inputs, dy);
  for (const int threads : {2, 3}) {
    set_num_threads(threads);
    const Inputs grads = gradients(twice, inputs, dy);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(same_bits(grads[i], expected[i])) << "input " << i << ", threads " << threads;
    }
  }
  set_num_threads(before);
}

TEST(LinearRelu, RefusesOtherShapes) {
  const Tensor x = leaf(whole_numbers({200, 4}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        linear_relu(x, zeros({64, 3}));
      },
      {"linear_relu: input (200, 4) and weight (64, 3): the last "
       "dimension of input must be 3"}));
  EXPECT_TRUE(throws<ShapeError>([&] { linear_relu(x, zeros({4})); },
                                 {"linear_relu: weight (4,) must be (out, in)"}));
  EXPECT_TRUE(throws<ShapeError>(
      [&] {
        linear_relu(x, zeros({2, 4}), zeros({3}));
      },
      {"linear_relu: bias (3,) and weight (2, 4): bias must be (2,)"}));
  EXPECT_EQ(x.node().references, 1);
}

// --- Relu before a product ----------------------------------------------------------------------

// A relu that no product knows of: its derivative is always its own.
Tensor unknown_relu(Tensor x) {
  Tensor y = relu(std::move(x));
  y.node().is_relu = false;
  return y;
}

using Relu = Tensor (*)(Tensor);

// A graph that a product may shorten, written with either relu. in: x (6, n), w (n, n), v (n, n).
struct Graph {
  const char* what;
  Tensor (*f)(const Inputs& in, Relu r);
};

const Graph graphs[] = {
    {"relu and a product",
     [](const Inputs& in, Relu r) { return linear(r(linear(in[0], in[1])), in[2]); }},
    {"relu of a leaf", [](const Inputs& in, Relu r) { return linear(r(in[0]), in[1]); }},
    {"relu of relu", [](const Inputs& in, Relu r) { return linear(r(r(in[0])), in[1]); }},
    {"relu, product, relu, product",
     [](const Inputs& in, Relu r) {
       return linear(r(linear(r(linear(in[0], in[1])), in[2])), in[1]);
     }},
    {"two products",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return linear(h, in[1]) + linear(h, in[2]);
     }},
    {"a product, then another operation",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return linear(h, in[1]) + h * 3;
     }},
    {"another operation, then a product",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return h * 3 + linear(h, in[1]);
     }},
    {"a residual",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return h + linear(h, in[1]);
     }},
    {"the product's gradient, handed on",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return linear(h, in[1]) + reshape(reshape(h, {-1}), {6, -1}) + h.clone();
     }},
    {"reshape between",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return reshape(linear(reshape(h, {2, 3, -1}), in[1]), {6, -1});
     }},
    {"a copy between",
     [](const Inputs& in, Relu r) { return linear(r(in[0] * 1).clone(), in[1]); }},
    {"relu's output is the weight",
     [](const Inputs& in, Relu r) { return linear(in[0], r(in[1] * 1)); }},
    {"input and weight are two relus",
     [](const Inputs& in, Relu r) { return linear(r(in[0] * 1), r(in[1] * 1)); }},
    {"input and weight are one relu",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[1] * 1);
       return linear(in[0], linear(h, h));
     }},
    {"input, weight and bias",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[1] * 1);
       return linear(in[0], linear(h, h, sum(h, 0)));
     }},
    {"two readers, one behind a square",
     [](const Inputs& in, Relu r) {
       const Tensor h = r(in[0] * 1);
       return linear(h, in[1]) * linear(square(h), in[2]);
     }},
};

// However a product shortens the way, the gradients keep their bits.
TEST(ReluBeforeAProduct, GradientsAreThoseOfTheTwoApart) {
  for (const Index n : {1, 3, 5, 17, 33, 64}) {
    const double size = 2 / std::sqrt(static_cast<double>(n));
    const Inputs inputs = {numbers({6, n}, -2, 2, 1), numbers({n, n}, -size, size, 2),
                           numbers({n, n}, -size, size, 3)};
    const Tensor dy = numbers({6, n}, -2, 2, 4);
    for (const Graph& graph : graphs) {
      SCOPED_TRACE(std::string(graph.what) + ", " + std::to_string(n));
      const auto f = [&](const Inputs& in) { return graph.f(in, relu); };
      const auto g = [&](const Inputs& in) { return graph.f(in, unknown_relu); };
      const Inputs ours = gradients(f, inputs, dy), theirs = gradients(g, inputs, dy);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        ASSERT_EQ(ours[i].defined(), theirs[i].defined());
        if (ours[i].defined()) {
          EXPECT_TRUE(same_bits(ours[i], theirs[i])) << "input " << i;
        }
      }
    }
  }
}

// A network of two layers, in: x (40, 3), w (64, 3), b (64,), v (2, 64), written with linear_relu
// or with a relu that no product knows of. The product behind the relu may find b's gradient in
// passing.
struct Network {
  const char* what;
  Tensor (*f)(const Inputs& in, Tensor (*layer)(const Tensor& x, const Tensor& w, const Tensor& b));
};

const Network networks[] = {
    {"one reader",
     [](const Inputs& in, auto layer) { return linear(layer(in[0], in[1], in[2]), in[3]); }},
    {"two products",
     [](const Inputs& in, auto layer) {
       const Tensor h = layer(in[0], in[1], in[2]);
       return linear(h, in[3]) + linear(h, in[3] * 2);
     }},
    {"a product, then another operation",
     [](const Inputs& in, auto layer) {
       const Tensor h = layer(in[0], in[1], in[2]);
       return linear(h, in[3]) + sum(h, 1, true);
     }},
    {"another operation, then a product",
     [](const Inputs& in, auto layer) {
       const Tensor h = layer(in[0], in[1], in[2]);
       return sum(h, 1, true) + linear(h, in[3]);
     }},
    {"one bias in two layers",
     [](const Inputs& in, auto layer) {
       return linear(layer(in[0], in[1], in[2]), in[3]) + linear(layer(in[0], in[1], in[2]), in[3]);
     }},
    {"a bias that was computed",
     [](const Inputs& in, auto layer) {
       return linear(layer(in[0], in[1], in[2] * in[2]), in[3]);
     }},
    {"a bias read twice",
     [](const Inputs& in, auto layer) {
       const Tensor b = in[2] * 2;
       return linear(layer(in[0], in[1], b), in[3]) + sum(b);
     }},
    {"no bias",
     [](const Inputs& in, auto layer) { return linear(layer(in[0], in[1], Tensor()), in[3]); }},
    {"a bias without a gradient",
     [](const Inputs& in, auto layer) {
       return linear(layer(in[0], in[1], in[2].detach()), in[3]);
     }},
    {"rank 3",
     [](const Inputs& in, auto layer) {
       return reshape(linear(layer(reshape(in[0], {4, 10, 3}), in[1], in[2]), in[3]), {40, 2});
     }},
};

Tensor unknown_linear_relu(const Tensor& x, const Tensor& w, const Tensor& b) {
  return unknown_relu(linear(x, w, b));
}
Tensor known_linear_relu(const Tensor& x, const Tensor& w, const Tensor& b) {
  return linear_relu(x, w, b);
}

TEST(ReluBeforeAProduct, ABiasIsSummedInPassing) {
  const Inputs inputs = {numbers({40, 3}, -2, 2, 1), numbers({64, 3}, -1, 1, 2),
                         numbers({64}, -1, 1, 3), numbers({2, 64}, -1, 1, 4)};
  const Tensor dy = numbers({40, 2}, -2, 2, 5);
  for (const Network& network : networks) {
    SCOPED_TRACE(network.what);
    Inputs ours, theirs;
    for (const Tensor& input : inputs) {
      ours.push_back(leaf(input));
      theirs.push_back(leaf(input));
    }
    Tensor y, z;
    for (const bool retain : {true, false, false}) {  // twice through one graph, then a new one
      if (!y.defined()) y = network.f(ours, known_linear_relu);
      if (!z.defined()) z = network.f(theirs, unknown_linear_relu);
      y.backward(dy, {.retain_graph = retain});
      z.backward(dy, {.retain_graph = retain});
      if (!retain) y = z = Tensor();
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        ASSERT_EQ(ours[i].grad().defined(), theirs[i].grad().defined());
        if (ours[i].grad().defined()) {
          EXPECT_TRUE(same_bits(ours[i].grad(), theirs[i].grad())) << "input " << i;
        }
      }
    }
  }
}

// What a product has found for the bias counts in that pass alone.
TEST(ReluBeforeAProduct, ALaterPassSumsTheBiasAgain) {
  const Tensor x = numbers({40, 3}, -2, 2, 1), w = numbers({64, 3}, -1, 1, 2);
  const Tensor v = numbers({2, 64}, -1, 1, 4), dh = numbers({40, 64}, -2, 2, 5);
  Tensor b = leaf(numbers({64}, -1, 1, 3));
  const Tensor h = linear_relu(x, w, b);
  sum(linear(h, v)).backward({.retain_graph = true});
  b.zero_grad();
  h.backward(dh);
  Tensor expected = leaf(b);
  unknown_linear_relu(x, w, expected).backward(dh);
  EXPECT_TRUE(same_bits(b.grad(), expected.grad()));
}

}  // namespace
}  // namespace autograd
