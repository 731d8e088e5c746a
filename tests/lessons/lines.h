#pragma once

#include <algorithm>
#include <string>
#include <vector>

/// Small things that the checks of pages share.
namespace pages {

using Lines = std::vector<std::string>;

/// "README.md:12: ", before a complaint.
inline std::string place(const std::string& name, int line) {
  return name + ":" + std::to_string(line) + ": ";
}

inline std::string joined(const Lines& parts, const std::string& separator) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : separator) + part;
  return text;
}

inline bool contains(const Lines& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

inline std::size_t indentation(const std::string& line) {
  const std::size_t start = line.find_first_not_of(' ');
  return start == std::string::npos ? line.size() : start;
}

inline bool is_blank(const std::string& line) { return indentation(line) == line.size(); }

}  // namespace pages
