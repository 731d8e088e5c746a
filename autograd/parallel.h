#pragma once

#include <type_traits>

#include "autograd/real.h"

/// Splitting a loop among threads.
///
/// A graph and its tensors belong to one thread; what runs in parallel is the inside of a large
/// kernel. The threads are kept: after a short spin they sleep until the next loop, so that a
/// program which computes nothing uses nothing.

namespace autograd::inline HANDFLOW_PRECISION {

/// How many threads a loop may use, the calling one included. Throws ValueError if n < 1, Error
/// inside a parallel loop or if the system has no more threads; then nothing has changed.
void set_num_threads(int n);

/// What set_num_threads() has set; at the start the number in the environment variable
/// HANDFLOW_THREADS, or 1 where that is missing or not a positive number. Always 1 in WebAssembly
/// without threads.
int num_threads();

/// The loop itself, without templates: `body(context, begin, end)`.
void parallel_for(Index n, Index grain, void (*body)(void*, Index, Index), void* context);

/// Calls body(begin, end) for at most num_threads() contiguous ranges which together are [0, n);
/// each but the last is a multiple of `grain` long. The caller takes one of them and returns when
/// all are done. A loop inside a loop, or at the same time on another thread, runs as one range. An
/// exception in a body reaches the caller after all ranges have ended (of several, the one of the
/// lowest range). Nothing is allocated, but for the threads themselves by the first loop; where the
/// system has none left, all runs as one range.
template <class Body>
void parallel_for(Index n, Index grain, Body&& body) {
  using Function = std::remove_reference_t<Body>;
  parallel_for(
      n, grain,
      [](void* context, Index begin, Index end) { (*static_cast<Function*>(context))(begin, end); },
      const_cast<void*>(static_cast<const void*>(&body)));
}

}  // namespace autograd::inline HANDFLOW_PRECISION
