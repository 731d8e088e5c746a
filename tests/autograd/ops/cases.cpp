#include "cases.h"

#include <initializer_list>

namespace autograd::testing {
namespace {

class Table {
 public:
  /// Cases `golden`.kind, of which the golden file tells the inputs.
  void add(const std::string& operation, const std::string& golden,
           std::initializer_list<const char*> kinds, const Function& f) {
    for (const std::string kind : kinds) cases_.push_back({operation, golden + "." + kind, f});
  }
  std::vector<Case> take() { return std::move(cases_); }

 private:
  std::vector<Case> cases_;
};

using Binary = Tensor (*)(Tensor, Tensor);
using Unary = Tensor (*)(Tensor);

void add_binary(Table& table, const std::string& operation, const std::string& golden, Binary f,
                bool special) {
  table.add(operation, golden,
            {"equal", "row", "column", "outer", "rank3", "scalar_left", "scalar_right", "scalars",
             "empty"},
            [=](const Inputs& in) { return f(in[0], in[1]); });
  table.add(operation, golden, {"same"}, [=](const Inputs& in) { return f(in[0], in[0]); });
  table.add(operation, golden, {"number_right"}, [=](const Inputs& in) { return f(in[0], 2.5); });
  table.add(operation, golden, {"number_left"}, [=](const Inputs& in) { return f(2.5, in[0]); });
  if (special) {
    table.add(operation, golden, {"special"}, [=](const Inputs& in) { return f(in[0], in[1]); });
  }
}

void add_elementwise(Table& table) {
  add_binary(table, "add(a, b)", "add", add, false);
  add_binary(table, "sub(a, b)", "sub", sub, false);
  add_binary(table, "mul(a, b)", "mul", mul, true);
  add_binary(table, "div(a, b)", "div", div, true);
  add_binary(table, "operator+(a, b)", "add", operator+, false);
  add_binary(table, "operator-(a, b)", "sub", operator-, false);
  add_binary(table, "operator*(a, b)", "mul", operator*, true);
  add_binary(table, "operator/(a, b)", "div", operator/, true);

  const auto unary = [&](const std::string& name, Unary f) {
    table.add(name + "(x)", name, {"plain", "special"}, [=](const Inputs& in) { return f(in[0]); });
  };
  unary("neg", neg);
  unary("relu", relu);
  unary("silu", silu);
  unary("tanh", tanh);
  unary("sigmoid", sigmoid);
  unary("exp", exp);
  unary("log", log);
  unary("sin", sin);
  unary("cos", cos);
  unary("sqrt", sqrt);
  unary("square", square);
  unary("abs", abs);
  table.add("operator-(x)", "neg", {"plain", "special"}, [](const Inputs& in) { return -in[0]; });
  for (const char* exponent : {"2.5", "3", "0", "-1"}) {
    table.add("pow(x, exponent)", std::string("pow.") + exponent, {"special"},
              [p = std::stod(exponent)](const Inputs& in) { return pow(in[0], p); });
    table.add("pow(x, exponent)", "pow", {exponent},
              [p = std::stod(exponent)](const Inputs& in) { return pow(in[0], p); });
  }
  table.add("clamp(x, low, high)", "clamp", {"plain", "ends"},
            [](const Inputs& in) { return clamp(in[0], -1, 1.25); });
  table.add("clamp(x, low, high)", "clamp", {"special"},
            [](const Inputs& in) { return clamp(in[0], -1.5, 2); });
}

void add_reductions(Table& table) {
  table.add("sum(x)", "sum", {"all", "all_rank0", "all_empty"},
            [](const Inputs& in) { return sum(in[0]); });
  table.add("mean(x)", "mean", {"all", "all_rank0", "all_empty"},
            [](const Inputs& in) { return mean(in[0]); });
  table.add("max(x)", "max", {"all", "all_ties", "all.special"},
            [](const Inputs& in) { return max(in[0]); });

  using Reduction = Tensor (*)(const Tensor&, Index, bool);
  const auto reduction = [&](const std::string& name, Reduction f) {
    const std::string operation = name + "(x, dim, keepdim)";
    const auto along = [&](const std::string& kind, Index dim) {
      table.add(operation, name, {kind.c_str()},
                [=](const Inputs& in) { return f(in[0], dim, false); });
      table.add(operation, name, {(kind + "_keepdim").c_str()},
                [=](const Inputs& in) { return f(in[0], dim, true); });
    };
    for (const Index dim : {0, 1, -1}) along("rank2_dim" + std::to_string(dim), dim);
    for (const Index dim : {0, 1, 2}) along("rank3_dim" + std::to_string(dim), dim);
  };
  reduction("sum", sum);
  reduction("mean", mean);
  reduction("max", max);
  reduction("argmax", argmax);
  table.add("sum(x, dim, keepdim)", "sum", {"empty_dim0"},
            [](const Inputs& in) { return sum(in[0], 0); });
  table.add("mean(x, dim, keepdim)", "mean", {"empty_dim0"},
            [](const Inputs& in) { return mean(in[0], 0); });
  table.add("max(x, dim, keepdim)", "max", {"dim1_ties", "dim1.special"},
            [](const Inputs& in) { return max(in[0], 1); });
  table.add("argmax(x, dim, keepdim)", "argmax", {"dim1_ties", "dim1.special"},
            [](const Inputs& in) { return argmax(in[0], 1); });
}

void add_shapes(Table& table) {
  table.add("transpose(x, a, b)", "transpose", {"rank2"},
            [](const Inputs& in) { return transpose(in[0]); });
  table.add("transpose(x, a, b)", "transpose", {"rank3_1_2"},
            [](const Inputs& in) { return transpose(in[0], 1, 2); });
  table.add("transpose(x, a, b)", "transpose", {"rank3_0_-1"},
            [](const Inputs& in) { return transpose(in[0], 0, -1); });

  table.add("reshape(x, sizes)", "reshape", {"rank2"}, [](const Inputs& in) {
    return reshape(in[0], {3, 4});
  });
  table.add("reshape(x, sizes)", "reshape", {"minus1"}, [](const Inputs& in) {
    return reshape(in[0], {2, -1});
  });
  table.add("reshape(x, sizes)", "reshape", {"rank0"},
            [](const Inputs& in) { return reshape(in[0], {}); });

  table.add("expand(x, shape)", "expand", {"row", "column", "rank0"}, [](const Inputs& in) {
    return expand(in[0], {2, 3});
  });

  table.add("cat(tensors, dim)", "cat", {"two_dim0", "rank1", "empty"}, [](const Inputs& in) {
    return cat({in[0], in[1]}, 0);
  });
  table.add("cat(tensors, dim)", "cat", {"two_dim1"}, [](const Inputs& in) {
    return cat({in[0], in[1]}, 1);
  });
  table.add("cat(tensors, dim)", "cat", {"three_dim0"},
            [](const Inputs& in) { return cat(std::span<const Tensor>(in), 0); });
  table.add("cat(tensors, dim)", "cat", {"three_dim1"},
            [](const Inputs& in) { return cat(std::span<const Tensor>(in), 1); });
  table.add("cat(tensors, dim)", "cat", {"same"}, [](const Inputs& in) {
    return cat({in[0], in[0]}, 1);
  });

  table.add("slice(x, dim, start, end)", "slice", {"dim0"},
            [](const Inputs& in) { return slice(in[0], 0, 1, 3); });
  table.add("slice(x, dim, start, end)", "slice", {"dim1"},
            [](const Inputs& in) { return slice(in[0], 1, 0, 2); });
  table.add("slice(x, dim, start, end)", "slice", {"last"},
            [](const Inputs& in) { return slice(in[0], -1, 2, 3); });
  table.add("slice(x, dim, start, end)", "slice", {"empty"},
            [](const Inputs& in) { return slice(in[0], 0, 2, 2); });
  table.add("slice(x, dim, start, end)", "slice", {"rank3_dim1"},
            [](const Inputs& in) { return slice(in[0], 1, 1, 3); });

  table.add("index_select(x, indices)", "index_select", {"repeats"}, [](const Inputs& in) {
    return index_select(in[0], std::vector<Index>{2, 0, 2, 3, 2});
  });
  table.add("index_select(x, indices)", "index_select", {"rank1"}, [](const Inputs& in) {
    return index_select(in[0], std::vector<Index>{3, 3, 1});
  });
}

void add_products_and_loss(Table& table) {
  table.add("matmul(a, b)", "matmul",
            {"square", "ones", "plain", "outer", "inner", "empty", "tall"},
            [](const Inputs& in) { return matmul(in[0], in[1]); });
  table.add("matmul(a, b)", "matmul", {"same"},
            [](const Inputs& in) { return matmul(in[0], in[0]); });
  table.add("linear(x, weight, bias)", "linear", {"plain", "rank1", "rank3", "one_row", "wide"},
            [](const Inputs& in) { return linear(in[0], in[1], in[2]); });
  table.add("linear(x, weight, bias)", "linear", {"no_bias"},
            [](const Inputs& in) { return linear(in[0], in[1]); });
  table.add("linear_relu(x, weight, bias)", "linear_relu",
            {"plain", "rank1", "rank3", "one_row", "wide"},
            [](const Inputs& in) { return linear_relu(in[0], in[1], in[2]); });
  table.add("linear_relu(x, weight, bias)", "linear_relu", {"no_bias"},
            [](const Inputs& in) { return linear_relu(in[0], in[1]); });

  table.add("mse_loss(prediction, target)", "mse_loss", {"rank2", "rank0"},
            [](const Inputs& in) { return mse_loss(in[0], in[1]); });
  table.add("mse_loss(prediction, target)", "mse_loss", {"same"},
            [](const Inputs& in) { return mse_loss(in[0], in[0]); });
}

void add_softmax_and_cross_entropy(Table& table) {
  using Along = Tensor (*)(const Tensor&, Index);
  const auto along = [&](const std::string& name, Along f) {
    const std::string operation = name + "(x, dim)";
    table.add(operation, name, {"dim0", "rank1", "columns.special"},
              [=](const Inputs& in) { return f(in[0], 0); });
    table.add(operation, name, {"dim1", "large", "special"},
              [=](const Inputs& in) { return f(in[0], 1); });
    table.add(operation, name, {"rank3_dim-1"}, [=](const Inputs& in) { return f(in[0], -1); });
  };
  along("softmax", softmax);
  along("log_softmax", log_softmax);

  const auto entropy = [&](std::initializer_list<const char*> kinds, std::vector<Index> target) {
    table.add("cross_entropy(logits, target)", "cross_entropy", kinds,
              [=](const Inputs& in) { return cross_entropy(in[0], target); });
  };
  entropy({"plain"}, {3, 0, 1, 1, 2});
  entropy({"large"}, {1, 0});
  entropy({"nan.special", "all_minus_infinity.special", "infinity.special",
           "minus_infinity.special", "zeros.special", "far.special"},
          {0});
  entropy({"one_class.special"}, {0, 0});
  entropy({"no_rows.special"}, {});
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

bool Case::special() const { return ends_with(golden, ".special"); }

bool Case::at_a_kink() const { return ends_with(golden, "ties") || ends_with(golden, ".ends"); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all = [] {
    Table table;
    add_elementwise(table);
    add_reductions(table);
    add_shapes(table);
    add_products_and_loss(table);
    add_softmax_and_cross_entropy(table);
    return table.take();
  }();
  return all;
}

const std::vector<std::string>& not_differentiable() {
  static const std::vector<std::string> all = {"argmax(x, dim, keepdim)"};
  return all;
}

const std::vector<std::string>& not_yet() {
  static const std::vector<std::string> none;
  return none;
}

const golden::Golden& goldens() {
  static const golden::Golden all("ops.txt");
  return all;
}

Tensor golden_tensor(const std::string& name) {
  const golden::Tensor& found = goldens().tensor(name);
  return Tensor::from(found.values, Shape(std::span<const Index>(found.shape)));
}

Inputs inputs_of(const Case& c) {
  Inputs inputs;
  for (const char* letter : {".a", ".b", ".c"}) {
    if (goldens().contains(c.golden + letter)) {
      inputs.push_back(golden_tensor(c.golden + letter));
    }
  }
  return inputs;
}

Tensor with_derivative_of(const Tensor& wrong, const Tensor& value) {
  return value.detach() + (wrong - wrong.detach());
}

}  // namespace autograd::testing
