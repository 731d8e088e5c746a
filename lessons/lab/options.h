#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lab {

/// What a lesson says about itself; its flags, its --help and its heading follow from it.
struct LessonDescription {
  std::string slug = {};         ///< "euler": the name of the program and of its files in --out
  std::string question = {};     ///< the one question the lesson answers
  std::uint64_t seed = 42;       ///< default of --seed
  std::int64_t steps = 0;        ///< default of --steps; 0: nothing is trained here
  std::int64_t quick_steps = 0;  ///< --steps under --quick; 0: as many as ever
  bool saves = false;            ///< takes --save FILE and --resume FILE
};

/// What the reader asked for.
struct Options {
  std::uint64_t seed = 42;
  std::int64_t steps = 0;             ///< at least 1, or 0 in a lesson that trains nothing
  std::filesystem::path out = "out";  ///< exists, and files can be created in it
  bool quick = false;
  std::filesystem::path save = {};    ///< where to write a checkpoint; empty: nowhere
  std::filesystem::path resume = {};  ///< the checkpoint to go on from; empty: none
};

/// Thrown by parse() when the program should end at once. For exit code 0, what() is the help text,
/// for standard output; else it is one line for standard error.
class EndProgram : public std::runtime_error {
 public:
  EndProgram(int code, const std::string& text) : std::runtime_error(text), exit_code(code) {}
  int exit_code;
};

/// Reads `--seed N --steps N --out DIR --quick --help`, and `--save FILE --resume FILE` where the
/// lesson takes them. An explicit --steps wins over --quick; of a flag given twice the last wins.
/// Creates the folder --out if it is not there, and makes sure that --save can be written and
/// --resume read before anything takes its time.
/// Throws EndProgram: code 0 after --help, code 2 for a flag that is unknown or has a bad value
/// ("euler: --steps must be at least 1, got -5").
Options parse(int argc, const char* const* argv, const LessonDescription& lesson);

}  // namespace lab
