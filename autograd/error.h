#pragma once

#include <stdexcept>

#include "autograd/real.h"

namespace autograd::inline HANDFLOW_PRECISION {

/// What every error of this library derives from. The text names the operation and the values it
/// got; when one is thrown, nothing has been changed.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Shapes that do not fit the operation or each other.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A number outside of what the operation accepts: a negative step count, an index out of range.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// The graph cannot do this: backward() through a freed graph, a saved value changed in place, a
/// tensor without a gradient, an undefined tensor.
class GraphError : public Error {
 public:
  using Error::Error;
};

}  // namespace autograd::inline HANDFLOW_PRECISION
