#include "autograd/gradcheck.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <type_traits>

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

using Function = std::function<Tensor(const std::vector<Tensor>&)>;
using Row = std::vector<double>;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

// The gradient of `input`, zeros if the output does not depend on it.
Row gradient_of(const Tensor& input) {
  const Tensor grad = input.grad();
  if (!grad.defined()) return Row(static_cast<std::size_t>(input.numel()), 0.0);
  return Row(grad.data(), grad.data() + grad.numel());
}

// Row `i` of the Jacobian for each input: backward() from a gradient that is `scale` at output i
// and zero elsewhere.
std::vector<Row> analytic_rows(const Tensor& output, Index i, double scale,
                               std::vector<Tensor>& inputs) {
  Tensor unit = zeros(output.shape());
  unit.data()[i] = static_cast<real>(scale);
  for (Tensor& input : inputs) input.zero_grad();
  output.backward(unit, {.retain_graph = true});
  std::vector<Row> rows;
  for (const Tensor& input : inputs) rows.push_back(gradient_of(input));
  return rows;
}

// Gives an element its value back, also when f throws.
class Restore {
 public:
  explicit Restore(real& element) : element_(element), kept_(element) {}
  ~Restore() { element_ = kept_; }
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;

  double kept() const { return static_cast<double>(kept_); }

 private:
  real& element_;
  const real kept_;
};

// d(output)/d(x[j]) for all outputs.
Row numeric_column(const Function& f, const std::vector<Tensor>& inputs, Tensor x, Index j,
                   double eps) {
  const NoGradGuard no_grad;
  real& element = x.data()[j];
  const Restore restore(element);
  element = static_cast<real>(restore.kept() + eps);
  const Tensor above = f(inputs).clone();  // f's result may share x's memory
  element = static_cast<real>(restore.kept() - eps);
  const Tensor below = f(inputs);
  Row column(static_cast<std::size_t>(above.numel()));
  std::transform(above.data(), above.data() + above.numel(), below.data(), column.begin(),
                 [=](real a, real b) { return (static_cast<double>(a) - b) / (2 * eps); });
  return column;
}

}  // namespace

bool gradcheck(const Function& f, std::vector<Tensor> inputs, GradcheckOptions options) {
  if constexpr (std::is_same_v<real, float>) {
    throw Error("gradcheck: float rounding hides derivative errors; link handflow::autograd_f64");
  }
  const auto requires_grad = [](const Tensor& input) { return input.requires_grad(); };
  if (std::none_of(inputs.begin(), inputs.end(), requires_grad)) {
    throw ValueError("gradcheck: none of the inputs requires a gradient");
  }
  const Tensor output = f(inputs);
  if (!output.requires_grad()) {
    throw GradcheckError("gradcheck: the output does not depend on the inputs in the graph");
  }

  std::vector<std::vector<Row>> analytic;  // [output][input][element]
  for (Index i = 0; i < output.numel(); ++i) {
    analytic.push_back(analytic_rows(output, i, 1, inputs));
    if (analytic_rows(output, i, 1, inputs) != analytic.back()) {
      throw GradcheckError("gradcheck: backward() run twice gives two gradients");
    }
    for (const Row& row : analytic_rows(output, i, 0, inputs)) {
      if (std::any_of(row.begin(), row.end(), [](double g) { return g != 0; })) {
        throw GradcheckError("gradcheck: the gradient is not multiplied by the incoming one");
      }
    }
  }
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (!inputs[k].requires_grad()) continue;
    for (Index j = 0; j < inputs[k].numel(); ++j) {
      const Row numeric = numeric_column(f, inputs, inputs[k], j, options.eps);
      for (std::size_t i = 0; i < numeric.size(); ++i) {
        const double a = analytic[i][k][static_cast<std::size_t>(j)];
        const double n = numeric[i];
        if (std::abs(a - n) <= options.atol + options.rtol * std::abs(n)) continue;
        throw GradcheckError("gradcheck: output " + std::to_string(i) + " by element " +
                             std::to_string(j) + " of input " + std::to_string(k + 1) +
                             ": analytic " + number(a) + ", numeric " + number(n));
      }
    }
  }
  for (Tensor& input : inputs) input.zero_grad();
  return true;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
