// The one file that includes CLI11: it takes seconds to compile, and lessons need only a struct.
#include "lessons/lab/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "lessons/lab/text.h"

namespace lab {
namespace {

/// What is wrong with a flag, in words; parse() puts the slug in front.
class BadFlag : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A whole number that fits into `Integer` and is at least `least`. Stricter than CLI11's own
/// conversion, which reads 010 as eight.
template <class Integer>
Integer whole_number(const std::string& flag, const std::string& text, Integer least) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string::npos) {
    throw BadFlag(flag + " must be a whole number, got '" + text + "'");
  }
  errno = 0;
  const unsigned long long size = std::strtoull(digits.c_str(), nullptr, 10);
  if (negative || size < static_cast<unsigned long long>(least)) {
    throw BadFlag(flag + " must be at least " + std::to_string(least) + ", got " + text);
  }
  constexpr auto most = std::numeric_limits<Integer>::max();
  if (errno == ERANGE || size > static_cast<unsigned long long>(most)) {
    throw BadFlag(flag + " must be at most " + std::to_string(most) + ", got " + text);
  }
  return static_cast<Integer>(size);
}

/// Whether a file can be made in a folder. It makes one: permissions alone do not tell, and root
/// they do not bind.
std::error_code probe(const std::filesystem::path& folder) {
  std::string name = (folder / "probe_XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) return {errno, std::generic_category()};
  close(file);
  unlink(name.c_str());
  return {};
}

/// Creates the folder if need be, and makes sure that a file can be made in it.
void prepare_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error && !std::filesystem::is_directory(folder)) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error) error = probe(folder);
  if (error) throw BadFlag("--out '" + folder.string() + "' cannot be used: " + error.message());
}

/// What --save or --resume name must be a regular file if it is there.
void check_file(const std::string& flag, const std::filesystem::path& file) {
  if (file.empty()) throw BadFlag(flag + " needs the name of a file");
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::none) {
    throw BadFlag(flag + " '" + file.string() + "' cannot be used: " + error.message());
  }
  if (exists(status) && !is_regular_file(status)) {
    throw BadFlag(flag + " '" + file.string() + "' is not a regular file");
  }
}

void check_can_save(const std::filesystem::path& file) {
  check_file("--save", file);
  const std::error_code error = probe(file.has_parent_path() ? file.parent_path() : ".");
  if (error) throw BadFlag("--save '" + file.string() + "' cannot be written: " + error.message());
}

void check_can_resume(const std::filesystem::path& file) {
  check_file("--resume", file);
  if (access(file.c_str(), R_OK) == 0) return;
  const std::error_code error(errno, std::generic_category());
  throw BadFlag("--resume '" + file.string() + "' cannot be read: " + error.message());
}

}  // namespace

Options parse(int argc, const char* const* argv, const LessonDescription& lesson) {
  Options options{.seed = lesson.seed, .steps = lesson.steps};
  std::string seed;
  std::string steps;
  std::string out = options.out.string();

  CLI::App app(lesson.slug + ": " + lesson.question, lesson.slug);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(20);
  std::string many = "no effect: this lesson trains nothing";
  if (lesson.steps != 0) {
    many = "training steps (" + std::to_string(lesson.steps);
    if (lesson.quick_steps != 0) many += ", with --quick " + std::to_string(lesson.quick_steps);
    many += ")";
  }
  app.add_option("--seed", seed,
                 "start of the random numbers (" + std::to_string(lesson.seed) + ")")
      ->type_name("N");
  app.add_option("--steps", steps, many)->type_name("N");
  app.add_option("--out", out, "folder for tables and pictures (out)")->type_name("DIR");
  app.add_flag("--quick", options.quick, "a short run, to see that it works")
      ->disable_flag_override();
  if (lesson.saves) {
    app.add_option("--save", options.save, "write a checkpoint after the training")
        ->type_name("FILE");
    app.add_option("--resume", options.resume,
                   "go on from a checkpoint, up to --steps; --seed has no effect then")
        ->type_name("FILE");
  }

  try {
    app.parse(argc, argv);
    if (lesson.steps != 0 && options.quick && lesson.quick_steps != 0) {
      options.steps = lesson.quick_steps;
    }
    if (app.count("--seed") > 0) options.seed = whole_number<std::uint64_t>("--seed", seed, 0);
    if (app.count("--steps") > 0) {
      const auto asked = whole_number<std::int64_t>("--steps", steps, 1);
      if (lesson.steps != 0) options.steps = asked;
    }
    if (out.empty()) throw BadFlag("--out needs the name of a folder");
    options.out = out;
    prepare_folder(options.out);
    if (lesson.saves && app.count("--save") > 0) check_can_save(options.save);
    if (lesson.saves && app.count("--resume") > 0) check_can_resume(options.resume);
  } catch (const CLI::CallForHelp&) {
    throw EndProgram(0, app.help());
  } catch (const CLI::ExtrasError&) {
    throw EndProgram(2, lesson.slug + ": unknown argument '" + app.remaining().front() +
                            "' (--help lists what there is)");
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();  // "--seed: 1 required N missing", "quick was given ..."
    const std::string what = text.front() == '-' ? text.substr(0, text.find(':')) + " needs a value"
                                                 : "--quick takes no value";
    throw EndProgram(2, lesson.slug + ": " + what);
  } catch (const CLI::ParseError& error) {
    throw EndProgram(2, lesson.slug + ": " + one_line(error.what()));
  } catch (const BadFlag& error) {
    throw EndProgram(2, lesson.slug + ": " + one_line(error.what()));
  }
  return options;
}

}  // namespace lab
