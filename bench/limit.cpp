// The limit: the workloads by hand (bench/limit/), drawing the library's stream of random numbers
// under the library's flags. Nobody would write a program like this. It says how fast a step could
// be, and its losses, which must equal ours, say that it is the same step.

#include <algorithm>
#include <string_view>

#include "autograd/autograd.h"
#include "bench/limit/tasks.h"
#include "bench/peers/peers.h"

namespace bench {
namespace fused {

// One for each instruction set.
namespace loops_baseline {
extern const Loops table;
}
#ifdef HANDFLOW_HAS_AVX2
namespace loops_avx2 {
extern const Loops table;
}
#endif
#ifdef HANDFLOW_HAS_AVX512
namespace loops_avx512 {
extern const Loops table;
}
#endif

const Loops& loops() {
  [[maybe_unused]] const std::string_view name = autograd::kernels().name;
#ifdef HANDFLOW_HAS_AVX512
  if (name == loops_avx512::table.name) return loops_avx512::table;
#endif
#ifdef HANDFLOW_HAS_AVX2
  if (name == loops_avx2::table.name) return loops_avx2::table;
#endif
  return loops_baseline::table;
}

}  // namespace fused

namespace {

using autograd::Tensor;

// A network's weights, (64, inputs), (64), (2, 64), (2), as rows of hidden units
// (fused::parameters_of).
void arrange(const std::vector<float>& weights, int inputs, float* rows) {
  constexpr int hidden = fused::hidden;
  const float* w1 = weights.data();
  for (int j = 0; j < hidden; ++j) {
    for (int i = 0; i < inputs; ++i) rows[i * hidden + j] = *w1++;
  }
  std::copy(w1, weights.data() + weights.size(), rows + inputs * hidden);
}

// A and B.
class SmallTraining : public Task {
 public:
  SmallTraining(const Training& setup, unsigned seed)
      : data_(data(setup)),
        noise_(Tensor::empty({2 * setup.batch + 32})),
        times_(Tensor::empty({setup.batch + 16})),
        adam_(setup.lr),
        run_(setup.tagged ? fused::loops().training_step_4 : fused::loops().training_step_3) {
    arrange(first_parameters(setup, seed), setup.inputs(), step_.parameters);
    fused::start(step_.generator);
    step_.batch = setup.batch;
    step_.points = data_.points.data();
    step_.tags = data_.tags.data();
    step_.noise = noise_.data();
    step_.times = times_.data();
  }

  void run() override {
    step_.adam = adam_.next();
    run_(step_);
  }
  double result() const override { return static_cast<double>(step_.loss); }

 private:
  Data data_;
  Tensor noise_, times_;
  fused::AdamSteps adam_;
  void (*run_)(fused::TrainingStep&);
  fused::TrainingStep step_;
};

std::unique_ptr<Task> limit_training(const Training& setup, unsigned seed) {
#ifdef HANDFLOW_HAS_OPENBLAS
  if (setup.hidden_layers == 2) return fused::large_training(setup, seed);
#endif
  const bool small = setup.dim == 2 && setup.hidden_layers == 1 && setup.width == fused::hidden;
  if (!small || setup.batch % 8 != 0 || setup.batch < 16) return nullptr;
  return std::make_unique<SmallTraining>(setup, seed);
}

// F.
class SamplingTask : public Task {
 public:
  SamplingTask(const Sampling& setup, unsigned seed)
      : samples_(Tensor::empty({setup.points, 2})),
        biases_(Tensor::empty({2 * setup.steps + 1, fused::hidden})),
        parameters_(autograd::zeros({fused::parameters_of<3>})) {
    arrange(first_parameters(setup, seed), 3, parameters_.data());
    noise_ = autograd::randn({setup.points, 2});
    run_ = {.points = setup.points,
            .rk4 = setup.rk4,
            .steps = setup.steps,
            .parameters = parameters_.data(),
            .noise = noise_.data(),
            .samples = samples_.data(),
            .biases = biases_.data()};
  }

  void run() override { fused::loops().sample(run_); }
  double result() const override { return mean(square(samples_)).item(); }

 private:
  Tensor samples_, biases_, parameters_, noise_;
  fused::SamplingRun run_;
};

// In chunks of its own choice.
std::unique_ptr<Task> limit_sampling(const Sampling& setup, unsigned seed) {
  if (setup.chunk != 0 || setup.points < 16) return nullptr;
  return std::make_unique<SamplingTask>(setup, seed);
}

}  // namespace

Contestant limit() {
  return {"the limit", nullptr, limit_training, limit_sampling, nullptr, nullptr};
}

}  // namespace bench
