#include "lessons/lab/axis.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace lab {
namespace {

std::vector<std::string> labels(const Axis& axis, int at_most) {
  std::vector<std::string> found;
  for (const Tick& tick : axis.ticks(at_most)) found.push_back(tick.label);
  return found;
}

using Labels = std::vector<std::string>;

TEST(Axis, PlacesValuesEvenly) {
  const Axis axis(-1.0, 3.0, false);
  EXPECT_DOUBLE_EQ(axis.place(-1.0), 0.0);
  EXPECT_DOUBLE_EQ(axis.place(0.0), 0.25);
  EXPECT_DOUBLE_EQ(axis.place(3.0), 1.0);
}

TEST(Axis, PlacesValuesByTheirLogarithm) {
  const Axis axis(0.01, 100.0, true);
  EXPECT_DOUBLE_EQ(axis.place(0.1), 0.25);
  EXPECT_DOUBLE_EQ(axis.place(1.0), 0.5);
}

TEST(Axis, WhatCannotBeShownHasNoPlace) {
  const Axis axis(0.5, 3.0, true);
  for (double value : {0.4, 3.1, 0.0, -1.0, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_TRUE(std::isnan(axis.place(value))) << value;
  }
}

TEST(Axis, TicksAreRoundNumbers) {
  EXPECT_EQ(labels(Axis(0.0, 1.0, false), 6), (Labels{"0", "0.2", "0.4", "0.6", "0.8", "1"}));
  EXPECT_EQ(labels(Axis(0.0, 1.0, false), 5), (Labels{"0", "0.5", "1"}));
  EXPECT_EQ(labels(Axis(-0.31, 0.31, false), 7),
            (Labels{"-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"}));
  EXPECT_EQ(labels(Axis(0.0, 100000.0, false), 3), (Labels{"0", "50000", "100000"}));
  EXPECT_EQ(labels(Axis(0.001, 1000.0, true), 7),
            (Labels{"0.001", "0.01", "0.1", "1", "10", "100", "1000"}));
  EXPECT_EQ(labels(Axis(0.001, 1000.0, true), 4), (Labels{"0.01", "1", "100"}));
  EXPECT_EQ(labels(Axis(0.8, 3.0, true), 6), (Labels{"1", "2"}));
}

TEST(Axis, NeverMoreTicksThanAsked) {
  for (double low : {-1e6, -3.3, 0.0, 1e-9, 0.123, 7e5}) {
    for (double size : {1e-12, 1e-3, 0.7, 12.0, 1e9}) {
      for (int most = 1; most < 12; ++most) {
        const Axis axis(low, low + std::max(size, 1e-9 * std::abs(low)), false);
        EXPECT_LE(axis.ticks(most).size(), static_cast<std::size_t>(most)) << low << " " << size;
        for (const Tick& tick : axis.ticks(most)) EXPECT_FALSE(std::isnan(axis.place(tick.value)));
      }
    }
  }
}

TEST(Axis, AroundHoldsAllValuesThatCanBeShown) {
  const std::vector<double> values = {2.0, std::nan(""), -1.0, HUGE_VAL, 5.0};
  const Axis axis = Axis::around(values, false);
  EXPECT_GT(axis.place(-1.0), 0.0);
  EXPECT_LT(axis.place(5.0), 1.0);
  const Axis logarithmic = Axis::around(values, true);
  EXPECT_GT(logarithmic.place(2.0), 0.0);
  EXPECT_LT(logarithmic.place(2.0), 0.1);
}

TEST(Axis, AroundValuesThatAgreeOrAreNotThere) {
  for (bool logarithmic : {false, true}) {
    for (double value : {3.0, 1e-200, 1e250}) {
      const std::vector<double> same(3, value);
      EXPECT_NEAR(Axis::around(same, logarithmic).place(value), 0.5, 0.01) << value;
      EXPECT_LE(Axis::around(same, logarithmic).ticks(5).size(), 5U);
    }
    EXPECT_LE(Axis::around({}, logarithmic).ticks(5).size(), 5U);
  }
}

TEST(Axis, RefusesAnEmptyRange) {
  EXPECT_THROW(Axis(1.0, 1.0, false), std::invalid_argument);
  EXPECT_THROW(Axis(2.0, 1.0, false), std::invalid_argument);
  EXPECT_THROW(Axis(0.0, 1.0, true), std::invalid_argument);
  EXPECT_THROW(Axis(std::nan(""), 1.0, false), std::invalid_argument);
  EXPECT_THROW(Axis(0.0, HUGE_VAL, false), std::invalid_argument);
}

}  // namespace
}  // namespace lab
