// What pages and outputs refer to: files, commands, lessons.
#include <algorithm>
#include <regex>

#include "lessons/lab/report.h"
#include "lessons/lab/text.h"
#include "tests/lessons/lines.h"
#include "tests/lessons/pages.h"
#include "tests/lessons/tree.h"

namespace pages {

namespace fs = std::filesystem;

void append(Complaints& all, const Complaints& more) {
  all.insert(all.end(), more.begin(), more.end());
}

Complaints check_links(const Page& page, const fs::path& root, const fs::path& folder,
                       Language language) {
  static const std::regex file_name(
      "[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+\\.(h|cpp|inc|md|txt|gp|sh|py)");
  Complaints complaints;
  const auto check_line = [&](const Line& line) {
    const std::string where = place(page.name, line.number);
    for (const std::string& target : link_targets(line.text)) {
      if (target.starts_with("https://")) continue;
      const fs::path path = folder / target;
      if (target.empty() || !fs::exists(path)) {
        complaints.push_back(where + "the link '" + target + "' leads nowhere");
      } else if (language == Language::chinese && path.filename() == "README.md" &&
                 target != "README.md" && fs::exists(path.parent_path() / "README.zh.md")) {
        complaints.push_back(where + "the link '" + target + "' leads to an English page");
      }
    }
    for (const std::string& code : inline_code(line.text)) {
      if (!std::regex_match(code, file_name) || code.starts_with("out/")) continue;
      if (!fs::exists(root / code) && !fs::exists(folder / code)) {
        complaints.push_back(where + "there is no file `" + code + "`");
      }
    }
  };
  for (const Section& section : page.sections) {
    check_line({section.heading.line, section.heading.text});
    std::for_each(section.prose.begin(), section.prose.end(), check_line);
  }
  return complaints;
}

Complaints check_commands(const std::string& name, const std::string& text,
                          const std::vector<std::string>& slugs,
                          const std::vector<std::string>& presets) {
  static const std::regex program("build/lessons/([a-z0-9_]*)((?: -*[A-Za-z0-9_./]+)*)");
  static const std::regex preset("--preset ([a-z0-9_-]+)");
  static const std::regex flag("--[a-z-]+");
  const Lines flags = {"--seed", "--steps", "--out", "--quick", "--help"};
  const Lines saving = {"--save", "--resume"};
  Complaints complaints;
  int number = 0;
  for (const std::string& line : lab::split_lines(text)) {
    const std::string where = place(name, ++number);
    for (std::sregex_iterator at(line.begin(), line.end(), program), end; at != end; ++at) {
      if (!contains(slugs, (*at)[1])) {
        complaints.push_back(where + "there is no lesson '" + (*at)[1].str() + "' to run");
      }
      const std::string arguments = (*at)[2];
      for (std::sregex_iterator f(arguments.begin(), arguments.end(), flag); f != end; ++f) {
        const bool known =
            contains(flags, f->str()) || (contains(saving, f->str()) && tree::saves((*at)[1]));
        if (!known) {
          complaints.push_back(where + "the lesson " + (*at)[1].str() + " has no flag " + f->str());
        }
      }
    }
    for (std::sregex_iterator at(line.begin(), line.end(), preset), end; at != end; ++at) {
      if (!contains(presets, (*at)[1])) {
        complaints.push_back(where + "there is no workflow preset '" + (*at)[1].str() + "'");
      }
    }
  }
  return complaints;
}

Complaints check_placeholders(const std::string& name, const std::string& text) {
  static const std::regex placeholder(
      "@[A-Z_]+@|\\b(TODO|FIXME|TBD|XXX)\\b|\\blab (start|check)\\b|coming soon");
  Complaints complaints;
  int number = 0;
  for (const std::string& line : lab::split_lines(text)) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, placeholder)) {
      complaints.push_back(place(name, number) + "'" + match.str() + "' is not there yet");
    }
  }
  return complaints;
}

Complaints check_expected(const std::string& name, const std::string& text,
                          const std::string& slug) {
  static const std::regex command("  \\./build/lessons/[a-z0-9_]+( .*)?");
  Complaints complaints;
  const Lines lines = lab::split_lines(text);
  if (lines.empty() || !text.ends_with("\n")) return {name + ": is not a whole output"};
  if (!lines.front().starts_with(slug + ": ")) {
    complaints.push_back(place(name, 1) + "must start with '" + slug + ": '");
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string where = place(name, static_cast<int>(i) + 1);
    if (lab::varies_by_machine(lines[i]) && !lab::is_measured(lines[i])) {
      complaints.push_back(where + "varies by machine: '" + lines[i] + "'");
    }
    if (lines[i].starts_with("FAIL")) complaints.push_back(where + "a claim failed");
  }
  if (!std::regex_match(lines.back(), command)) {
    complaints.push_back(place(name, static_cast<int>(lines.size())) +
                         "the last line must be a lesson to run, not '" + lines.back() + "'");
  }
  return complaints;
}

Complaints check_table(const Page& front, const std::vector<TableRow>& rows) {
  static const std::regex form("\\| \\[([a-z0-9_]+)\\]\\(([^)]*)\\) \\| (.*) \\|");
  Complaints complaints;
  std::size_t found = 0;
  for (const Line& line : front.lines) {
    std::smatch match;
    if (!std::regex_match(line.text, match, form)) continue;
    const std::string where = place(front.name, line.number);
    if (found == rows.size()) return {where + "one lesson too many"};
    const TableRow& row = rows[found++];
    for (const auto& [is, wanted] :
         {std::pair(match[1].str(), row.slug), std::pair(match[2].str(), row.link),
          std::pair(match[3].str(), row.question)}) {
      if (is != wanted) complaints.push_back(where + "'" + is + "' must be '" + wanted + "'");
    }
  }
  if (found < rows.size()) {
    complaints.push_back(front.name + ": the table lacks the lesson " + rows[found].slug);
  }
  return complaints;
}

}  // namespace pages
