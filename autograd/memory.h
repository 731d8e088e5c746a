#pragma once

#include <cstddef>
#include <utility>

#include "autograd/real.h"

/// Memory for nodes and buffers. Blocks are 64-byte aligned (one cache line, one AVX-512 vector)
/// and go back to a free list of their size when released, so a training step that repeats the
/// shapes of the step before asks the heap for nothing.
///
/// One thread: every thread has free lists of its own, and a block must be released on the thread
/// that allocated it. Debug builds check this for tensors.

namespace autograd::inline HANDFLOW_PRECISION {

/// A block of at least `bytes`, contents unspecified. Throws std::bad_alloc.
void* allocate_block(std::size_t bytes);

/// Gives a block of allocate_block(bytes) back.
void release_block(void* block, std::size_t bytes) noexcept;

/// Returns this thread's unused blocks to the heap.
void empty_cache() noexcept;

/// Differs between any two threads that are running: what a tensor remembers of its home.
const void* this_thread() noexcept;

/// A counted reference to a T, which has a plain `int references` and a static `destroy(T*)`.
/// Counts are not atomic: a tensor belongs to one thread.
template <class T>
class Ref {
 public:
  Ref() = default;
  Ref(const Ref& other) noexcept : pointer_(other.pointer_) {
    if (pointer_) ++pointer_->references;
  }
  Ref(Ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(pointer_, other.pointer_);
    return *this;
  }
  ~Ref() {
    if (pointer_ && --pointer_->references == 0) T::destroy(pointer_);
  }

  /// Takes over a reference that is already counted.
  static Ref adopt(T* pointer) noexcept {
    Ref ref;
    ref.pointer_ = pointer;
    return ref;
  }
  /// Hands the counted reference out.
  T* release() noexcept { return std::exchange(pointer_, nullptr); }

  T* get() const noexcept { return pointer_; }
  T* operator->() const noexcept { return pointer_; }
  T& operator*() const noexcept { return *pointer_; }
  explicit operator bool() const noexcept { return pointer_ != nullptr; }
  bool unique() const noexcept { return pointer_ && pointer_->references == 1; }

 private:
  T* pointer_ = nullptr;
};

/// The elements of a tensor: this header, then the numbers, in one block. Tensors that share memory
/// (`reshape`, `detach`) share the buffer, and with it the version that in-place operations raise.
struct alignas(64) Buffer {
  int references = 1;
  std::uint32_t version = 0;
  Index numel = 0;

  real* data() noexcept { return reinterpret_cast<real*>(this + 1); }

  /// Contents unspecified: NaN in Debug builds. Throws std::bad_alloc.
  static Ref<Buffer> create(Index numel);
  static void destroy(Buffer* buffer) noexcept;
};

}  // namespace autograd::inline HANDFLOW_PRECISION
