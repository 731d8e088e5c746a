#pragma once

#include <functional>
#include <vector>

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// A derivative that does not agree with finite differences; the text tells where.
class GradcheckError : public Error {
 public:
  using Error::Error;
};

struct GradcheckOptions {
  double eps = 1e-6;   ///< step of the central difference
  double atol = 1e-5;  ///< passes if |analytic - numeric| <= atol + rtol |numeric|
  double rtol = 1e-3;
};

/// Compares every entry of the Jacobian of f with central differences, (f(x + eps) - f(x - eps)) /
/// 2 eps, for all inputs that require a gradient: the method and the numbers of
/// torch.autograd.gradcheck. Also checks that backward() run twice gives the same, and that the
/// gradient scales with the one that comes in (zero gives zero).
///
/// Returns true; throws GradcheckError where a derivative is wrong, ValueError if no input requires
/// a gradient, and Error in the float build, where rounding hides small differences: link
/// handflow::autograd_f64 instead. Inputs should stay away from kinks. They keep their values
/// (also when f throws), and their gradients are forgotten.
bool gradcheck(const std::function<Tensor(const std::vector<Tensor>&)>& f,
               std::vector<Tensor> inputs, GradcheckOptions options = {});

}  // namespace autograd::inline HANDFLOW_PRECISION
