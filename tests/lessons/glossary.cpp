// The glossary of the course: terms in both languages, each with the lesson that introduces it.
#include <algorithm>
#include <cctype>
#include <regex>

#include "tests/lessons/lines.h"
#include "tests/lessons/pages.h"

namespace pages {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool is_word(const std::string& text, std::size_t at) {
  return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
}

/// The line whose prose holds the term as a word of its own; 0 if there is none. A link may name
/// the lesson that explains the term.
int line_with(const Page& page, const std::string& term) {
  static const std::regex link("\\[[^\\]]*\\]\\([^)]*\\)");
  const std::string wanted = lower(term);
  for (const Section& section : page.sections) {
    std::vector<Line> lines = section.prose;
    lines.push_back({section.heading.line, section.heading.text});
    for (const Line& line : lines) {
      const std::string text = lower(std::regex_replace(without_code(line.text), link, ""));
      for (std::size_t at = text.find(wanted); at != std::string::npos;
           at = text.find(wanted, at + 1)) {
        std::size_t end = at + wanted.size();
        if (end < text.size() && text[end] == 's') ++end;  // a plural
        const bool inside = (is_word(text, at) && at > 0 && is_word(text, at - 1)) ||
                            (is_word(text, end - 1) && is_word(text, end));
        if (!inside) return line.number;
      }
    }
  }
  return 0;
}

}  // namespace

std::vector<Term> terms(const Page& page) {
  static const std::regex row(
      "\\| ([^|]*) \\| ([^|]*) \\| [^|]* \\| \\[([a-z0-9_]+)\\]\\(.*\\) \\|");
  std::vector<Term> terms;
  for (const Line& line : page.lines) {
    std::smatch match;
    if (std::regex_match(line.text, match, row)) {
      terms.push_back({match[1], match[2], match[3], line.number});
    }
  }
  return terms;
}

Complaints check_terms(const Page& glossary, const std::vector<LessonPage>& lessons) {
  Complaints complaints;
  const auto lesson_of = [&](const Term& term) {
    return std::find_if(lessons.begin(), lessons.end(),
                        [&](const LessonPage& lesson) { return lesson.slug == term.lesson; });
  };
  std::vector<int> count(lessons.size(), 0);
  auto last = lessons.begin();
  for (const Term& term : terms(glossary)) {
    const std::string where = place(glossary.name, term.line) + "'" + term.name + "' ";
    const auto lesson = lesson_of(term);
    if (lesson == lessons.end()) {
      complaints.push_back(where + "belongs to no lesson");
      continue;
    }
    ++count[static_cast<std::size_t>(lesson - lessons.begin())];
    if (lesson < last) complaints.push_back(where + "comes after a term of a later lesson");
    last = lesson;
    if (line_with(lesson->page, term.name) == 0) {
      complaints.push_back(where + "is not in the lesson " + lesson->slug);
    }
    // The first lesson is a preview.
    for (auto earlier = lessons.begin() + 1; earlier < lesson; ++earlier) {
      if (const int line = line_with(earlier->page, term.name)) {
        complaints.push_back(where + "is used before: " + place(earlier->page.name, line));
      }
    }
  }
  for (std::size_t i = 1; i < lessons.size(); ++i) {
    if (count[i] == 0) complaints.push_back(glossary.name + ": no term of " + lessons[i].slug);
  }
  return complaints;
}

}  // namespace pages
