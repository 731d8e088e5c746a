#include "lessons/lab/terminal.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace lab {
namespace {

/// The value of an environment variable; empty when it is not set.
std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool locale_is_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = environment(name);
    if (locale.empty()) continue;
    for (const char* spelling : {"UTF-8", "utf-8", "UTF8", "utf8"}) {
      if (locale.find(spelling) != std::string::npos) return true;
    }
    return false;
  }
  return false;
}

}  // namespace

Ink terminal_ink() {
  return {
      .unicode = locale_is_utf8() && environment("HANDFLOW_ASCII").empty(),
      .colour = isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb" &&
                environment("NO_COLOR").empty(),
  };
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace lab
