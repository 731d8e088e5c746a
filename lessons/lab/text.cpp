#include "lessons/lab/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace lab {

std::string significant(double value, int digits) {
  if (std::isnan(value)) return "nan";  // never "-nan": the sign of a NaN means nothing
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.*g", digits, value);
  return text.data();
}

std::string column_number(double value) {
  if (!std::isfinite(value)) return significant(value);
  const double size = std::abs(value);
  const bool plain = size == 0.0 || (size >= 1e-3 && size < 1e6);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), plain ? "%.6f" : "%.3e", value);
  return text.data();
}

std::string exact_number(double value) {
  for (int digits : {6, 9, 15, 16}) {
    std::string text = significant(value, digits);
    if (std::strtod(text.c_str(), nullptr) == value) return text;
  }
  return significant(value, 17);
}

std::size_t display_width(std::string_view text) {
  // Every byte of a UTF-8 character but the first looks like 10xxxxxx.
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t used = display_width(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (const std::string& paragraph : split_lines(text)) {
    std::istringstream words(paragraph);
    std::string line;
    for (std::string word; words >> word;) {
      if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
        lines.push_back(line);
        line.clear();
      }
      line += (line.empty() ? "" : " ") + word;
    }
    lines.push_back(line);
  }
  return lines;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace lab
