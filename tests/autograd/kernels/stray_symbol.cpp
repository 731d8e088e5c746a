// What no kernel may do: a template from outside of the kernels' namespace is compiled here, as one
// of the standard library would be. symbols_test.sh must find it.

#include "autograd/kernels/kernels.h"

namespace elsewhere {

template <class T>
[[gnu::noinline]] T planted(T x) {
  return x * x;
}

}  // namespace elsewhere

namespace autograd::inline HANDFLOW_PRECISION::kernels_planted {

extern const int table;
const int table = 1;

float square(float x) { return elsewhere::planted(x); }

}  // namespace autograd::inline HANDFLOW_PRECISION::kernels_planted
