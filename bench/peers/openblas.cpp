// The matrix products alone, by OpenBLAS.

#include <cblas.h>

#include <sstream>
#include <utility>

#include "bench/peers/peers.h"

namespace bench {
namespace {

class ProductTask : public Task {
 public:
  ProductTask(const Product& setup, Operands in)
      : setup_(setup),
        in_(std::move(in)),
        c_(static_cast<std::size_t>(setup.m) * static_cast<std::size_t>(setup.n)) {}

  void run() override {
    const auto [m, n, k, form] = setup_;
    const bool a_transposed = form == Form::a_transposed_b;
    const bool b_transposed = form == Form::ab_transposed;
    cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans,
                b_transposed ? CblasTrans : CblasNoTrans, m, n, k, 1, in_.a.data(),
                a_transposed ? m : k, in_.b.data(), b_transposed ? k : n, 0, c_.data(), n);
  }
  double result() const override { return fingerprint(c_.data(), c_.size()); }

 private:
  Product setup_;
  Operands in_;
  std::vector<float> c_;
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
