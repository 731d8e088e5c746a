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

}  // namespace
}  // namespace autograd
