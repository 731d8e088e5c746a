#include "tests/lessons/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "tests/lessons/tree.h"

extern char** environ;

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::map<std::string, std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t name_end = text.find('=');
    if (name_end != std::string::npos) all[text.substr(0, name_end)] = text.substr(name_end + 1);
  }
  all.erase("HANDFLOW_ASCII");
  all["LC_ALL"] = "C.UTF-8";
  for (const auto& [name, value] : changes) all[name] = value;
  std::vector<std::string> texts;
  for (const auto& [name, value] : all) texts.push_back(name + "=" + value);
  return texts;
}

}  // namespace

Finished run_program(const std::filesystem::path& program, std::vector<std::string> arguments,
                     const std::filesystem::path& scratch,
                     const std::map<std::string, std::string>& environment) {
  arguments.insert(arguments.begin(), program.string());
  std::vector<std::string> variables = environment_with(environment);
  const std::string out = (scratch / "stdout").string();
  const std::string err = (scratch / "stderr").string();
  constexpr int fresh = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out.c_str(), fresh, 0600);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err.c_str(), fresh, 0600);
  pid_t child = 0;
  const int error = posix_spawn(&child, program.c_str(), &actions, nullptr,
                                pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error(program.string() + ": " + std::generic_category().message(error));
  }
  int status = 0;
  rusage used{};
  while (wait4(child, &status, 0, &used) < 0) {
    if (errno != EINTR) throw std::runtime_error("wait4 failed");
  }
#ifdef __APPLE__
  constexpr double unit = 1;
#else
  constexpr double unit = 1024;
#endif
  return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = tree::contents(out),
          .err = tree::contents(err),
          .megabytes = static_cast<double>(used.ru_maxrss) * unit / (1 << 20)};
}

bool have_gnuplot() { return std::system("gnuplot --version >/dev/null 2>&1") == 0; }
