#include "tests/lessons/output.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <regex>
#include <sstream>

#include "lessons/lab/report.h"
#include "lessons/lab/text.h"

namespace {

constexpr double tolerance = 1e-4;  // relative
constexpr std::size_t most_differences = 5;

/// Box-drawing (U+2500 to U+257F) or Braille (U+2800 to U+28FF): a line of a plot.
bool is_plot(const std::string& line) {
  static const std::regex drawn("\xE2(\x94|\x95|\xA0|\xA1|\xA2|\xA3)");
  return std::regex_search(line, drawn);
}

std::vector<std::string> compared_lines(const std::string& text) {
  std::vector<std::string> lines = lab::split_lines(text);
  lines.erase(std::remove_if(lines.begin(), lines.end(), lab::varies_by_machine), lines.end());
  return lines;
}

std::vector<std::string> words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) all.push_back(word);
  return all;
}

bool same_number(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const bool whole = (a + b).find_first_of(".e") == std::string::npos;
  const double x = std::strtod(a.c_str(), nullptr);
  const double y = std::strtod(b.c_str(), nullptr);
  return !whole && std::abs(x - y) <= tolerance * std::max(std::abs(x), std::abs(y));
}

/// A word is text and numbers by turns: "|1.02", "[[9.4830,".
bool same_word(const std::string& a, const std::string& b) {
  static const std::regex number("[+-]?[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]+)?");
  std::sregex_iterator in_a(a.begin(), a.end(), number);
  std::sregex_iterator in_b(b.begin(), b.end(), number);
  const std::sregex_iterator end;
  std::string rest_a = a;
  std::string rest_b = b;
  for (; in_a != end && in_b != end; ++in_a, ++in_b) {
    if (in_a->prefix() != in_b->prefix() || !same_number(in_a->str(), in_b->str())) return false;
    rest_a = in_a->suffix();
    rest_b = in_b->suffix();
  }
  return in_a == end && in_b == end && rest_a == rest_b;
}

bool same_line(const std::string& a, const std::string& b) {
  if (is_plot(a) || is_plot(b)) return a == b;
  const std::vector<std::string> words_a = words(a);
  const std::vector<std::string> words_b = words(b);
  return std::equal(words_a.begin(), words_a.end(), words_b.begin(), words_b.end(), same_word);
}

}  // namespace

std::vector<std::string> compare_outputs(const std::string& expected, const std::string& actual) {
  const std::vector<std::string> wanted = compared_lines(expected);
  const std::vector<std::string> got = compared_lines(actual);
  std::vector<std::string> differences;
  for (std::size_t i = 0; i < std::max(wanted.size(), got.size()); ++i) {
    const std::string a = i < wanted.size() ? wanted[i] : "(its end)";
    const std::string b = i < got.size() ? got[i] : "(its end)";
    if (i < wanted.size() && i < got.size() && same_line(a, b)) continue;
    if (differences.size() == most_differences) {
      differences.push_back("and more");
      break;
    }
    differences.push_back("line " + std::to_string(i + 1) + " must be\n    " + a +
                          "\nand is\n    " + b);
  }
  return differences;
}
