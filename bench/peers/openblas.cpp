// The matrix products alone, by OpenBLAS.

#include <cblas.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "bench/peers/peers.h"

namespace bench {
namespace {

struct Free {
  void operator()(float* array) const { std::free(array); }
};
using Array = std::unique_ptr<float[], Free>;

// From the start of a cache line, as all other contestants have it.
Array aligned_array(std::size_t n) {
  const std::size_t lines = (n * sizeof(float) - 1) / 64 + 1;
  void* memory = std::aligned_alloc(64, lines * 64);
  if (!memory) throw std::bad_alloc();
  return Array(static_cast<float*>(memory));
}

Array aligned_copy(const std::vector<float>& values) {
  Array copy = aligned_array(values.size());
  std::copy(values.begin(), values.end(), copy.get());
  return copy;
}

class ProductTask : public Task {
 public:
  ProductTask(const Product& setup, const Operands& in)
      : setup_(setup),
        size_(static_cast<std::size_t>(setup.m) * static_cast<std::size_t>(setup.n)),
        a_(aligned_copy(in.a)),
        b_(aligned_copy(in.b)),
        c_(aligned_array(size_)) {}

  void run() override {
    const auto [m, n, k, form] = setup_;
    const bool a_transposed = form == Form::a_transposed_b;
    const bool b_transposed = form == Form::ab_transposed;
    cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans,
                b_transposed ? CblasTrans : CblasNoTrans, m, n, k, 1, a_.get(),
                a_transposed ? m : k, b_.get(), b_transposed ? k : n, 0, c_.get(), n);
  }
  double result() const override { return fingerprint(c_.get(), size_); }

 private:
  Product setup_;
  std::size_t size_;  // of C
  Array a_, b_, c_;
};

std::unique_ptr<Task> make_product(const Product& setup, unsigned seed) {
  return std::make_unique<ProductTask>(setup, operands(setup, seed));
}

}  // namespace

Contestant openblas() {
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": the first two words.
  std::istringstream config(openblas_get_config());
  std::string name, version;
  config >> name >> version;
  return {name + " " + version, openblas_set_num_threads, nullptr, nullptr, make_product, nullptr};
}

}  // namespace bench
