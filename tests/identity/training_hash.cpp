#include <cstdint>
#include <cstdio>
#include <cstring>

#include "flow/flow.h"

// Trains two networks and prints a hash of every loss, parameter and sample: equal hashes mean
// equal bits. identity.cmake runs this with each instruction set and with several threads.

namespace {

using autograd::Index;
using autograd::Tensor;

class Hash {
 public:
  void add(const Tensor& x) {  // FNV-1a
    for (Index i = 0; i < x.numel(); ++i) {
      unsigned char bytes[sizeof(autograd::real)];
      std::memcpy(bytes, x.data() + i, sizeof bytes);
      for (const unsigned char byte : bytes) state_ = (state_ ^ byte) * 1099511628211ULL;
    }
  }
  unsigned long long value() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037ULL;
};

// The note's unconditional run, its first 300 steps, and samples from what it has learnt by then.
void unconditional(Hash& hash) {
  autograd::manual_seed(0);
  flow::VectorField model(2, 64);
  nn::Adam optimizer(model.parameters(), {.lr = 1e-2});
  const Tensor x1 = flow::data::sine_curve(200).points;
  for (int step = 0; step < 300; ++step) {
    const Tensor x0 = autograd::randn({200, 2});
    const Tensor t = autograd::rand({200, 1});
    const Tensor loss = flow::cfm_loss(model, x0, x1, t);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    hash.add(loss);
  }
  for (const Tensor& parameter : model.parameters()) hash.add(parameter);
  const Tensor x0 = autograd::randn({100, 2});
  hash.add(flow::sample(model, x0, {.solver = flow::Solver::rk4, .steps = 5}));
}

// Products large enough that their rows are split among threads, and the other activations.
void wide(Hash& hash) {
  autograd::manual_seed(1);
  nn::Sequential net{nn::Linear(3, 130), nn::SiLU(), nn::Linear(130, 130), nn::Tanh(),
                     nn::Linear(130, 2)};
  nn::SGD optimizer(net.parameters(), {.lr = 1e-2, .momentum = 0.9});
  const Tensor x = autograd::randn({500, 3});
  const Tensor y = autograd::randn({500, 2});
  for (int step = 0; step < 20; ++step) {
    const Tensor loss = mse_loss(net(x), y);
    optimizer.zero_grad();
    loss.backward();
    optimizer.step();
    hash.add(loss);
  }
  for (const Tensor& parameter : net.parameters()) hash.add(parameter);
}

}  // namespace

int main() {
  Hash hash;
  unconditional(hash);
  wide(hash);
#ifdef __aarch64__
  const bool fused = true;
#else
  const bool fused = std::strcmp(autograd::kernels().name, "baseline") != 0;
#endif
  std::printf("%s kernels, %s, %d threads: %016llx\n", autograd::kernels().name,
              fused ? "fused" : "not fused", autograd::num_threads(), hash.value());
}
