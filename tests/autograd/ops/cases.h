#pragma once

#include <string>
#include <vector>

#include "golden.h"
#include "support.h"

/// One table of all operations. It drives the comparison with PyTorch (parity_test.cpp), the
/// gradient checks (gradient_test.cpp), what holds for each operation (every_operation_test.cpp),
/// and is itself held against the public headers (completeness_test.cpp).
namespace autograd::testing {

/// One call of an operation. Inputs, value and gradients are those that PyTorch wrote into
/// golden/ops.txt under the name `golden`.
struct Case {
  std::string operation;  ///< as in the header, with the names of its parameters: "sum(x)"
  std::string golden;     ///< "sum.all"
  Function f;

  /// Special values are compared only: gradcheck needs a neighbourhood without kinks and NaN.
  bool special() const;
  /// At a tie or an end of an interval the derivative has two sides.
  bool at_a_kink() const;
};

const std::vector<Case>& cases();

/// A wrong derivative for a case: `wrong` has the derivative somebody might write by mistake. The
/// gradient check must refuse it.
struct Control {
  std::string operation;
  std::string golden;
  std::string mistake;
  Function wrong;
};

const std::vector<Control>& controls();

/// Operations whose derivative is zero wherever there is one.
const std::vector<std::string>& not_differentiable();

/// Operations in golden/ops.txt that this library does not have yet.
const std::vector<std::string>& not_yet();

const golden::Golden& goldens();

/// A tensor of the golden file, "add.row.grad_b"; special values are floats.
Tensor golden_tensor(const std::string& name);

/// Inputs a, b, c of the case, as far as it has them.
Inputs inputs_of(const Case& c);

/// f's value, and the derivative of another function.
Tensor with_derivative_of(const Tensor& wrong, const Tensor& value);

}  // namespace autograd::testing
