#pragma once

#include <string>
#include <vector>

namespace pages {

struct Line {
  int number;  ///< from 1
  std::string text;
};

struct Heading {
  int line;
  int level;  ///< 1 for "# ..."
  std::string text = {};
};

/// A fenced block: what stands between ```language and ```.
struct Block {
  int line;  ///< of the opening fence
  std::string language;
  std::string source;  ///< the comment on the line before, "lesson.cpp 3"; empty without one
  std::vector<std::string> text = {};
};

/// A part of a page that begins with a heading and ends before the next one.
struct Section {
  Heading heading;
  std::vector<Line> prose = {};  ///< no headings, blocks or comments
};

/// A page of Markdown, cut up as far as the checks need it.
struct Page {
  std::string name;  ///< for messages
  std::vector<Line> lines = {};
  std::vector<Section> sections = {};  ///< what precedes the first heading: a heading of level 0
  std::vector<Block> blocks = {};
  int unclosed = 0;  ///< the line of a block that never ends
};

Page read_page(const std::string& name, const std::string& text);

/// `text` without its `code`.
std::string without_code(const std::string& text);
/// The targets of [text](target) and ![text](target), without code; with `pictures` only the
/// latter.
std::vector<std::string> link_targets(const std::string& text, bool pictures = false);
/// What stands between dollar signs, without code.
std::vector<std::string> inline_equations(const std::string& text);
/// What stands between backticks.
std::vector<std::string> inline_code(const std::string& text);

/// The numbers of a line of prose: "1,000", "-0.5", "1e-2"; commas dropped. Not those in equations
/// or link targets, and not digits that are part of a name (RK4, x_1).
std::vector<std::string> numbers(const std::string& text);

}  // namespace pages
