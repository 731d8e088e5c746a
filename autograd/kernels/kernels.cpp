// The inner loops of everything. This file is compiled once for each instruction set, with
// HANDFLOW_ISA=baseline, avx2 or avx512, and fills one table (see kernels.h).
//
// It includes nothing that defines an inline function, and calls nothing from std::. A template of
// the standard library compiled here with wide vectors could become the copy the linker keeps for
// the whole program, which would then fail on a machine without them. For the same reason all of it
// lies in a namespace of its own, and nothing here runs before main.

#include "autograd/kernels/kernels.h"

#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define HANDFLOW_PASTE(a, b) a##b
#define HANDFLOW_KERNELS(isa) HANDFLOW_PASTE(kernels_, isa)
#define HANDFLOW_QUOTE(text) #text
#define HANDFLOW_NAME(isa) HANDFLOW_QUOTE(isa)

namespace autograd::inline HANDFLOW_PRECISION {
// The order of the includes matters, and the macro confuses the formatter.
// clang-format off
namespace HANDFLOW_KERNELS(HANDFLOW_ISA) {

#include "autograd/kernels/vector.inc"
#include "autograd/kernels/math.inc"
#include "autograd/ops/formulas.inc"
#include "autograd/kernels/elementwise.inc"
#include "autograd/kernels/reduce.inc"
#include "autograd/kernels/softmax.inc"
#include "autograd/kernels/gemm_blocked.inc"
#include "autograd/kernels/gemm_narrow.inc"
#include "autograd/kernels/gemm_shallow.inc"
#include "autograd/kernels/gemm.inc"
#include "autograd/kernels/random.inc"

extern const Kernels table;
constinit const Kernels table = {
    .name = HANDFLOW_NAME(HANDFLOW_ISA),

    .add = binary<Add>(),
    .sub = binary<Sub>(),
    .mul = binary<Mul>(),
    .div = binary<Div>(),
    .neg = unary<Neg>(),
    .relu = unary<Relu>(),
    .silu = unary<Silu>(),
    .tanh = unary<Tanh>(),
    .sigmoid = unary<Sigmoid>(),
    .exp = unary<Exp>(),
    .log = unary<Log>(),
    .sin = unary_of_angle<Sin>(),
    .cos = unary_of_angle<Cos>(),
    .sqrt = unary<Sqrt>(),
    .square = unary<Square>(),
    .pow = unary<Pow>(),
    .abs = unary<Abs>(),
    .clamp = unary<Clamp>(),

    .fill = fill,
    .copy = copy,
    .scale = scale,
    .copy_rows = copy_rows,
    .cat = cat,
    .repeat = repeat,
    .transpose = transpose,

    .sum = sum,
    .max = max,

    .softmax = softmax_kernel<Softmax>(),
    .log_softmax = softmax_kernel<LogSoftmax>(),

    .squared_error = squared_error,
    .squared_error_backward = squared_error_backward,

    .adam = adam,

    .gemm_workspace = gemm_workspace_elements,
    .gemm = gemm,

    .mt19937 = mt19937,
    .uniform = uniform,
    .normal = normal,
};

}  // namespace HANDFLOW_KERNELS(HANDFLOW_ISA)
}  // namespace autograd::inline HANDFLOW_PRECISION
