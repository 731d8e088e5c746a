#include "tests/lessons/markdown.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <regex>

#include "lessons/lab/text.h"

namespace pages {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

/// What stands between pairs of `mark`, and the rest.
struct Split {
  std::vector<std::string> inside;
  std::string outside;
};

Split split_at(const std::string& text, char mark) {
  Split split;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find(mark, at);
    const std::size_t close = open == std::string::npos ? open : text.find(mark, open + 1);
    if (close == std::string::npos) break;
    split.outside.append(text, at, open - at).append(" ");
    split.inside.push_back(text.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  split.outside += text.substr(at);
  return split;
}

/// `text` with every "](target)" shortened to "]".
std::string without_targets(const std::string& text) {
  std::string rest;
  std::size_t at = 0;
  while (true) {
    const std::size_t open = text.find("](", at);
    const std::size_t close = open == std::string::npos ? open : text.find(')', open);
    if (close == std::string::npos) break;
    rest.append(text, at, open + 1 - at);
    at = close + 1;
  }
  return rest + text.substr(at);
}

/// Where the number that starts at `at` ends.
std::size_t number_end(const std::string& text, std::size_t at) {
  const auto digits = [&](std::size_t from) {
    while (from < text.size() && is_digit(text[from])) ++from;
    return from;
  };
  std::size_t end = digits(at);
  while (end < text.size() && text[end] == ',' && digits(end + 1) == end + 4) end += 4;
  if (end < text.size() && text[end] == '.' && digits(end + 1) > end + 1) end = digits(end + 1);
  if (end < text.size() && text[end] == 'e') {
    const bool sign = end + 1 < text.size() && (text[end + 1] == '-' || text[end + 1] == '+');
    const std::size_t exponent = end + (sign ? 2 : 1);
    if (digits(exponent) > exponent) end = digits(exponent);
  }
  return end;
}

}  // namespace

Page read_page(const std::string& name, const std::string& text) {
  Page page{.name = name};
  page.sections.push_back({.heading = {.line = 1, .level = 0}});
  Block* block = nullptr;
  bool comment = false;
  std::string previous;
  for (const std::string& line : lab::split_lines(text)) {
    const int number = static_cast<int>(page.lines.size()) + 1;
    page.lines.push_back({number, line});
    const std::string bare = trimmed(line);
    if (block != nullptr) {
      if (bare.starts_with("```")) {
        if (bare != "```" && page.unclosed == 0) page.unclosed = block->line;  // the next begins
        block = nullptr;
      } else {
        block->text.push_back(line);
      }
    } else if (bare.starts_with("```")) {
      const bool labelled = previous.starts_with("<!--") && previous.ends_with("-->");
      page.blocks.push_back(
          {.line = number,
           .language = bare.substr(3),
           .source = labelled ? trimmed(previous.substr(4, previous.size() - 7)) : ""});
      block = &page.blocks.back();
    } else if (comment || bare.starts_with("<!--")) {
      comment = bare.find("-->") == std::string::npos;
    } else if (const std::size_t level = line.find_first_not_of('#');
               level != 0 && level != std::string::npos && line[level] == ' ') {
      page.sections.push_back({.heading = {.line = number,
                                           .level = static_cast<int>(level),
                                           .text = trimmed(line.substr(level))}});
    } else {
      page.sections.back().prose.push_back({number, line});
    }
    previous = bare;
  }
  if (block != nullptr && page.unclosed == 0) page.unclosed = block->line;
  return page;
}

std::string without_code(const std::string& text) { return split_at(text, '`').outside; }

std::vector<std::string> link_targets(const std::string& text, bool pictures) {
  const std::string rest = without_code(text);
  std::vector<std::string> targets;
  for (std::size_t at = rest.find("]("); at != std::string::npos; at = rest.find("](", at + 2)) {
    const std::size_t close = rest.find(')', at);
    const std::size_t open = rest.rfind('[', at);
    if (close == std::string::npos || open == std::string::npos) continue;
    const bool picture = open > 0 && rest[open - 1] == '!';
    if (picture || !pictures) targets.push_back(rest.substr(at + 2, close - at - 2));
  }
  return targets;
}

std::vector<std::string> inline_equations(const std::string& text) {
  return split_at(without_code(text), '$').inside;
}

std::vector<std::string> inline_code(const std::string& text) { return split_at(text, '`').inside; }

std::vector<std::string> numbers(const std::string& text) {
  // Equations go, but a dollar sign in code starts none.
  std::string prose = split_at(without_code(text), '$').outside;
  for (const std::string& code : inline_code(text)) prose += " " + code;
  prose = without_targets(prose);
  static const std::regex long_minus("\u2212");
  prose = std::regex_replace(prose, long_minus, "-");

  std::vector<std::string> found;
  for (std::size_t at = 0; at < prose.size();) {
    if (!is_name(prose[at])) {
      ++at;
      continue;
    }
    if (!is_digit(prose[at])) {  // a name, with the digits in it
      while (at < prose.size() && is_name(prose[at])) ++at;
      continue;
    }
    const std::size_t end = number_end(prose, at);
    // A minus sign belongs to the number unless it stands between two things: 3-5, x-1.
    const bool minus = at > 0 && prose[at - 1] == '-';
    const bool between = at > 1 && (is_name(prose[at - 2]) || prose[at - 2] == ')');
    const std::size_t start = minus && !between ? at - 1 : at;
    std::string number = prose.substr(start, end - start);
    number.erase(std::remove(number.begin(), number.end(), ','), number.end());
    found.push_back(number);
    at = end;
    while (at < prose.size() && is_name(prose[at]) && !is_digit(prose[at])) ++at;  // the x of 12x
  }
  return found;
}

}  // namespace pages
