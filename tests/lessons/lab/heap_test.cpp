#include "lessons/lab/heap.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <new>
#include <thread>

namespace lab {
namespace {

struct alignas(128) Wide {
  char bytes[128];
};

TEST(Heap, CountsWhatIsAskedForWhileItRuns) {
  EXPECT_EQ(heap_allocations([] {}), 0);
  // Kept beyond the run: a compiler may leave out what is freed at once.
  std::unique_ptr<int> one;
  std::unique_ptr<int[]> many;
  std::unique_ptr<Wide> wide;
  EXPECT_EQ(heap_allocations([&] { one = std::make_unique<int>(1); }), 1);
  EXPECT_EQ(heap_allocations([&] { many = std::make_unique<int[]>(100); }), 1);
  EXPECT_EQ(heap_allocations([&] { wide = std::make_unique<Wide>(); }), 1);
  EXPECT_EQ(heap_allocations([&] { one.reset(new (std::nothrow) int(2)); }), 1);
}

TEST(Heap, CountsOtherThreads) {
  std::unique_ptr<int> one, two;
  const auto start = [&] { std::thread([&] { one = std::make_unique<int>(1); }).join(); };
  const auto start_more = [&] {
    std::thread([&] { one = std::make_unique<int>(1), two = std::make_unique<int>(2); }).join();
  };
  EXPECT_EQ(heap_allocations(start_more) - heap_allocations(start), 1);
}

TEST(Heap, BlocksAreAligned) {
  const auto wide = std::make_unique<Wide>();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(wide.get()) % alignof(Wide), 0U);
}

}  // namespace
}  // namespace lab
