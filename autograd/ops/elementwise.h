#pragma once

#include "autograd/tensor.h"

namespace autograd::inline HANDFLOW_PRECISION {

// Each of these works element by element. Formulas and derivatives stand in formulas.inc.
//
// With two arguments, shapes broadcast as in NumPy: (200, 1) and (200, 2) give (200, 2). They throw
// ShapeError if they cannot.

Tensor add(Tensor a, Tensor b);  ///< a + b
Tensor sub(Tensor a, Tensor b);  ///< a - b
Tensor mul(Tensor a, Tensor b);  ///< a b
Tensor div(Tensor a, Tensor b);  ///< a / b

inline Tensor operator+(Tensor a, Tensor b) { return add(std::move(a), std::move(b)); }
inline Tensor operator-(Tensor a, Tensor b) { return sub(std::move(a), std::move(b)); }
inline Tensor operator*(Tensor a, Tensor b) { return mul(std::move(a), std::move(b)); }
inline Tensor operator/(Tensor a, Tensor b) { return div(std::move(a), std::move(b)); }

Tensor neg(Tensor x);  ///< -x
inline Tensor operator-(Tensor x) { return neg(std::move(x)); }

Tensor relu(Tensor x);     ///< max(x, 0); NaN stays NaN
Tensor silu(Tensor x);     ///< x sigmoid(x)
Tensor tanh(Tensor x);     ///< hyperbolic tangent
Tensor sigmoid(Tensor x);  ///< 1 / (1 + e^-x)
Tensor exp(Tensor x);      ///< e^x
Tensor log(Tensor x);      ///< natural logarithm; NaN below 0, -infinity at 0
Tensor sin(Tensor x);      ///< x in radians
Tensor cos(Tensor x);      ///< x in radians
Tensor sqrt(Tensor x);     ///< NaN below 0
Tensor square(Tensor x);   ///< x^2
Tensor abs(Tensor x);      ///< |x|; its derivative at 0 is 0
Tensor pow(Tensor x, double exponent);
/// x limited to [low, high]; the derivative is 1 inside and at both ends, 0 outside. Throws
/// ValueError unless low <= high.
Tensor clamp(Tensor x, double low, double high);

}  // namespace autograd::inline HANDFLOW_PRECISION
