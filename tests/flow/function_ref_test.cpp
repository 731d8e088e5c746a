#include "flow/function_ref.h"

#include <gtest/gtest.h>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

namespace flow {
namespace {

using IntFunction = FunctionRef<int(int)>;

int call(IntFunction f, int x) { return f(x); }
int twice(int x) { return 2 * x; }

struct CountsCopies {
  explicit CountsCopies(int* count) : copies(count) {}
  CountsCopies(const CountsCopies& other) : copies(other.copies) { ++*copies; }
  int operator()(int x) const { return x + 1; }
  int* copies;
};

TEST(FunctionRef, CallsEveryKindOfCallable) {
  EXPECT_EQ(call(twice, 3), 6);
  EXPECT_EQ(call(&twice, 3), 6);
  EXPECT_EQ(call([](int x) { return x + 1; }, 3), 4);
  const std::function<int(int)> function = twice;
  EXPECT_EQ(call(function, 3), 6);
  const auto shift = [by = 10](int x) { return x + by; };
  EXPECT_EQ(call(shift, 3), 13);
  EXPECT_EQ(call([](int x) -> short { return static_cast<short>(x); }, 3), 3);  // converts
}

TEST(FunctionRef, RefersInsteadOfCopying) {
  int copies = 0;
  CountsCopies callable(&copies);
  EXPECT_EQ(call(callable, 1), 2);
  EXPECT_EQ(call(std::as_const(callable), 1), 2);
  EXPECT_EQ(copies, 0);
  const std::function<int(int)> function = callable;  // what a std::function would do
  EXPECT_GT(copies, 0);

  int state = 0;
  auto counts = [state]() mutable { return ++state; };
  const FunctionRef<int()> ref = counts;
  EXPECT_EQ(ref(), 1);
  EXPECT_EQ(ref(), 2);
  EXPECT_EQ(counts(), 3);
}

TEST(FunctionRef, CopiesReferToTheSameCallable) {
  int calls = 0;
  auto counts = [&](int x) { return ++calls, x; };
  const IntFunction one = counts;
  auto another = one;
  EXPECT_EQ(another(5), 5);
  EXPECT_EQ(one(6), 6);
  EXPECT_EQ(calls, 2);
}

TEST(FunctionRef, PassesReferencesAndMovesValues) {
  const FunctionRef<void(int&)> raises = [](int& x) { ++x; };
  int x = 1;
  raises(x);
  EXPECT_EQ(x, 2);
  const FunctionRef<int(std::unique_ptr<int>)> takes = [](std::unique_ptr<int> p) { return *p; };
  EXPECT_EQ(takes(std::make_unique<int>(7)), 7);
}

// Only what can be called so converts: overloads are chosen by it.
TEST(FunctionRef, TakesNothingElse) {
  EXPECT_TRUE((std::is_convertible_v<int (*)(int), IntFunction>));
  EXPECT_FALSE((std::is_convertible_v<int (*)(int, int), IntFunction>));
  EXPECT_FALSE((std::is_convertible_v<std::string (*)(int), IntFunction>));
  EXPECT_FALSE((std::is_convertible_v<int, IntFunction>));
}

}  // namespace
}  // namespace flow
