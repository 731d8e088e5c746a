#pragma once

#include "flow/path.h"

namespace flow::inline HANDFLOW_PRECISION {

/// Points (n, dim) and a tag for each, (n, 1).
struct TaggedPoints {
  Tensor points;
  Tensor tags;
};

}  // namespace flow::inline HANDFLOW_PRECISION
