#include "autograd/parallel.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <vector>

#include "autograd/error.h"

namespace autograd {
namespace {

// Leaves the number of threads as it was.
class Parallel : public testing::Test {
 protected:
  void TearDown() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

TEST_F(Parallel, EveryIndexOnceInRangesOfTheGrain) {
  for (const int threads : {1, 2, 3, 5}) {
    set_num_threads(threads);
    ASSERT_EQ(num_threads(), threads);
    for (const Index n : {0, 1, 2, 7, 64, 1000}) {
      for (const Index grain : {0, 1, 3, 12, 2000}) {
        std::vector<std::atomic<int>> seen(static_cast<std::size_t>(n));
        std::atomic<int> ranges = 0;
        parallel_for(n, grain, [&](Index begin, Index end) {
          ++ranges;
          EXPECT_LT(begin, end);
          if (grain > 0 && end != n) {
            EXPECT_EQ((end - begin) % grain, 0);
          }
          for (Index i = begin; i < end; ++i) ++seen[static_cast<std::size_t>(i)];
        });
        EXPECT_LE(ranges, threads);
        for (const auto& count : seen) EXPECT_EQ(count, 1);
      }
    }
  }
}

TEST_F(Parallel, UsesTheThreadsItMayUse) {
  set_num_threads(3);
  std::thread::id ids[3];
  parallel_for(3, 1, [&](Index begin, Index end) {
    EXPECT_EQ(end, begin + 1);
    ids[begin] = std::this_thread::get_id();
  });
  EXPECT_EQ(ids[0], std::this_thread::get_id());
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[0], ids[2]);
  EXPECT_NE(ids[1], ids[2]);
}

TEST_F(Parallel, ManyLoopsAwakeAndAsleep) {
  set_num_threads(3);
  Index total = 0;
  for (int loop = 0; loop < 2000; ++loop) {
    Index part[3] = {};
    parallel_for(300, 100, [&](Index begin, Index end) {
      for (Index i = begin; i < end; ++i) part[begin / 100] += i;
    });
    total += part[0] + part[1] + part[2];
    if (loop % 400 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_EQ(total, Index{2000} * (299 * 300 / 2));
}

TEST_F(Parallel, ALoopInsideALoopRunsAsOneRange) {
  set_num_threads(3);
  std::atomic<int> inner = 0;
  parallel_for(3, 1, [&](Index, Index) {
    const std::thread::id outer = std::this_thread::get_id();
    parallel_for(100, 1, [&](Index begin, Index end) {
      EXPECT_EQ(begin, 0);
      EXPECT_EQ(end, 100);
      EXPECT_EQ(std::this_thread::get_id(), outer);
      ++inner;
    });
  });
  EXPECT_EQ(inner, 3);
}

TEST_F(Parallel, LoopsOfSeveralCallers) {
  set_num_threads(2);
  std::atomic<Index> total = 0;
  std::vector<std::thread> callers;
  for (int c = 0; c < 3; ++c) {
    callers.emplace_back([&] {
      for (int loop = 0; loop < 200; ++loop) {
        parallel_for(10, 1, [&](Index begin, Index end) { total += end - begin; });
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total, 3 * 200 * 10);
}

TEST_F(Parallel, AnExceptionReachesTheCallerAfterAllRanges) {
  for (const int threads : {1, 3}) {
    set_num_threads(threads);
    for (const Index thrower : {0, 1, 2}) {
      std::atomic<Index> done = 0;
      try {
        parallel_for(3, 1, [&](Index begin, Index end) {
          if (begin <= thrower && thrower < end) throw std::runtime_error("planted");
          done += end - begin;
        });
        ADD_FAILURE() << "nothing thrown";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "planted");
      }
      EXPECT_EQ(done, threads == 1 ? 0 : 2);
    }
    // The pool works on, and no loop is thought to be running.
    std::atomic<Index> count = 0;
    std::atomic<int> ranges = 0;
    parallel_for(3, 1, [&](Index begin, Index end) { count += end - begin, ++ranges; });
    EXPECT_EQ(count, 3);
    EXPECT_EQ(ranges, threads);
  }
}

TEST_F(Parallel, OfSeveralExceptionsTheLowestRangeWins) {
  set_num_threads(3);
  for (int repeat = 0; repeat < 20; ++repeat) {
    try {
      parallel_for(3, 1, [](Index begin, Index) { throw static_cast<int>(begin); });
      ADD_FAILURE() << "nothing thrown";
    } catch (const int range) {
      EXPECT_EQ(range, 0);
    }
  }
}

TEST_F(Parallel, RefusesLessThanOneThread) {
  set_num_threads(2);
  EXPECT_THROW(set_num_threads(0), ValueError);
  EXPECT_THROW(set_num_threads(-3), Error);
  EXPECT_EQ(num_threads(), 2);
}

TEST_F(Parallel, RefusesANewNumberInsideALoop) {
  set_num_threads(2);
  EXPECT_THROW(parallel_for(2, 1, [](Index, Index) { set_num_threads(1); }), Error);
  EXPECT_EQ(num_threads(), 2);
}

// Static, so that it is destroyed after the threads are gone.
struct Loop {
  ~Loop() {
    alarm(20);  // a loop that waits for workers would wait for ever
    Index count = 0;
    parallel_for(100, 1, [&](Index begin, Index end) { count += end - begin; });
    if (count != 100) _exit(3);
  }
};

TEST(ThreadsDeathTest, AStaticDestructorMayStillLoop) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(
      {
        static const Loop last;
        set_num_threads(2);
        parallel_for(100, 1, [](Index, Index) {});
        std::exit(0);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace autograd
