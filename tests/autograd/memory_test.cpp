#include "autograd/memory.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#include "autograd/autograd.h"

namespace autograd {
namespace {

// ---- Blocks ------------------------------------------------------------------------------------

const std::vector<std::size_t> sizes = {1,   8,    63,   64,    65,    127,    128,    129,
                                        200, 1000, 4096, 51264, 65536, 262145, 1000000};

TEST(Blocks, Are64ByteAlignedAndWritable) {
  for (const std::size_t bytes : sizes) {
    void* block = allocate_block(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0U) << bytes;
    std::memset(block, 0xab, bytes);
    release_block(block, bytes);
  }
}

TEST(Blocks, AreGivenOutAgain) {
  for (const std::size_t bytes : sizes) {
    void* const first = allocate_block(bytes);
    void* const second = allocate_block(bytes);
    EXPECT_NE(first, second);
    release_block(first, bytes);
    release_block(second, bytes);
    EXPECT_EQ(allocate_block(bytes), second) << bytes;  // the warmest first
    EXPECT_EQ(allocate_block(bytes), first) << bytes;
    release_block(first, bytes);
    release_block(second, bytes);
  }
}

// Blocks in use never overlap, whatever sizes come and go.
TEST(Blocks, InUseDoNotOverlap) {
  struct Used {
    unsigned char* begin;
    std::size_t bytes;
    unsigned char mark;
  };
  std::vector<Used> used;
  std::uint32_t state = 1;
  const auto next = [&](std::size_t n) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) % n;
  };
  for (int i = 0; i < 3000; ++i) {
    if (used.size() > 40) {
      const std::size_t victim = next(used.size());
      const Used block = used[victim];
      used.erase(used.begin() + static_cast<std::ptrdiff_t>(victim));
      for (std::size_t b = 0; b < block.bytes; ++b) ASSERT_EQ(block.begin[b], block.mark);
      release_block(block.begin, block.bytes);
    }
    const std::size_t bytes = 1 + next(5000);
    auto* begin = static_cast<unsigned char*>(allocate_block(bytes));
    used.push_back({begin, bytes, static_cast<unsigned char>(i)});
    std::memset(begin, i, bytes);
  }
  for (const Used& block : used) release_block(block.begin, block.bytes);
}

// ---- Buffers -----------------------------------------------------------------------------------

TEST(Buffers, BeginAtACacheLine) {
  for (const Index n : {0, 1, 15, 16, 17, 1000}) {
    const Ref<Buffer> buffer = Buffer::create(n);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer->data()) % 64, 0U);
    EXPECT_EQ(buffer->numel, n);
    EXPECT_EQ(buffer->version, 0U);
    EXPECT_EQ(buffer->references, 1);
  }
}

TEST(Buffers, AreRecycledWithAFreshVersion) {
  const real* first = nullptr;
  {
    Tensor x = zeros({100});
    x.add_(1).add_(1);
    first = x.data();
  }
  const Tensor y = Tensor::empty({100});
  EXPECT_EQ(y.data(), first);
  EXPECT_EQ(y.node().value->version, 0U);
}

// What nobody has written yet spoils every sum in a Debug build, recycled or not.
TEST(Buffers, FreshOnesAreNaNInDebug) {
#ifdef NDEBUG
  GTEST_SKIP() << "Release builds leave fresh memory as it is";
#endif
  { const Tensor x = ones({300}); }
  const Tensor y = Tensor::empty({300});
  for (Index i = 0; i < 300; ++i) ASSERT_TRUE(std::isnan(y.data()[i])) << i;
  EXPECT_TRUE(std::isnan(sum(y).item()));
}

// ---- Threads -----------------------------------------------------------------------------------

TEST(Threads, HaveNamesAndFreeListsOfTheirOwn) {
  const void* here = this_thread();
  EXPECT_EQ(here, this_thread());
  void* const block = allocate_block(777);
  release_block(block, 777);
  std::thread([&] {
    EXPECT_NE(this_thread(), here);
    void* const other = allocate_block(777);
    EXPECT_NE(other, block);
    release_block(other, 777);
    // A whole life of a graph on a thread, with tensors that outlive the free lists.
    static thread_local Tensor late;
    late = sum(ones({50}).requires_grad_() * 2);
    late.backward();
  }).join();
  EXPECT_EQ(allocate_block(777), block);
  release_block(block, 777);
}

// Computes once more when main() has returned and the thread's own objects are gone. A wrong end is
// one of the process.
struct Late {
  ~Late() {
    if (!kept.defined()) return;
    const Tensor product = matmul(kept, kept);
    sum(product).backward();
    if (kept.grad().data()[0] != 40 || rand({20}).numel() != 20) std::abort();
  }
  Tensor kept;
};
Late late;

TEST(Threads, StaticTensorsMayOutliveThem) { late.kept = ones({20, 20}).requires_grad_(); }

using ThreadsDeathTest = testing::Test;

TEST(ThreadsDeathTest, AFreeingOnAnotherThreadIsCaughtInDebug) {
#ifdef NDEBUG
  GTEST_SKIP() << "checked in Debug builds only";
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Tensor x = ones({3});
  EXPECT_DEATH(std::thread([&] { x = Tensor(); }).join(),
               "a tensor must be freed on the thread that made it");
}

// ---- References --------------------------------------------------------------------------------

struct Counted {
  int references = 1;
  static int destroyed;
  static void destroy(Counted*) { ++destroyed; }
};
int Counted::destroyed = 0;

TEST(Refs, CountTheirCopies) {
  Counted object;
  Counted::destroyed = 0;
  {
    Ref<Counted> a = Ref<Counted>::adopt(&object);
    EXPECT_EQ(object.references, 1);
    EXPECT_TRUE(a.unique());
    EXPECT_EQ(a.get(), &object);
    EXPECT_EQ(&*a, &object);
    Ref<Counted> b = a;
    EXPECT_EQ(object.references, 2);
    EXPECT_FALSE(a.unique());
    const Ref<Counted> c = std::move(b);
    EXPECT_EQ(object.references, 2);
    EXPECT_FALSE(b);
    EXPECT_FALSE(b.unique());
    b = c;
    EXPECT_EQ(object.references, 3);
    b = b.get() ? b : a;  // onto itself
    EXPECT_EQ(object.references, 3);
    b = {};
    a = {};
    EXPECT_EQ(object.references, 1);
    EXPECT_EQ(Counted::destroyed, 0);
  }
  EXPECT_EQ(Counted::destroyed, 1);
}

TEST(Refs, AssignmentLetsGoOfTheOld) {
  Counted first, second;
  Counted::destroyed = 0;
  Ref<Counted> a = Ref<Counted>::adopt(&first);
  a = Ref<Counted>::adopt(&second);
  EXPECT_EQ(Counted::destroyed, 1);
  EXPECT_EQ(a.get(), &second);
}

TEST(Refs, ReleaseHandsTheCountOut) {
  Counted object;
  Counted::destroyed = 0;
  {
    Ref<Counted> a = Ref<Counted>::adopt(&object);
    EXPECT_EQ(a.release(), &object);
    EXPECT_FALSE(a);
  }
  EXPECT_EQ(Counted::destroyed, 0);
  EXPECT_EQ(object.references, 1);
}

}  // namespace
}  // namespace autograd
