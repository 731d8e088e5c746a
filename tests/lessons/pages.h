#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/lessons/markdown.h"

/// What the pages of the course must keep to. A check returns its complaints, each with the place
/// ("lessons/11_euler/README.md:12: ..."); none means that all is well.
namespace pages {

using Complaints = std::vector<std::string>;

void append(Complaints& all, const Complaints& more);

enum class Language { english, chinese };

/// The form of a lesson's page: heading, link to the other language, picture, a short answer,
/// perhaps how to run it, numbered sections, what it prints, PyTorch, interview questions, next.
Complaints check_form(const Page& page, const std::string& slug, Language language);

/// The ids of the interview questions.
std::vector<std::string> question_ids(const Page& page);

/// Both languages say the same: headings, blocks, equations, question ids, pictures, numbers.
Complaints check_same(const Page& english, const Page& chinese);

/// Where listings come from: "lesson.cpp" is that of the lesson, anything else starts at the root.
struct Sources {
  std::filesystem::path root;
  std::filesystem::path lesson;  ///< the folder of the lesson
};

/// Each block of C++ names its source and stands there, word by word.
Complaints check_listings(const Page& page, const Sources& sources);

/// Section `number` of a source, without its indentation: from the line that starts "// 3." to the
/// line before the next such comment, or to the end of the block it stands in. Empty if there is no
/// such section.
std::vector<std::string> section_of(const std::string& source, int number);

/// Each ```text block is a run of lines of `expected`.
Complaints check_output(const Page& page, const std::string& expected);

/// Relative links and pictures lead to something; files named in `code` exist. A Chinese page links
/// to Chinese pages.
Complaints check_links(const Page& page, const std::filesystem::path& root,
                       const std::filesystem::path& folder, Language language);

/// Commands to type exist: ./build/lessons/<slug> with flags that lessons have, and
/// cmake --workflow --preset <name>. And nothing is left to be filled in. For any text.
Complaints check_commands(const std::string& name, const std::string& text,
                          const std::vector<std::string>& slugs,
                          const std::vector<std::string>& presets);
Complaints check_placeholders(const std::string& name, const std::string& text);

/// A lesson's source: under 150 lines, sections numbered 1, 2, ... once each.
Complaints check_source(const std::string& name, const std::string& text);

/// A lesson's expected output: headed by the slug, nothing that varies by machine, no failure, and
/// a lesson to run in its last line.
Complaints check_expected(const std::string& name, const std::string& text,
                          const std::string& slug);

/// The table of lessons on the front page: all of them, in order, with the questions of their
/// pages.
struct TableRow {
  std::string slug;
  std::string link;
  std::string question;
};
Complaints check_table(const Page& front, const std::vector<TableRow>& rows);

/// A row of the glossary.
struct Term {
  std::string name;         ///< in the page's language
  std::string translation;  ///< in the other one
  std::string lesson;       ///< that introduces it
  int line;
};
std::vector<Term> terms(const Page& glossary);

struct LessonPage {
  std::string slug;
  Page page;
};
/// Terms come in the order of the lessons, each stands in the prose of its lesson and of none
/// before (but for the first, a preview), and every lesson after the first has one.
Complaints check_terms(const Page& glossary, const std::vector<LessonPage>& lessons);

}  // namespace pages
