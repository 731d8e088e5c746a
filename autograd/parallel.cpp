#include "autograd/parallel.h"

#include <string>

#include "autograd/error.h"

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)

// WebAssembly without threads: a loop is one range.
namespace autograd::inline HANDFLOW_PRECISION {

void set_num_threads(int n) {
  if (n < 1)
    throw ValueError("set_num_threads: " + std::to_string(n) + " threads; need at least 1");
}

int num_threads() { return 1; }

void parallel_for(Index n, Index, void (*body)(void*, Index, Index), void* context) {
  if (n > 0) body(context, 0, n);
}

}  // namespace autograd::inline HANDFLOW_PRECISION

#else

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

// One parallel loop: what to call, and how [0, n) is cut.
struct Loop {
  void (*body)(void*, Index, Index) = nullptr;
  void* context = nullptr;
  Index n = 0, grain = 1, ranges = 0;

  void run(Index range) const {
    const Index pieces = (n - 1) / grain + 1;
    // pieces * range / ranges, without the product that could overflow.
    const auto cut = [&](Index r) {
      const Index piece = pieces / ranges * r + pieces % ranges * r / ranges;
      return piece == pieces ? n : piece * grain;
    };
    body(context, cut(range), cut(range + 1));
  }
};

// True on a worker, and on a caller while its loop runs: a loop inside a loop runs inline.
thread_local bool inside_loop = false;

// One turn takes some tens of nanoseconds, all of them tens of microseconds: longer than the pause
// between two loops of one step, short enough not to be noticed.
constexpr int spin_turns = 2000;

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

// The threads besides the caller. A loop is handed over by raising `generation`; every worker takes
// note of every generation, so that `loop_` can be rewritten once `pending_` is back at zero.
class Pool {
 public:
  explicit Pool(int threads) : errors_(static_cast<std::size_t>(threads)) {
    workers_.reserve(static_cast<std::size_t>(threads - 1));
    try {
      for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
    } catch (...) {
      stop();
      throw;
    }
  }
  ~Pool() { stop(); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Not to be called by two threads at once.
  void run(const Loop& loop) {
    loop_ = loop;
    pending_.store(static_cast<int>(workers_.size()), std::memory_order_relaxed);
    announce();
    run_range(0);
    wait([this] { return pending_.load(std::memory_order_acquire) == 0; }, done_);
    // The lowest range's exception, so that it does not depend on timing.
    std::exception_ptr first;
    for (std::exception_ptr& error : errors_) {
      if (error && !first) first = error;
      error = nullptr;
    }
    if (first) std::rethrow_exception(first);
  }

 private:
  void run_range(Index range) noexcept {
    if (range >= loop_.ranges) return;
    try {
      loop_.run(range);
    } catch (...) {
      errors_[static_cast<std::size_t>(range)] = std::current_exception();
    }
  }

  void work(Index range) {
    inside_loop = true;
    for (std::uint64_t seen = 0;; ++seen) {
      wait([&] { return generation_.load(std::memory_order_acquire) != seen; }, changed_);
      if (stopping_) return;
      run_range(range);
      if (pending_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        // Taking the mutex, if only for a moment, makes sure that the caller either has not yet
        // looked at `pending_` or is already asleep: the notice cannot fall in between.
        { const std::lock_guard lock(mutex_); }
        done_.notify_one();
      }
    }
  }

  // Spin first, then sleep.
  template <class Condition>
  void wait(Condition condition, std::condition_variable& signal) {
    for (int turn = 0; turn < spin_turns; ++turn) {
      if (condition()) return;
      relax();
    }
    std::unique_lock lock(mutex_);
    signal.wait(lock, condition);
  }

  void announce() {
    {
      const std::lock_guard lock(mutex_);
      generation_.fetch_add(1, std::memory_order_release);
    }
    changed_.notify_all();
  }

  void stop() {
    stopping_ = true;
    announce();
    for (std::thread& worker : workers_) worker.join();
  }

  Loop loop_;
  bool stopping_ = false;  // published, as loop_ is, by generation_
  std::atomic<std::uint64_t> generation_ = 0;
  std::atomic<int> pending_ = 0;            // workers which have not finished this generation
  std::vector<std::exception_ptr> errors_;  // one for each range
  std::mutex mutex_;                        // for sleeping and waking only
  std::condition_variable changed_, done_;
  std::vector<std::thread> workers_;  // last: they use everything above
};

int threads_from_environment() {
  const char* text = std::getenv("HANDFLOW_THREADS");
  if (!text) return 1;
  char* end = nullptr;
  const long n = std::strtol(text, &end, 10);
  return end != text && *end == '\0' && n >= 1 && n <= 1024 ? static_cast<int>(n) : 1;
}

// The state of this file. `pool` is made by the first loop that needs it.
struct Threads {
  std::atomic<int> count = threads_from_environment();
  std::mutex in_use;  // held while a loop runs or the pool is exchanged
  std::unique_ptr<Pool> pool;
};

// Outlives static tensors, whose destructors may still compute. When the program ends, the workers
// are joined; what comes later runs on its own thread.
Threads& threads() {
  static Threads& instance = *new Threads;
  static const struct Join {
    ~Join() {
      const std::lock_guard lock(instance.in_use);
      instance.count = 1;
      instance.pool.reset();
    }
  } join;
  return instance;
}

std::unique_ptr<Pool> make_pool(int n) {
  try {
    return std::make_unique<Pool>(n);
  } catch (const std::system_error& error) {
    throw Error("set_num_threads: cannot start " + std::to_string(n) + " threads: " + error.what());
  }
}

}  // namespace

void set_num_threads(int n) {
  if (n < 1)
    throw ValueError("set_num_threads: " + std::to_string(n) + " threads; need at least 1");
  if (inside_loop) throw Error("set_num_threads: called inside a parallel loop");
  const std::lock_guard lock(threads().in_use);
  if (n == threads().count && threads().pool) return;
  threads().pool = make_pool(n);  // joins the old workers once the new ones stand
  threads().count = n;
}

int num_threads() { return threads().count.load(std::memory_order_relaxed); }

void parallel_for(Index n, Index grain, void (*body)(void*, Index, Index), void* context) {
  if (n <= 0) return;
  grain = std::max<Index>(grain, 1);
  const Index pieces = (n - 1) / grain + 1;
  if (pieces == 1 || inside_loop || num_threads() == 1) return body(context, 0, n);

  Threads& state = threads();
  const std::unique_lock lock(state.in_use, std::try_to_lock);
  if (!lock) return body(context, 0, n);  // another thread's loop has the workers
  if (!state.pool) {
    try {
      state.pool = make_pool(num_threads());
    } catch (const Error&) {
      return body(context, 0, n);  // no threads to be had: slower, and the same result
    }
  }

  inside_loop = true;
  struct Leave {
    ~Leave() { inside_loop = false; }
  } leave;
  state.pool->run({body, context, n, grain, std::min<Index>(state.pool->threads(), pieces)});
}

}  // namespace autograd::inline HANDFLOW_PRECISION

#endif
