#include "tests/lessons/tree.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace tree {

namespace fs = std::filesystem;

fs::path root() { return HANDFLOW_SOURCE_DIR; }

const std::vector<Lesson>& lessons() {
  static const std::vector<Lesson> all = [] {
    std::vector<Lesson> list;
    for (const bool beyond : {false, true}) {
      std::istringstream folders(beyond ? HANDFLOW_BEYOND : HANDFLOW_LESSONS);
      for (std::string folder; folders >> folder;) {
        const std::string slug = folder.substr(folder.find('_') + 1);
        list.push_back({.slug = slug,
                        .folder = "lessons/" + folder,
                        .path = root() / "lessons" / folder,
                        .program = fs::path(HANDFLOW_LESSON_PROGRAMS) / slug,
                        .beyond = beyond});
      }
    }
    return list;
  }();
  return all;
}

std::vector<std::string> slugs() {
  std::vector<std::string> list;
  for (const Lesson& lesson : lessons()) list.push_back(lesson.slug);
  return list;
}

bool saves(const std::string& slug) {
  return std::any_of(lessons().begin(), lessons().end(), [&](const Lesson& lesson) {
    return lesson.slug == slug &&
           contents(lesson.path / "lesson.cpp").find(".saves = true") != std::string::npos;
  });
}

std::vector<std::string> workflow_presets() {
  // A workflow is the one kind of preset that has steps.
  static const std::regex workflow("\"name\":\\s*\"([^\"]+)\",\\s*\"steps\"");
  const std::string text = contents(root() / "CMakePresets.json");
  std::vector<std::string> names;
  for (std::sregex_iterator at(text.begin(), text.end(), workflow), end; at != end; ++at) {
    names.push_back((*at)[1]);
  }
  return names;
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("there is no " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace tree
