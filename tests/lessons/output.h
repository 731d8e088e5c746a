#pragma once

#include <string>
#include <vector>

/// Compares what a program prints with what it should print: words and plots exactly, numbers to
/// 1e-4 (whole numbers exactly), whatever varies by machine not at all. The width of a gap between
/// two words does not count. Returns the differences; none means that they agree.
std::vector<std::string> compare_outputs(const std::string& expected, const std::string& actual);
