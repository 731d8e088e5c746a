#include "autograd/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>
#include <string>
#include <type_traits>

#include "autograd/kernels/kernels.h"
#include "autograd/record.h"

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// A word of the twister as it is drawn. The kernel does the same for 624 at a time.
std::uint32_t tempered(std::uint32_t word) {
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680U;
  word ^= (word << 15) & 0xefc60000U;
  return word ^ (word >> 18);
}

class Generator {
 public:
  Generator() { seed(67280421310721); }  // PyTorch's default seed

  void seed(std::uint64_t seed) {
    state_[0] = static_cast<std::uint32_t>(seed);
    for (std::uint32_t i = 1; i < state_.size(); ++i) {
      state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
    }
    next_ = words_.size();
    kept_normal_.reset();
  }

  RngState state() const {
    return {.twister = state_,
            .used = static_cast<std::uint32_t>(next_ - spare),
            .kept_normal = kept_normal_};
  }

  void set_state(const RngState& state) {
    state_ = state.twister;
    std::transform(state_.begin(), state_.end(), words_.begin() + spare, tempered);
    next_ = spare + state.used;
    kept_normal_ = state.kept_normal;
  }

  std::uint32_t word() {
    refill_if_fewer_than(1);
    return words_[next_++];
  }

  void uniform(Index n, float* y) { draw<1>(kernels().uniform, n, y); }

  // From 16 values on, whole blocks of 16: eight radii and eight angles become sixteen normals. The
  // words of a ragged end are drawn and not used; one more block covers the last 16 places.
  void normal(Index n, float* y) {
    if (n < 16) {
      std::generate_n(y, n, [this] { return static_cast<float>(single_normal()); });
      return;
    }
    const Index whole = n / 16 * 16;
    draw<16>(kernels().normal, whole, y);
    if (n != whole) {
      uniform(n - whole, y + whole);
      draw<16>(kernels().normal, 16, y + n - 16);
    }
  }

 private:
  // Words that wait, if they are too few, move in front of the next ones.
  void refill_if_fewer_than(std::size_t wanted) {
    if (words_.size() - next_ >= wanted) return;
    std::copy(words_.end() - spare, words_.end(), words_.begin());
    kernels().mt19937(state_.data(), words_.data() + spare);
    next_ -= state_.size();
  }

  // n numbers from n words, by a kernel that takes whole blocks.
  template <std::size_t block>
  void draw(void (*numbers)(Index, const std::uint32_t*, float*), Index n, float* y) {
    while (n > 0) {
      refill_if_fewer_than(block);
      const auto waiting = static_cast<Index>((words_.size() - next_) / block * block);
      const Index count = std::min(n, waiting);
      numbers(count, &words_[next_], y);
      next_ += static_cast<std::size_t>(count);
      y += count;
      n -= count;
    }
  }

  double uniform53() {
    const std::uint64_t high = word();
    const std::uint64_t both = high << 32 | word();
    return static_cast<double>(both & ((std::uint64_t{1} << 53) - 1)) * 0x1p-53;
  }

  double single_normal() {
    if (kept_normal_) {
      const double kept = *kept_normal_;
      kept_normal_.reset();
      return kept;
    }
    const double u1 = uniform53();
    const double u2 = uniform53();
    const double radius = std::sqrt(-2 * std::log1p(-u2));
    const double angle = 2 * std::numbers::pi * u1;
    kept_normal_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }

  static constexpr std::size_t spare = 16;
  alignas(64) std::array<std::uint32_t, 624> state_;
  alignas(64) std::array<std::uint32_t, spare + 624> words_{};  // those drawn from state_, tempered
  std::size_t next_;
  std::optional<double> kept_normal_;
};

thread_local Generator generator;

// The float stream in a tensor of `real`.
template <class Draw>
Tensor drawn(const Shape& shape, Draw draw) {
  Tensor tensor = Tensor::empty(shape);
  if constexpr (std::is_same_v<real, float>) {
    draw(tensor.numel(), tensor.data());
  } else {
    std::vector<float> values(static_cast<std::size_t>(tensor.numel()));
    draw(tensor.numel(), values.data());
    std::copy(values.begin(), values.end(), tensor.data());
  }
  return tensor;
}

}  // namespace

void manual_seed(std::uint64_t seed) { generator.seed(seed); }

RngState rng_state() { return generator.state(); }

void set_rng_state(const RngState& state) {
  const auto& words = state.twister;
  if (state.used > words.size()) {
    throw ValueError("set_rng_state: used must be 0 to 624, got " + std::to_string(state.used));
  }
  // Of the first word only the highest bit goes into the next block.
  if ((words[0] >> 31) == 0 &&
      std::all_of(words.begin() + 1, words.end(), [](std::uint32_t word) { return word == 0; })) {
    throw ValueError("set_rng_state: the words of the twister are all 0, and would stay so");
  }
  if (state.kept_normal && !std::isfinite(*state.kept_normal)) {
    throw ValueError("set_rng_state: the kept normal must be finite, got " +
                     std::to_string(*state.kept_normal));
  }
  generator.set_state(state);
}

Tensor rand(const Shape& shape) {
  return drawn(shape, [](Index n, float* y) { generator.uniform(n, y); });
}

Tensor randn(const Shape& shape) {
  return drawn(shape, [](Index n, float* y) { generator.normal(n, y); });
}

Tensor& Tensor::uniform_(double low, double high) {
  refuse_if_recorded("uniform_", *this);  // before anything is drawn
  const auto from = static_cast<float>(low);
  const auto range = static_cast<float>(high) - from;
  if (!(range >= 0) || !std::isfinite(range)) {
    throw ValueError("uniform_: cannot draw from [" + std::to_string(low) + ", " +
                     std::to_string(high) + ")");
  }
  const Tensor draws = rand(shape());
  Tensor values = empty(shape());
  for (Index i = 0; i < numel(); ++i) {
    const auto u = static_cast<double>(draws.data()[i]);
    values.data()[i] = static_cast<float>(u * range + from);  // in double, rounded once
  }
  return copy_(values);
}

std::vector<Index> randint(Index low, Index high, Index n) {
  if (low >= high || n < 0 ||
      static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) > 0xffffffffU) {
    throw ValueError("randint: cannot draw " + std::to_string(n) + " numbers from " +
                     std::to_string(low) + ".." + std::to_string(high) +
                     " (the range must hold 1 to 2^32 - 1 numbers)");
  }
  if (n > Shape::max_numel) {
    throw ValueError("randint: n must be at most 2^36, got " + std::to_string(n));
  }
  const Index range = high - low;
  std::vector<Index> numbers(static_cast<std::size_t>(n));
  std::generate(numbers.begin(), numbers.end(),
                [=] { return low + static_cast<Index>(generator.word()) % range; });
  return numbers;
}

std::vector<Index> randperm(Index n) {
  if (n < 0 || n > 0xffffffff) {
    throw ValueError("randperm: n must be 0 to 2^32 - 1, got " + std::to_string(n));
  }
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = 0; i < n - 1; ++i) {
    const Index other = i + static_cast<Index>(generator.word()) % (n - i);
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

}  // namespace autograd::inline HANDFLOW_PRECISION
