#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lab {

/// `value` with so many significant digits: 0.123457, 1e-09, nan.
std::string significant(double value, int digits = 6);

/// For columns of a table: six decimals (0.123457), or 1.235e-09 where these would say little.
std::string column_number(double value);

/// The shortest text that reads back as exactly `value`.
std::string exact_number(double value);

/// Characters on screen: UTF-8 code points, each taken as one column wide.
std::size_t display_width(std::string_view text);

/// Spaces added on the right or on the left until `text` is `width` columns wide.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// The lines of `text`, without their ends.
std::vector<std::string> split_lines(std::string_view text);

/// Breaks `text` at spaces into lines of at most `width` columns; a longer word gets its own line.
/// Line breaks in the text stay.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// `text` with every line break replaced by a space: for messages that promise to be one line.
std::string one_line(std::string_view text);

}  // namespace lab
