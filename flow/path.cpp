#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

PathSample LinearPath::sample(const Tensor& x0, const Tensor& x1, const Tensor& t) const {
  if (x0.rank() != 2 || x1.shape() != x0.shape() || t.shape() != autograd::Shape{x0.size(0), 1}) {
    throw autograd::ShapeError("LinearPath: x0 " + to_string(x0.shape()) + ", x1 " +
                               to_string(x1.shape()) + " and t " + to_string(t.shape()) +
                               " must be (batch, dim), (batch, dim) and (batch, 1)");
  }
  return {.x_t = (1 - t) * x0 + t * x1, .velocity = x1 - x0};
}

}  // namespace flow::inline HANDFLOW_PRECISION
