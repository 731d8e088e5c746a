// A page and its translation.
#include <algorithm>
#include <iterator>

#include "tests/lessons/lines.h"
#include "tests/lessons/pages.h"

namespace pages {
namespace {

/// What each list has and the other has not.
Complaints differences(const std::string& what, const Page& a, const Section& in_a, Lines list_a,
                       const Page& b, const Section& in_b, Lines list_b) {
  std::sort(list_a.begin(), list_a.end());
  std::sort(list_b.begin(), list_b.end());
  Lines only_a;
  Lines only_b;
  std::set_difference(list_a.begin(), list_a.end(), list_b.begin(), list_b.end(),
                      std::back_inserter(only_a));
  std::set_difference(list_b.begin(), list_b.end(), list_a.begin(), list_a.end(),
                      std::back_inserter(only_b));
  Complaints complaints;
  if (!only_a.empty()) {
    complaints.push_back(place(a.name, in_a.heading.line) + "only here, below '" +
                         in_a.heading.text + "', " + what + ": " + joined(only_a, ", "));
  }
  if (!only_b.empty()) {
    complaints.push_back(place(b.name, in_b.heading.line) + "only here, below '" +
                         in_b.heading.text + "', " + what + ": " + joined(only_b, ", "));
  }
  return complaints;
}

/// All that `extract` finds in a section, its heading included.
template <class Extract>
Lines collect(const Section& section, Extract extract) {
  Lines all = extract(section.heading.text);
  for (const Line& line : section.prose) {
    const Lines more = extract(line.text);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace

Complaints check_same(const Page& english, const Page& chinese) {
  Complaints complaints;
  const std::size_t sections = std::min(english.sections.size(), chinese.sections.size());
  for (std::size_t i = 0; i < sections; ++i) {
    const Section& a = english.sections[i];
    const Section& b = chinese.sections[i];
    if (a.heading.level != b.heading.level) {
      complaints.push_back(place(english.name, a.heading.line) + "'" + a.heading.text +
                           "' is a heading of level " + std::to_string(a.heading.level) + ", " +
                           place(chinese.name, b.heading.line) + "'" + b.heading.text +
                           "' of level " + std::to_string(b.heading.level));
      return complaints;
    }
    append(complaints, differences("numbers", english, a, collect(a, numbers), chinese, b,
                                   collect(b, numbers)));
    append(complaints, differences("equations", english, a, collect(a, inline_equations), chinese,
                                   b, collect(b, inline_equations)));
    const auto pictures = [](const std::string& text) { return link_targets(text, true); };
    append(complaints, differences("pictures", english, a, collect(a, pictures), chinese, b,
                                   collect(b, pictures)));
  }
  if (english.sections.size() != chinese.sections.size()) {
    complaints.push_back(english.name + " has " + std::to_string(english.sections.size() - 1) +
                         " headings, " + chinese.name + " has " +
                         std::to_string(chinese.sections.size() - 1));
  }
  for (std::size_t i = 0; i < std::min(english.blocks.size(), chinese.blocks.size()); ++i) {
    const Block& a = english.blocks[i];
    const Block& b = chinese.blocks[i];
    if (a.language == b.language && a.source == b.source && a.text == b.text) continue;
    complaints.push_back(place(english.name, a.line) + "this block (" + a.language +
                         ") is not the one in " + place(chinese.name, b.line) + b.language);
    return complaints;
  }
  if (english.blocks.size() != chinese.blocks.size()) {
    complaints.push_back(english.name + " has " + std::to_string(english.blocks.size()) +
                         " blocks, " + chinese.name + " has " +
                         std::to_string(chinese.blocks.size()));
  }
  if (question_ids(english) != question_ids(chinese)) {
    complaints.push_back(english.name + " has the questions " + joined(question_ids(english), " ") +
                         ", " + chinese.name + " has " + joined(question_ids(chinese), " "));
  }
  return complaints;
}

}  // namespace pages
