#include "lessons/lab/race.h"

#include <chrono>
#include <cmath>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

using std::chrono::milliseconds;
using testing::ScratchFolder;

/// A race of three turns: its table and its seconds.
struct Raced {
  explicit Raced(const std::vector<Runner>& runners) {
    std::ostringstream out;
    Lesson lesson({.slug = "hurry"}, {.steps = 3, .out = scratch.path}, out, {});
    seconds = race(lesson, "way", runners);
    table = out.str().substr(out.str().find("~   "));
  }
  ScratchFolder scratch;
  std::vector<double> seconds;
  std::string table;
};

TEST(Race, TakesTurns) {
  std::string order;
  const auto runner = [&](char name) {
    return Runner{"",
                  [&order, name] {
                    order += name;
                    std::this_thread::sleep_for(milliseconds(2));
                  },
                  0, 0, true};
  };
  const Raced raced({runner('a'), runner('b')});
  EXPECT_EQ(order, "abababab") << "one turn to warm up, three that count";
  for (const double seconds : raced.seconds) EXPECT_GE(seconds, 2e-3);
}

TEST(Race, AQuickOneRunsManyTimesInATurn) {
  int runs = 0;
  const Raced raced({{"", [&] { ++runs; }}});
  EXPECT_GT(runs, 4 * 100);
  EXPECT_LT(raced.seconds[0], 1e-5);
}

TEST(Race, OneThreadsTimeIsWhatItComputes) {
  int runs = 0;
  // Asleep half of the time: only the clock on the wall sees it.
  const auto lazy = [&] {
    if (++runs % 2 == 0) std::this_thread::sleep_for(milliseconds(1));
    const auto end = std::chrono::steady_clock::now() + milliseconds(1);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  const Raced raced(
      {{"", lazy}, {"", [] { std::this_thread::sleep_for(milliseconds(3)); }, 0, 0, true}});
  EXPECT_LT(raced.seconds[0], 1.4e-3);
  EXPECT_GE(raced.seconds[1], 3e-3);
}

TEST(Race, PrintsATable) {
  const auto nap = [] { std::this_thread::sleep_for(milliseconds(2)); };
  const Raced raced(
      {{"a nap", nap, 0, 0, true}, {"missing", {}, 1e6}, {"counted", nap, 1e6, 2e6, true}});
  std::istringstream lines(raced.table);
  std::string header, first, second, third;
  std::getline(lines, header), std::getline(lines, first);
  std::getline(lines, second), std::getline(lines, third);
  EXPECT_EQ(header, "~   way              us     GFLOP/s        GB/s   FLOP/byte");
  EXPECT_EQ(first.substr(0, 15), "~   a nap      ");
  EXPECT_EQ(first.size(), header.size() - 36) << "nothing is counted: " << first;
  EXPECT_EQ(second, "~   missing    not here");
  EXPECT_TRUE(third.ends_with("0.5")) << third;
  EXPECT_EQ(third.size(), header.size()) << third;
  EXPECT_TRUE(std::isnan(raced.seconds[1]));

  std::ifstream csv(raced.scratch.path / "hurry_way.csv");
  std::getline(csv, header), std::getline(csv, first), std::getline(csv, second);
  EXPECT_EQ(header, "seconds,flop,bytes");
  EXPECT_EQ(second, "nan,1e+06,0");
}

TEST(Race, OfNoTurnsIsRefused) {
  std::ostringstream out;
  const ScratchFolder scratch;
  Lesson lesson({.slug = "hurry"}, {.steps = 0, .out = scratch.path}, out, {});
  EXPECT_THROW(race(lesson, "way", {{"", [] {}}}), std::invalid_argument);
}

TEST(Median, IsTheMiddle) {
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 2, 3}), 3);
  EXPECT_EQ(median({5}), 5);
  EXPECT_THROW(median({}), std::invalid_argument);
}

TEST(Limits, CountWhatTheyDo) {
  std::vector<Runner> runners{{"first", [] {}}};
  add_limits(runners, 51200);
  ASSERT_EQ(runners.size(), 7U);
  ASSERT_TRUE(runners[1].run) << "every machine has the baseline";
  for (const Runner& runner : runners) {
    if (runner.run) runner.run();
  }
  EXPECT_EQ(runners[1].flop, 2 * 96 * 32 * 256);
  EXPECT_EQ(runners[4].bytes, 2 * 8192);
  EXPECT_EQ(runners[5].bytes, 2 * 51200);
  EXPECT_TRUE(runners[6].wall);
}

TEST(Roof, IsTheBestOfEach) {
  const auto run = [] {};
  const std::vector<Runner> runners{{"a kernel", run, 8e12, 1e12}, {"narrow", run, 1e10},
                                    {"wide", run, 3e10},           {"near", run, 0, 4e9},
                                    {"far", run, 0, 2e9},          {"missing", {}, 1e12}};
  const Roof found = roof(runners, {1, 2, 2, 4, 4, std::nan("")});
  EXPECT_EQ(found.height, 1.5e10);
  EXPECT_EQ(found.slope, 1e9);
}

TEST(Roofline, ShowsRoofAndPoints) {
  const auto run = [] {};
  const std::string plot = roofline({{"point", run, 8e9, 1e9},
                                     {"height", run, 1e10},
                                     {"slope", run, 0, 5e9},
                                     {"missing", {}, 1e12}},
                                    {1.0, 1.0, 1.0, std::nan("")});
  EXPECT_HAS(plot, "roof");
  EXPECT_HAS(plot, "kernels");
  EXPECT_HAS(plot, "FLOP/byte");
  EXPECT_HAS_NOT(plot, "100 ") << "the missing one raises no roof";
}

}  // namespace
}  // namespace lab
