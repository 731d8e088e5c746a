#include "lessons/lab/figure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>
#include <system_error>
#include <vector>

// The folder lessons/ of the source tree; the build sets it.
#ifndef HANDFLOW_LESSONS_DIR
#error "compile figure.cpp with -DHANDFLOW_LESSONS_DIR=\"<source tree>/lessons\""
#endif

extern char** environ;

namespace lab {
namespace {

namespace fs = std::filesystem;

/// The program on the PATH; empty when it is not there.
fs::path find_program(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder) / program;
    std::error_code ignored;
    if (!folder.empty() && fs::is_regular_file(candidate, ignored) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return {};
}

/// `name = 'text'` in gnuplot's language, where a quote inside quotes is doubled.
std::string assignment(const std::string& name, const std::string& text) {
  std::string quoted;
  for (char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return name + " = '" + quoted + "'";
}

/// Runs a program without a shell, input or output, and waits for it; `errors` receives what it
/// says on standard error. Returns its exit code, 128 + n if signal n ended it, or -1 if it could
/// not be started.
int run(std::vector<std::string> arguments, std::string& errors) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return -1;
  const auto [read_end, write_end] = ends;

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, write_end, STDERR_FILENO);
  posix_spawn_file_actions_addclose(&actions, read_end);
  posix_spawn_file_actions_addclose(&actions, write_end);
  pid_t child = 0;
  const int error = posix_spawn(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(write_end);

  std::array<char, 1024> text{};
  ssize_t count = 0;
  while (error == 0 && (count = read(read_end, text.data(), text.size())) != 0) {
    if (count > 0) errors.append(text.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR) break;
  }
  close(read_end);
  if (error != 0) return -1;

  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// gnuplot's own words about what went wrong: the last line that is not blank.
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \n");
  if (end == std::string::npos) return "it did not say why";
  const std::size_t start = text.find_last_of('\n', end);  // npos, before the first, is -1
  return text.substr(start + 1, end - start);
}

}  // namespace

Figure draw_figure(const fs::path& script, const fs::path& out, const std::string& name) {
  const fs::path gnuplot = find_program("gnuplot");
  if (gnuplot.empty()) return {.outcome = Figure::Outcome::no_gnuplot};
  if (!fs::is_regular_file(script)) return {.problem = "no script " + script.string()};

  // Pictures of an earlier run must not pass for those of this one.
  const fs::path png = out / (name + ".png");
  std::error_code error;
  fs::remove(png, error);
  fs::remove(out / (name + ".gif"), error);

  const fs::path style = fs::path(HANDFLOW_LESSONS_DIR) / "lab" / "style.gp";
  const std::string variables = assignment("out", out.string()) + "; " + assignment("name", name) +
                                "; " + assignment("style", style.string());
  std::string errors;
  const int code = run({gnuplot.string(), "-d", "-e", variables, script.string()}, errors);
  // An empty table is only a warning to gnuplot, but not a picture of anything.
  if (code != 0 || errors.find("no valid points") != std::string::npos) {
    return {.problem =
                "gnuplot ended with code " + std::to_string(code) + ": " + last_line(errors)};
  }
  const auto size = fs::file_size(png, error);
  if (error || size == 0) return {.problem = script.string() + " made no " + png.string()};
  return {.outcome = Figure::Outcome::drawn};
}

fs::path lesson_folder(const std::string& slug) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(HANDFLOW_LESSONS_DIR, error)) {
    // "11_euler" is number, underscore, slug; a slug may hold underscores of its own.
    const std::string folder = entry.path().filename().string();
    const std::size_t number = folder.find_first_not_of("0123456789");
    if (folder == slug || (number != 0 && number != std::string::npos && folder[number] == '_' &&
                           folder.substr(number + 1) == slug)) {
      return entry.path();
    }
  }
  return {};
}

}  // namespace lab
