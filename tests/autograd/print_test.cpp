#include <limits>
#include <sstream>

#include "tests/tensors.h"

namespace autograd {
namespace {

std::string printed(const Tensor& tensor) {
  std::ostringstream out;
  out << tensor;
  return out.str();
}

TEST(Print, FourDigits) {
  EXPECT_EQ(printed(Tensor(1.5)), "1.5000");
  EXPECT_EQ(printed(Tensor(-2.0)), "-2.0000");
  EXPECT_EQ(printed(Tensor::from({0, 0.12346, 65.5}, {3})), "[0.0000, 0.1235, 65.5000]");
}

TEST(Print, RowsAndBlocks) {
  EXPECT_EQ(printed(Tensor::from({1, 2, 3, 4}, {2, 2})),
            "[[1.0000, 2.0000],\n"
            " [3.0000, 4.0000]]");
  EXPECT_EQ(printed(Tensor::from({1, 2, 3, 4}, {2, 1, 2})),
            "[[[1.0000, 2.0000]],\n"
            "\n"
            " [[3.0000, 4.0000]]]");
  EXPECT_EQ(printed(Tensor::from({1, 2}, {1, 2, 1, 1})),
            "[[[[1.0000]],\n"
            "\n"
            "  [[2.0000]]]]");
}

TEST(Print, NothingIsPrintedAsEmpty) {
  EXPECT_EQ(printed(zeros({0})), "[]");
  EXPECT_EQ(printed(zeros({2, 0})), "[[],\n []]");
  EXPECT_EQ(printed(Tensor()), "undefined");
}

TEST(Print, NumbersThatAreNone) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(printed(Tensor(nan)), "nan");
  EXPECT_EQ(printed(Tensor(-nan)), "nan");
  EXPECT_EQ(printed(Tensor::from({INFINITY, -INFINITY}, {2})), "[inf, -inf]");
}

// What torch 1.13 prints for the same numbers: fixed point or exponents, the same for all.
TEST(Print, ExponentsWherePyTorchHasThem) {
  EXPECT_EQ(printed(Tensor(1e-6)), "1.0000e-06");
  EXPECT_EQ(printed(Tensor(-9.9e-5)), "-9.9000e-05");
  EXPECT_EQ(printed(Tensor(1.1e-4)), "0.0001");
  EXPECT_EQ(printed(Tensor(1e8)), "100000000.0000");
  EXPECT_EQ(printed(Tensor(1.0001e8)), "1.0001e+08");
  EXPECT_EQ(printed(Tensor(-3.4e38)), "-3.4000e+38");  // 39 digits in front of the point
  if (tensors::in_double) {
    EXPECT_EQ(printed(Tensor(-1.7e308)), "-1.7000e+308");
  }
  EXPECT_EQ(printed(Tensor::from({1.5, 1500}, {2})), "[1.5000, 1500.0000]");
  EXPECT_EQ(printed(Tensor::from({1.5, -1501}, {2})), "[1.5000e+00, -1.5010e+03]");
  EXPECT_EQ(printed(Tensor::from({1e-6, 2, 3, 4}, {2, 2})),
            "[[1.0000e-06, 2.0000e+00],\n"
            " [3.0000e+00, 4.0000e+00]]");
}

TEST(Print, ZeroNanAndInfinityDoNotDecide) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(printed(Tensor::from({0, nan, INFINITY, 2}, {4})), "[0.0000, nan, inf, 2.0000]");
  EXPECT_EQ(printed(Tensor::from({0, nan, INFINITY, 1e-6}, {4})),
            "[0.0000e+00, nan, inf, 1.0000e-06]");
}

TEST(Print, ReturnsTheStream) {
  std::ostringstream out;
  out << Tensor(1.0) << " and " << Tensor(2.0);
  EXPECT_EQ(out.str(), "1.0000 and 2.0000");
}

}  // namespace
}  // namespace autograd
