#include "autograd/kernels/kernels.h"
#include "autograd/record.h"
#include "cases.h"

/// One mistake for each operation, such as one makes when writing its derivative. Each is an
/// expression that has this derivative; detach() stands around what it takes for a constant.
namespace autograd::testing {
namespace {

using In = const Inputs&;

// x (3,) stands in the first of two rows; in the other one, its derivative is forgotten.
Tensor first_of_two_rows(const Tensor& x) {
  const Tensor row = reshape(x, {1, -1});
  return cat({row, row.detach()}, 0);
}

std::vector<Control> elementwise() {
  const Function only_one_row = [](In in) { return in[0] + first_of_two_rows(in[1]); };
  const Function plus = [](In in) { return add(in[0], in[1]); };
  const Function own_factor = [](In in) { return in[0] * in[0].detach() + in[1] * in[1].detach(); };
  const Function not_squared = [](In in) {
    return in[0] / in[1].detach() - in[1] * (in[0] / in[1]).detach();
  };
  const Function identity = [](In in) { return in[0]; };
  return {
      {"add(a, b)", "add.row", "no sum over the rows it is repeated to", only_one_row},
      {"operator+(a, b)", "add.row", "no sum over the rows it is repeated to", only_one_row},
      {"sub(a, b)", "sub.equal", "the sign of db", plus},
      {"operator-(a, b)", "sub.equal", "the sign of db", plus},
      {"mul(a, b)", "mul.equal", "each factor's own value", own_factor},
      {"operator*(a, b)", "mul.equal", "each factor's own value", own_factor},
      {"div(a, b)", "div.equal", "db without the square", not_squared},
      {"operator/(a, b)", "div.equal", "db without the square", not_squared},
      {"neg(x)", "neg.plain", "the sign", identity},
      {"operator-(x)", "neg.plain", "the sign", identity},
      {"relu(x)", "relu.plain", "no mask", identity},
      {"silu(x)", "silu.plain", "s without x s (1 - s)",
       [](In in) { return in[0] * sigmoid(in[0]).detach(); }},
      {"tanh(x)", "tanh.plain", "1 - y instead of 1 - y^2",
       [](In in) { return in[0] * (1 - tanh(in[0])).detach(); }},
      {"sigmoid(x)", "sigmoid.plain", "y without 1 - y",
       [](In in) { return in[0] * sigmoid(in[0]).detach(); }},
      {"exp(x)", "exp.plain", "the rule for powers: x e^(x - 1)",
       [](In in) { return in[0] * (in[0] * exp(in[0] - 1)).detach(); }},
      {"log(x)", "log.plain", "x instead of 1 / x", [](In in) { return in[0] * in[0].detach(); }},
      {"sin(x)", "sin.plain", "the sign", [](In in) { return in[0] * (-cos(in[0])).detach(); }},
      {"cos(x)", "cos.plain", "the sign", [](In in) { return in[0] * sin(in[0]).detach(); }},
      {"sqrt(x)", "sqrt.plain", "no 1 / 2", [](In in) { return in[0] / sqrt(in[0]).detach(); }},
      {"square(x)", "square.plain", "no factor 2", [](In in) { return in[0] * in[0].detach(); }},
      {"pow(x, exponent)", "pow.3", "the exponent not reduced",
       [](In in) { return in[0] * (3 * pow(in[0], 3)).detach(); }},
      {"abs(x)", "abs.plain", "no sign", identity},
      {"clamp(x, low, high)", "clamp.plain", "no mask", identity},
  };
}

std::vector<Control> reductions() {
  return {
      {"sum(x)", "sum.all", "the scale of mean", [](In in) { return mean(in[0]); }},
      {"mean(x)", "mean.all", "no 1 / n", [](In in) { return sum(in[0]); }},
      {"max(x)", "max.all", "equal parts for all", [](In in) { return mean(in[0]); }},
      {"sum(x, dim, keepdim)", "sum.rank2_dim0", "only the first row",
       [](In in) { return sum(slice(in[0], 0, 0, 1), 0); }},
      {"mean(x, dim, keepdim)", "mean.rank2_dim1", "1 / numel instead of 1 / n",
       [](In in) { return mean(in[0], 1) / static_cast<double>(in[0].size(0)); }},
      {"max(x, dim, keepdim)", "max.rank2_dim1", "the position of the smallest",
       [](In in) { return -max(-in[0], 1); }},
      {"argmax(x, dim, keepdim)", "argmax.rank2_dim1", "that of max",
       [](In in) { return max(in[0], 1); }},
  };
}

std::vector<Control> shapes() {
  return {
      {"transpose(x, a, b)", "transpose.rank2", "dy not transposed back",
       [](In in) {
         return reshape(in[0], {4, 3});
       }},
      {"reshape(x, sizes)", "reshape.rank2", "column by column",
       [](In in) {
         return transpose(reshape(in[0], {4, 3}));
       }},
      {"expand(x, shape)", "expand.row", "only the first copy",
       [](In in) { return first_of_two_rows(in[0]); }},
      {"cat(tensors, dim)", "cat.three_dim1", "two parts exchanged",
       [](In in) {
         return cat({in[0], in[2], in[1]}, 1);
       }},
      {"cat(tensors, dim)", "cat.same", "the second use does not add to the first",
       [](In in) {
         return cat({in[0], in[0].detach()}, 1);
       }},
      {"slice(x, dim, start, end)", "slice.dim0", "written to the start",
       [](In in) { return slice(in[0], 0, 0, 2); }},
      {"index_select(x, indices)", "index_select.repeats", "a repeated row does not add",
       [](In in) {
         const auto row = [&](Index i) { return slice(in[0], 0, i, i + 1); };
         const Tensor again = row(2).detach();
         return cat({again, row(0), again, row(3), row(2)}, 0);
       }},
  };
}

// relu, whose derivative looks for the sign of dy instead of y.
Tensor relu_that_selects_by_dy(const Tensor& x) {
  Tensor y = relu(x.detach());
  record("relu_that_selects_by_dy", y, {&x}, save_nothing, [](Node& out) {
    const auto [dx, add] = contribute(out.input(0));
    kernels().relu.backward(out.numel(), out.dy(), out.dy(), dx, add, 0, 0);
  });
  return y;
}

std::vector<Control> products_and_loss() {
  return {
      {"matmul(a, b)", "matmul.square", "dA = dC B, not transposed",
       [](In in) {
         return matmul(in[0], transpose(in[1]).detach()) + matmul(in[0].detach(), in[1]);
       }},
      {"matmul(a, b)", "matmul.same", "the second use does not add to the first",
       [](In in) { return matmul(in[0], in[0].detach()); }},
      {"linear(x, weight, bias)", "linear.plain", "db: the mean over the batch, not the sum",
       [](In in) { return linear(in[0], in[1], in[2] / static_cast<double>(in[0].size(0))); }},
      {"linear(x, weight, bias)", "linear.no_bias", "no dW",
       [](In in) { return linear(in[0], in[1].detach()); }},
      {"linear_relu(x, weight, bias)", "linear_relu.plain", "no mask",
       [](In in) { return linear(in[0], in[1], in[2]); }},
      {"linear_relu(x, weight, bias)", "linear_relu.plain", "the mask where the sum is negative",
       [](In in) { return -relu(-linear(in[0], in[1], in[2])); }},
      {"linear_relu(x, weight, bias)", "linear_relu.wide", "the mask before the bias",
       [](In in) {
         const Tensor before = linear(in[0], in[1]).detach();
         return linear(in[0], in[1], in[2]) * (relu(before) / before);
       }},
      {"linear_relu(x, weight, bias)", "linear_relu.rank3", "the mask by dy, not y",
       [](In in) { return relu_that_selects_by_dy(linear(in[0], in[1], in[2])); }},
      {"linear_relu(x, weight, bias)", "linear_relu.no_bias", "dx and dW, but only one with a mask",
       [](In in) { return linear_relu(in[0], in[1].detach()) + linear(in[0].detach(), in[1]); }},
      {"mse_loss(prediction, target)", "mse_loss.rank2", "no factor 2",
       [](In in) { return mse_loss(in[0], in[1]) / 2; }},
      {"mse_loss(prediction, target)", "mse_loss.rank2", "the sign of the target's",
       [](In in) { return mse_loss(in[0], in[1].detach()) - mse_loss(in[0].detach(), in[1]); }},
  };
}

std::vector<Control> softmax_and_cross_entropy() {
  const Function constant_sum = [](In in) { return in[0] * softmax(in[0], 1).detach(); };
  const Function identity = [](In in) { return in[0]; };
  // Its derivative by x is p / n: the part that the normaliser contributes.
  const Function no_target = [](In in) { return mean(log(sum(exp(in[0]), 1))); };
  const std::vector<Index> target = {3, 0, 1, 1, 2};  // of cross_entropy.plain
  return {
      {"softmax(x, dim)", "softmax.dim1", "the sum taken for a constant", constant_sum},
      {"softmax(x, dim)", "softmax.dim1", "the sums along the other dimension",
       [](In in) { return softmax(in[0], 0); }},
      {"log_softmax(x, dim)", "log_softmax.dim1", "the normaliser taken for a constant", identity},
      {"log_softmax(x, dim)", "log_softmax.dim1", "y in the place of e^y",
       [](In in) {
         const Tensor y = log_softmax(in[0], 1).detach();
         return in[0] - y * sum(in[0], 1, true);
       }},
      {"cross_entropy(logits, target)", "cross_entropy.plain", "p without the one-hot", no_target},
      {"cross_entropy(logits, target)", "cross_entropy.plain", "the sum over rows, not the mean",
       [=](In in) { return 5 * cross_entropy(in[0], target); }},
      {"cross_entropy(logits, target)", "cross_entropy.plain", "the target one class off",
       [](In in) {
         return cross_entropy(in[0], std::vector<Index>{0, 1, 2, 2, 3});
       }},
  };
}

}  // namespace

const std::vector<Control>& controls() {
  static const std::vector<Control> all = [] {
    std::vector<Control> joined;
    for (auto part :
         {elementwise, reductions, shapes, products_and_loss, softmax_and_cross_entropy}) {
      for (Control& control : part()) joined.push_back(std::move(control));
    }
    return joined;
  }();
  return all;
}

}  // namespace autograd::testing
