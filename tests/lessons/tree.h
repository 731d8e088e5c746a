#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

/// The source tree that the pages are part of.
namespace tree {

std::filesystem::path root();

struct Lesson {
  std::string slug;               ///< "euler"
  std::string folder;             ///< "lessons/11_euler"
  std::filesystem::path path;     ///< of that folder
  std::filesystem::path program;  ///< built
  bool beyond;                    ///< comes after the course
};

/// How GoogleTest shows one.
inline void PrintTo(const Lesson& lesson, std::ostream* out) { *out << lesson.slug; }

/// In the order of lessons/CMakeLists.txt.
const std::vector<Lesson>& lessons();
std::vector<std::string> slugs();
/// Whether a lesson takes --save and --resume: its source says so.
bool saves(const std::string& slug);

/// The presets that `cmake --workflow --preset` knows.
std::vector<std::string> workflow_presets();

/// std::runtime_error if the file is not there.
std::string contents(const std::filesystem::path& path);

}  // namespace tree
