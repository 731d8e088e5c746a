// The loops by hand. Compiled once for each instruction set, with HANDFLOW_ISA=baseline, avx2 or
// avx512, and by the rules of autograd/kernels/kernels.cpp: nothing from std:: but types, all in a
// namespace of its own.

#include "bench/limit/loops.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define HANDFLOW_PASTE(a, b) a##b
#define HANDFLOW_LOOPS(isa) HANDFLOW_PASTE(loops_, isa)
#define HANDFLOW_QUOTE(text) #text
#define HANDFLOW_NAME(isa) HANDFLOW_QUOTE(isa)

namespace bench::fused {
// clang-format off
namespace HANDFLOW_LOOPS(HANDFLOW_ISA) {

using autograd::real;

#include "autograd/kernels/vector.inc"
#include "bench/limit/vector.inc"
#include "bench/limit/random.inc"
#include "bench/limit/adam.inc"
#include "bench/limit/training.inc"
#include "bench/limit/sampling.inc"
#include "bench/limit/large.inc"

extern const Loops table;
constinit const Loops table = {
    .name = HANDFLOW_NAME(HANDFLOW_ISA),
    .start = start,
    .normal = normal,
    .uniform = uniform,
    .adam = adam,
    .training_step_3 = training_step<3>,
    .training_step_4 = training_step<4>,
    .sample = sample,
    .interpolate_rows = interpolate_rows,
    .bias_relu = bias_relu,
    .bias_errors = bias_errors,
    .mask = mask,
};

}  // namespace HANDFLOW_LOOPS(HANDFLOW_ISA)
}  // namespace bench::fused
