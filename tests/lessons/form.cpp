// The form of a lesson's page.
#include <algorithm>
#include <iterator>
#include <regex>

#include "lessons/lab/text.h"
#include "tests/lessons/lines.h"
#include "tests/lessons/pages.h"

namespace pages {
namespace {

struct Words {
  std::string other_link;
  std::string colon;  ///< between a name and its question
  std::string run, output, pytorch, interview, next;
  std::string scoring;
};

const Words& words(Language language) {
  static const Words english{.other_link = "[中文](README.zh.md)",
                             .colon = ": ",
                             .run = "Run it",
                             .output = "What it prints",
                             .pytorch = "The same in PyTorch",
                             .interview = "Interview questions",
                             .next = "Next",
                             .scoring = "**Scoring points**"};
  static const Words chinese{.other_link = "[English](README.md)",
                             .colon = "：",
                             .run = "运行",
                             .output = "输出",
                             .pytorch = "用 PyTorch 写",
                             .interview = "面试题",
                             .next = "下一课",
                             .scoring = "**评分点**"};
  return language == Language::english ? english : chinese;
}

/// How many sentences: full stops, and question and exclamation marks, that end a word.
int sentences(const std::string& text) {
  static const std::regex end("[.!?][\"')*_]*(\\s|$)|。|！|？");
  return static_cast<int>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), end), std::sregex_iterator()));
}

int word_count(const Lines& lines) {
  static const std::regex word("\\S+");
  const std::string text = joined(lines, "\n");
  return static_cast<int>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), word), std::sregex_iterator()));
}

int character_count(const Lines& lines) {
  std::string text = joined(lines, "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return static_cast<int>(lab::display_width(text));
}

/// The id of the heading "`id`: question"; empty if it has none.
std::string question_id(const std::string& heading, const std::string& colon) {
  const std::regex form("`([a-z0-9-]+)`" + colon + "\\S.*");
  std::smatch match;
  return std::regex_match(heading, match, form) ? match[1].str() : "";
}

Complaints check_opening(const Page& page, const std::string& slug, const Words& word) {
  Complaints complaints;
  const Section& opening = page.sections.size() > 1 ? page.sections[1] : page.sections[0];
  const std::string heading = slug + word.colon;
  const bool question = opening.heading.text.ends_with("?") || opening.heading.text.ends_with("？");
  if (opening.heading.line != 1 || opening.heading.level != 1 ||
      !opening.heading.text.starts_with(heading) || !question) {
    complaints.push_back(place(page.name, 1) + "must be '# " + heading + "...?'");
  }
  std::vector<Line> lines;
  for (const Line& line : opening.prose) {
    if (!is_blank(line.text)) lines.push_back(line);
  }
  if (lines.empty() || lines[0].text != word.other_link) {
    complaints.push_back(place(page.name, 2) + "after the heading must come '" + word.other_link +
                         "'");
  }
  const bool picture = lines.size() > 1 && lines[1].text.starts_with("![") &&
                       !link_targets(lines[1].text, true).empty();
  if (!picture) {
    complaints.push_back(place(page.name, lines.size() > 1 ? lines[1].number : 3) +
                         "after the link to the other language must come the picture");
  }
  std::string answer;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    const bool caption = lines[i].text.starts_with("*") && !lines[i].text.starts_with("**");
    if (!caption) answer += lines[i].text + "\n";
  }
  if (const int count = sentences(answer); count < 2 || count > 4) {
    complaints.push_back(place(page.name, 3) + "the answer after the picture must have 2 to 4 " +
                         "sentences, not " + std::to_string(count));
  }
  return complaints;
}

/// Perhaps how to run it, numbered sections from 1, then those that every page has.
Complaints check_headings(const Page& page, const Words& word) {
  Complaints complaints;
  const Lines tail = {word.output, word.pytorch, word.interview, word.next};
  std::size_t numbered = 0;
  std::size_t after = 0;
  for (const Section& section : page.sections) {
    const Heading& heading = section.heading;
    if (heading.level == 1 && heading.line != 1) {
      complaints.push_back(place(page.name, heading.line) + "a second heading of the page");
    }
    if (heading.level != 2 || (heading.text == word.run && numbered == 0)) continue;
    const std::string number = std::to_string(numbered + 1) + ". ";
    if (after == 0 && heading.text.starts_with(number) && heading.text.size() > number.size()) {
      ++numbered;
    } else if (after < tail.size() && numbered > 0 && heading.text == tail[after]) {
      ++after;
    } else {
      complaints.push_back(place(page.name, heading.line) + "'## " + heading.text +
                           "' is out of order: expected '## " + number + "...' or '## " +
                           (after < tail.size() ? tail[after] : "") + "'");
      return complaints;
    }
  }
  if (after < tail.size())
    complaints.push_back(page.name + ": there is no '## " + tail[after] + "'");
  return complaints;
}

