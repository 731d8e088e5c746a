#pragma once

namespace lab {

/// What may be drawn: characters beyond ASCII, colours.
struct Ink {
  bool unicode = false;
  bool colour = false;
};

/// The ink of standard output. Unicode: the locale says UTF-8 (the first of LC_ALL, LC_CTYPE, LANG
/// that is set decides) and HANDFLOW_ASCII is not set. Colour: standard output is a terminal, TERM
/// is not "dumb", and NO_COLOR (https://no-color.org) is not set.
Ink terminal_ink();

/// Whether standard error is a terminal: progress is shown to people, not to files.
bool stderr_is_terminal();

}  // namespace lab
