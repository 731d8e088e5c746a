#include "autograd/memory.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define HANDFLOW_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HANDFLOW_ASAN 1
#endif
#endif
#ifdef HANDFLOW_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace autograd::inline HANDFLOW_PRECISION {
namespace {

constexpr std::align_val_t alignment{64};

// AddressSanitizer cannot see a block of a free list as freed unless it is told.
void mark_unused([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef HANDFLOW_ASAN
  __asan_poison_memory_region(block, bytes);
#endif
}
void mark_used([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef HANDFLOW_ASAN
  __asan_unpoison_memory_region(block, bytes);
#endif
}

// Block sizes are powers of two from 64 bytes; class c holds blocks of 64 << c bytes.
constexpr std::size_t smallest = 64;
std::size_t size_class(std::size_t bytes) {
  return static_cast<std::size_t>(std::bit_width((std::max(bytes, smallest) - 1) / smallest));
}

struct FreeBlock {
  FreeBlock* next;
};

struct FreeLists {
  std::array<FreeBlock*, 48> first{};

  void clear() noexcept {
    for (std::size_t c = 0; c < first.size(); ++c) {
      while (FreeBlock* block = first[c]) {
        mark_used(block, smallest << c);
        first[c] = block->next;
        ::operator delete(block, alignment);
      }
    }
  }
};

thread_local FreeLists free_lists;

// Static tensors are destroyed after the thread's own objects. FreeLists needs no destructor, so
// its memory stays valid; this guard empties it and sends what comes later straight to the heap.
thread_local bool thread_is_ending = false;
struct EndOfThread {
  ~EndOfThread() {
    thread_is_ending = true;
    free_lists.clear();
  }
};
thread_local EndOfThread end_of_thread;

}  // namespace

void* allocate_block(std::size_t bytes) {
  const std::size_t c = size_class(bytes);
  FreeBlock* block = free_lists.first[c];
  if (block) {
    mark_used(block, smallest << c);
    free_lists.first[c] = block->next;
    __builtin_prefetch(block->next);  // the next request will read it, and write there
    return block;
  }
  static_cast<void>(&end_of_thread);  // naming it makes it live, so that its destructor will run
  return ::operator new(smallest << c, alignment);
}

void release_block(void* block, std::size_t bytes) noexcept {
  if (thread_is_ending) {
    ::operator delete(block, alignment);
    return;
  }
  const std::size_t c = size_class(bytes);
  free_lists.first[c] = new (block) FreeBlock{free_lists.first[c]};
  mark_unused(block, smallest << c);
}

void empty_cache() noexcept { free_lists.clear(); }

const void* this_thread() noexcept { return &free_lists; }

Ref<Buffer> Buffer::create(Index numel) {
  const std::size_t bytes = sizeof(Buffer) + static_cast<std::size_t>(numel) * sizeof(real);
  auto* buffer = new (allocate_block(bytes)) Buffer;
  buffer->numel = numel;
#ifndef NDEBUG
  std::fill_n(buffer->data(), numel, std::numeric_limits<real>::quiet_NaN());
#endif
  return Ref<Buffer>::adopt(buffer);
}

void Buffer::destroy(Buffer* buffer) noexcept {
  release_block(buffer, sizeof(Buffer) + static_cast<std::size_t>(buffer->numel) * sizeof(real));
}

}  // namespace autograd::inline HANDFLOW_PRECISION
