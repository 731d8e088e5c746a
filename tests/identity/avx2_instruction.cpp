#include <immintrin.h>

// Executes an AVX2 instruction, whatever the machine. The volatile value hides that it adds zeros.
int main() {
  const volatile int zero = 0;
  const __m256i sum = _mm256_add_epi32(_mm256_set1_epi32(zero), _mm256_set1_epi32(zero));
  return _mm256_extract_epi32(sum, 0);
}