/// The sections below a heading of level 2, itself included; its blocks lie between the two lines.
struct Chapter {
  std::vector<Section> sections;
  int first_line = 0;
  int end_line = 0;
};

Chapter chapter(const Page& page, const std::string& title) {
  Chapter chapter;
  for (const Section& section : page.sections) {
    const bool start = section.heading.level == 2 && section.heading.text == title;
    if (start) chapter.first_line = section.heading.line;
    if (!start && section.heading.level <= 2 && !chapter.sections.empty()) {
      chapter.end_line = section.heading.line;
      return chapter;
    }
    if (start || !chapter.sections.empty()) chapter.sections.push_back(section);
  }
  chapter.end_line = static_cast<int>(page.lines.size()) + 1;
  return chapter;
}

bool has_block(const Page& page, const Chapter& chapter, const std::string& language) {
  return std::any_of(page.blocks.begin(), page.blocks.end(), [&](const Block& block) {
    return block.language == language && block.line > chapter.first_line &&
           block.line < chapter.end_line;
  });
}

Complaints check_question(const Page& page, const Section& section, Language language) {
  Complaints complaints;
  const Words& word = words(language);
  const std::string where = place(page.name, section.heading.line);
  if (section.heading.level != 3 || question_id(section.heading.text, word.colon).empty()) {
    complaints.push_back(where + "must be '### `id`" + word.colon + "question'");
  }
  Lines answer;
  int points = 0;
  bool scoring = false;
  for (const Line& line : section.prose) {
    if (line.text == word.scoring) {
      scoring = true;
    } else if (!scoring) {
      answer.push_back(line.text);
    } else if (line.text.starts_with("- ")) {
      ++points;
    }
  }
  const bool english = language == Language::english;
  const int length = english ? word_count(answer) : character_count(answer);
  const int limit = english ? 120 : 250;
  if (length == 0) complaints.push_back(where + "has no model answer");
  if (length >= limit) {
    complaints.push_back(where + "the model answer has " + std::to_string(length) +
                         (english ? " words" : " characters") + ", and must have fewer than " +
                         std::to_string(limit));
  }
  if (!scoring) complaints.push_back(where + "has no line " + word.scoring);
  if (scoring && points < 2) complaints.push_back(where + "needs two scoring points ('- ...')");
  return complaints;
}

}  // namespace

Complaints check_form(const Page& page, const std::string& slug, Language language) {
  const Words& word = words(language);
  Complaints complaints = check_opening(page, slug, word);
  append(complaints, check_headings(page, word));
  if (page.unclosed != 0) {
    complaints.push_back(place(page.name, page.unclosed) + "this block never ends");
  }
  for (const Block& block : page.blocks) {
    if (!contains({"math", "cpp", "text", "python", "sh"}, block.language)) {
      complaints.push_back(place(page.name, block.line) + "a block of '" + block.language +
                           "': must be math, cpp, text, python or sh");
    }
    if (std::all_of(block.text.begin(), block.text.end(), is_blank)) {
      complaints.push_back(place(page.name, block.line) + "an empty block");
    }
  }
  for (const auto& [title, needed] :
       {std::pair(word.output, "text"), std::pair(word.pytorch, "python")}) {
    if (!has_block(page, chapter(page, title), needed)) {
      complaints.push_back(page.name + ": '## " + title + "' has no ```" + needed + " block");
    }
  }
  const Chapter interview = chapter(page, word.interview);
  const std::size_t questions = interview.sections.empty() ? 0 : interview.sections.size() - 1;
  if (questions < 3 || questions > 6) {
    complaints.push_back(page.name + ": '## " + word.interview + "' has " +
                         std::to_string(questions) + " questions, and must have 3 to 6");
  }
  for (std::size_t i = 1; i <= questions; ++i) {
    append(complaints, check_question(page, interview.sections[i], language));
  }
  const Chapter next = chapter(page, word.next);
  if (next.sections.empty() ||
      std::all_of(next.sections[0].prose.begin(), next.sections[0].prose.end(),
                  [](const Line& line) { return is_blank(line.text); })) {
    complaints.push_back(page.name + ": '## " + word.next + "' says nothing");
  }
  return complaints;
}

std::vector<std::string> question_ids(const Page& page) {
  std::vector<std::string> ids;
  for (const Section& section : page.sections) {
    for (const Language language : {Language::english, Language::chinese}) {
      const std::string id = question_id(section.heading.text, words(language).colon);
      if (section.heading.level == 3 && !id.empty()) ids.push_back(id);
    }
  }
  return ids;
}

}  // namespace pages
