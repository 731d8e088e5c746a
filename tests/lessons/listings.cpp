// What a page shows of the source and of the output.
#include <algorithm>
#include <regex>
#include <set>

#include "lessons/lab/text.h"
#include "tests/lessons/lines.h"
#include "tests/lessons/pages.h"
#include "tests/lessons/tree.h"

namespace pages {
namespace {

namespace fs = std::filesystem;

/// Without the spaces that all lines begin with; blank lines do not count.
Lines dedented(Lines lines) {
  std::size_t margin = std::string::npos;
  for (const std::string& line : lines) {
    if (!is_blank(line)) margin = std::min(margin, indentation(line));
  }
  for (std::string& line : lines) line = is_blank(line) ? "" : line.substr(margin);
  return lines;
}

Lines slice(const Lines& lines, std::size_t first, std::size_t count) {
  const auto start = lines.begin() + static_cast<std::ptrdiff_t>(first);
  return {start, start + static_cast<std::ptrdiff_t>(std::min(count, lines.size() - first))};
}

/// The number in "// 3. ..."; 0 for any other line.
int section_number(const std::string& line) {
  static const std::regex form("\\s*// ([0-9]+)\\. .*");
  std::smatch match;
  return std::regex_match(line, match, form) ? std::stoi(match[1].str()) : 0;
}

/// Whether the block in which a line with so much indentation stands ends before `line`.
bool ends_block(const std::string& line, std::size_t margin) {
  if (is_blank(line)) return false;
  if (margin > 0) return indentation(line) < margin;
  return line.starts_with("}  // namespace") || line.starts_with("int main(");
}

/// Whether `block` stands in `source` as it is, but for indentation; if not, `closest` becomes the
/// complaint: the longest stretch that agrees, and the line after it.
bool is_run(const Lines& block, const Lines& source, bool dedent, std::string& closest) {
  const auto trimmed = [](const std::string& line) { return line.substr(indentation(line)); };
  std::size_t best = 0;
  for (std::size_t start = 0; start + block.size() <= source.size(); ++start) {
    Lines run = slice(source, start, block.size());
    if (block == (dedent ? dedented(run) : run)) return true;
    std::size_t same = 0;
    while (same < block.size() && trimmed(block[same]) == trimmed(run[same])) ++same;
    if (same > best || closest.empty()) {
      best = same;
      closest = same == block.size() ? "all of it is there, with other indentation"
                                     : "its line " + std::to_string(same + 1) + " is\n    " +
                                           block[same] + "\nwhere the source has\n    " + run[same];
    }
  }
  if (closest.empty()) closest = "it is longer than the source";
  return false;
}

Complaints check_listing(const std::string& where, const Block& block, const Sources& sources) {
  static const std::regex form("(\\S+)(?: ([0-9]+))?");
  std::smatch match;
  const std::string label = block.source;
  if (!std::regex_match(label, match, form)) {
    return {where +
            "a listing needs its source on the line before: <!-- lesson.cpp 3 --> or "
            "<!-- flow/path.cpp -->"};
  }
  const std::string file = match[1];
  const fs::path path = file == "lesson.cpp" ? sources.lesson / file : sources.root / file;
  if (!fs::is_regular_file(path)) return {where + "there is no " + file};
  const std::string source = tree::contents(path);
  std::string closest;
  if (!match[2].matched) {
    if (is_run(block.text, lab::split_lines(source), true, closest)) return {};
    return {where + "this listing does not stand in " + file + ": " + closest};
  }
  const Lines section = section_of(source, std::stoi(match[2].str()));
  if (section.empty()) return {where + "there is no section " + match[2].str() + " in " + file};
  for (std::size_t i = 0; i < std::max(section.size(), block.text.size()); ++i) {
    const std::string in_source = i < section.size() ? section[i] : "(its end)";
    const std::string in_page = i < block.text.size() ? block.text[i] : "(its end)";
    if (in_source != in_page) {
      return {where + "line " + std::to_string(i + 1) + " of this listing is\n    " + in_page +
              "\nwhere section " + match[2].str() + " of " + file + " has\n    " + in_source};
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> section_of(const std::string& source, int number) {
  const Lines lines = lab::split_lines(source);
  std::size_t first = 0;
  while (first < lines.size() && section_number(lines[first]) != number) ++first;
  if (first == lines.size()) return {};
  std::size_t end = first + 1;
  while (end < lines.size() && section_number(lines[end]) == 0 &&
         !ends_block(lines[end], indentation(lines[first]))) {
    ++end;
  }
  while (is_blank(lines[end - 1])) --end;
  return dedented(slice(lines, first, end - first));
}

Complaints check_listings(const Page& page, const Sources& sources) {
  Complaints complaints;
  for (const Block& block : page.blocks) {
    if (block.language != "cpp") continue;
    append(complaints, check_listing(place(page.name, block.line), block, sources));
  }
  return complaints;
}

Complaints check_output(const Page& page, const std::string& expected) {
  Complaints complaints;
  for (const Block& block : page.blocks) {
    std::string closest;
    if (block.language == "text" &&
        !is_run(block.text, lab::split_lines(expected), false, closest)) {
      complaints.push_back(place(page.name, block.line) +
                           "these lines do not stand in expected.txt: " + closest);
    }
  }
  return complaints;
}

Complaints check_source(const std::string& name, const std::string& text) {
  Complaints complaints;
  const Lines lines = lab::split_lines(text);
  if (lines.size() >= 150) {
    complaints.push_back(name + ": " + std::to_string(lines.size()) +
                         " lines, and must have fewer than 150");
  }
  std::multiset<int> sections;
  for (const std::string& line : lines) {
    if (const int number = section_number(line); number != 0) sections.insert(number);
  }
  int number = 0;
  for (const int section : sections) {
    if (section != ++number) {
      complaints.push_back(name + ": the sections must be numbered 1, 2, ..., each once, and '// " +
                           std::to_string(number) + ". ' is missing or there is one more '// " +
                           std::to_string(section) + ". '");
      return complaints;
    }
  }
  if (sections.empty()) complaints.push_back(name + ": no section starts with '// 1. '");
  return complaints;
}

}  // namespace pages
