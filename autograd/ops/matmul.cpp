#include "autograd/ops/matmul.h"

#include <array>
#include <string>

#include "autograd/gemm.h"
#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// A matrix as the product sees it: rows `row` elements apart, columns `col` apart.
struct Matrix {
  const real* data;
  Index row, col;
};

Matrix rows_of(const real* data, Index width) { return {data, width, 1}; }
Matrix transposed(const real* data, Index width) { return {data, 1, width}; }

// c (m x n) (+)= A B, and 0 where a relu's output, if given, is not positive; and the sums of c's
// columns, if wanted
void product(Index m, Index n, Index k, Matrix a, Matrix b, real* c, bool add,
             const real* relu_output = nullptr, real* column_sums = nullptr) {
  gemm({.m = m,
        .n = n,
        .k = k,
        .a = a.data,
        .a_row = a.row,
        .a_col = a.col,
        .b = b.data,
        .b_row = b.row,
        .b_col = b.col,
        .c = c,
        .c_row = n,
        .c_col = 1,
        .start = add ? c : nullptr,
        .start_row = n,
        .start_col = 1,
        .epilogue = relu_output ? Epilogue::relu_backward : Epilogue::none,
        .y = relu_output,
        .column_sums = column_sums});
}

}  // namespace

// C = A B             dA = dC B^T         dB = A^T dC
Tensor matmul(const Tensor& a, const Tensor& b) {
  records("matmul", std::array{&a, &b});
  if (a.rank() != 2 || b.rank() != 2 || a.size(1) != b.size(0)) {
    throw ShapeError("matmul: shapes " + to_string(a.shape()) + " and " + to_string(b.shape()) +
                     " are not (m, k) and (k, n)");
  }
  const Index m = a.size(0);
  const Index k = a.size(1);
  const Index n = b.size(1);
  Tensor c = Tensor::empty({m, n});
  product(m, n, k, rows_of(a.data(), k), rows_of(b.data(), n), c.data(), false);

  const unsigned save =
      (a.requires_grad() ? save_b : save_nothing) | (b.requires_grad() ? save_a : save_nothing);
  record("matmul", c, {&a, &b}, save, [m, n, k](Node& out) {
    Node& p = out.input(0);
    Node& q = out.input(1);
    if (out.needs_input_grad(0)) {
      const auto [dp, add] = contribute(p);
      product(m, k, n, rows_of(out.dy(), n), transposed(q.data(), n), dp, add);
    }
    if (out.needs_input_grad(1)) {
      const auto [dq, add] = contribute(q);
      product(k, n, m, transposed(p.data(), k), rows_of(out.dy(), n), dq, add);
    }
  });
  return c;
}

namespace {

void check_shapes(const char* operation, const Tensor& x, const Tensor& weight,
                  const Tensor& bias) {
  const std::string name = operation;
  if (weight.rank() != 2) {
    throw ShapeError(name + ": weight " + to_string(weight.shape()) + " must be (out, in)");
  }
  const Index out = weight.size(0);
  const Index in = weight.size(1);
  if (x.rank() < 1 || x.size(-1) != in) {
    throw ShapeError(name + ": input " + to_string(x.shape()) + " and weight " +
                     to_string(weight.shape()) + ": the last dimension of input must be " +
                     std::to_string(in));
  }
  if (bias.defined() && bias.shape() != Shape{out}) {
    throw ShapeError(name + ": bias " + to_string(bias.shape()) + " and weight " +
                     to_string(weight.shape()) + ": bias must be " + to_string(Shape{out}));
  }
}

// y = x W^T + b       dx = dy W           dW = dy^T x         db = sum of dy over the batch
// With a relu behind it, dy is first set to 0 where y is.
Tensor affine(const char* operation, const Tensor& x, const Tensor& weight, const Tensor& bias,
              Epilogue epilogue) {
  records(operation, std::array{&x, &weight});
  check_shapes(operation, x, weight, bias);
  const Index out = weight.size(0);
  const Index in = weight.size(1);
  const Index batch = x.shape().product(0, x.shape().rank() - 1);
  Tensor y = Tensor::empty(x.shape().with(-1, out));
  gemm({.m = batch,
        .n = out,
        .k = in,
        .a = x.data(),
        .a_row = in,
        .a_col = 1,
        .b = weight.data(),
        .b_row = 1,
        .b_col = in,
        .c = y.data(),
        .c_row = out,
        .c_col = 1,
        .start = bias.defined() ? bias.data() : nullptr,
        .start_row = 0,
        .start_col = 1,
        .epilogue = epilogue});

  const auto backward = [batch, in, out](Node& node) {
    const Ref<Buffer> gradient = node.is_relu ? selected_dy(node) : node.contribution;
    const real* dy = gradient->data();
    Node& input = node.input(0);
    Node& w = node.input(1);
    if (node.needs_input_grad(1)) {
      const auto [dw, add] = contribute(w);
      product(out, in, batch, transposed(dy, out), rows_of(input.data(), in), dw, add);
    }
    if (node.needs_input_grad(2)) {
      if (node.dy_sum) {
        pass_on(node.input(2), node.dy_sum);
      } else {
        const auto [db, add] = contribute(node.input(2));
        kernels().sum(1, batch, out, dy, db, add);
      }
    }
    if (node.needs_input_grad(0)) {  // last: dx may be written over x
      const ProductContribution dx = contribute_product(input, node, out <= most_terms_in_place);
      product(batch, in, out, rows_of(dy, out), rows_of(w.data(), in), dx.data, dx.add,
              dx.relu_output, dx.column_sums);
    }
  };
  const bool relu = epilogue == Epilogue::relu;
  const unsigned save = (x.requires_grad() ? save_b : save_nothing) |
                        (weight.requires_grad() ? save_a : save_nothing) |
                        (relu ? save_output : save_nothing);
  if (bias.defined()) {
    record(operation, y, {&x, &weight, &bias}, save, backward);
  } else {
    record(operation, y, {&x, &weight}, save, backward);
  }
  y.node().is_relu = relu && y.requires_grad();
  return y;
}

}  // namespace

Tensor linear(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return affine("linear", x, weight, bias, Epilogue::none);
}

Tensor linear_relu(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return affine("linear_relu", x, weight, bias, Epilogue::relu);
}

}  // namespace autograd::inline HANDFLOW_PRECISION
