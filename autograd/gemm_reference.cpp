#include "autograd/gemm.h"

namespace autograd::inline HANDFLOW_PRECISION {

void gemm_reference(const Gemm& g) {
  for (Index i = 0; i < g.m; ++i) {
    for (Index j = 0; j < g.n; ++j) {
      double sum = g.start ? g.start[i * g.start_row + j * g.start_col] : 0;
      for (Index p = 0; p < g.k; ++p) {
        sum += double{g.a[i * g.a_row + p * g.a_col]} * double{g.b[p * g.b_row + j * g.b_col]};
      }
      const Index at = i * g.c_row + j * g.c_col;
      if (g.epilogue == Epilogue::relu && sum <= 0) sum = 0;
      if (g.epilogue == Epilogue::relu_backward && g.y[at] <= 0) sum = 0;
      g.c[at] = static_cast<real>(sum);
    }
  }
}

}  // namespace autograd::inline HANDFLOW_PRECISION
