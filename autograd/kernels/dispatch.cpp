#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "autograd/kernels/kernels.h"

namespace autograd::inline HANDFLOW_PRECISION {

namespace kernels_baseline {
extern const Kernels table;
}
#ifdef HANDFLOW_HAS_AVX2
namespace kernels_avx2 {
extern const Kernels table;
}
#endif
#ifdef HANDFLOW_HAS_AVX512
namespace kernels_avx512 {
extern const Kernels table;
}
#endif

const Kernels* kernels_named(const char* name) {
  const std::string_view wanted = name ? name : "";
  if (wanted == "baseline") return &kernels_baseline::table;
#ifdef HANDFLOW_HAS_AVX2
  if (wanted == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return &kernels_avx2::table;
  }
#endif
#ifdef HANDFLOW_HAS_AVX512
  if (wanted == "avx512" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
    return &kernels_avx512::table;
  }
#endif
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels& chosen = []() -> const Kernels& {
    const char* wanted = std::getenv("HANDFLOW_ISA");
    for (const char* name : {wanted, "avx512", "avx2"}) {
      if (const Kernels* table = kernels_named(name)) return *table;
    }
    return kernels_baseline::table;
  }();
  return chosen;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
