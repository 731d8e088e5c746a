#pragma once

#include <concepts>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lessons/lab/terminal.h"

namespace lab {

/// A name with a whole number, a number or a text: {"batch", 200}, {"lr", 1e-3}, {"data", "moons"}.
struct Field {
  template <std::integral Integer>
  Field(std::string_view field, Integer number) : name(field), value(std::to_string(number)) {}
  Field(std::string_view field, double number) : name(field), value(number) {}
  Field(std::string_view field, std::string_view text) : name(field), value(std::string(text)) {}

  std::string name;
  std::variant<double, std::string> value;  ///< whole numbers as text, to their last digit
};

/// The last words of a lesson.
struct Closing {
  std::string what_you_saw = {};
  std::string change_one_thing = {};
  std::string next = {};  ///< a command to type, and why; line by line as it is
};

/// Everything a lesson says on standard output, and whether what it claimed was true. Blank lines
/// between the parts come by themselves.
class Report {
 public:
  Report(std::ostream& out, Ink ink);

  // ---- What is asked, and with which settings.

  /// "euler: How does a field become samples?"
  void heading(std::string_view slug, std::string_view question);
  /// "  batch 200 · hidden 64 · lr 0.001"; may come more than once.
  void settings(std::initializer_list<Field> fields);

  // ---- What happens.

  /// One row of a table, headed by the names when they differ from those of the row before.
  void log(std::initializer_list<Field> fields);
  /// Text as it is: a sentence; or several lines, a plot, say, which stand by themselves.
  void print(std::string_view text);

  // ---- What differs from one machine to the next. These lines start with "~ ", so that whoever
  //      compares an output with an expected one can leave them out.

  /// "~ training 0.83 s"
  void timing(std::string_view what, double seconds);
  /// "~ kernels avx512 · threads 1"
  void machine(std::initializer_list<Field> fields);
  /// Tables of times, and plots of them: text of one or several lines, each led by "~   ".
  void measured(std::string_view text);

  // ---- What the lesson claims. One line each, "ok" or "FAIL"; a value or bound that is NaN or
  //      infinite fails.

  void check(std::string_view claim, bool holds, std::string_view measured = "");
  void check_at_most(std::string_view claim, double value, double bound);
  void check_at_least(std::string_view claim, double value, double bound);
  void check_between(std::string_view claim, double value, double low, double high);
  /// |value - expected| <= tolerance
  void check_near(std::string_view claim, double value, double expected, double tolerance);

  // ---- The end.

  /// *What you saw / Change one thing / Next*, printed by finish() if every claim held.
  void close(Closing closing);
  /// Prints the verdict and the closing. Returns the exit code: 0 if every claim held; 1 if one
  /// failed, if there was none, if a part of the closing is missing, or if the output was lost.
  int finish();

 protected:
  /// A line that is no part of the story: no blank line around it, so leaving it out leaves no gap.
  void aside(std::string_view text);

 private:
  enum class Part { start, heading, settings, log, text, block, check, verdict };

  void line(Part part, std::string_view text);
  std::string joined(std::initializer_list<Field> fields) const;
  std::string coloured(std::string_view text, const char* colour) const;

  std::ostream& out_;
  Ink ink_;
  Part last_ = Part::start;
  std::vector<std::string> columns_;  ///< names heading the table being printed
  int claims_ = 0;
  int failed_ = 0;
  Closing closing_;
};

/// Whether a printed line may differ between two machines that agree on every number: timings, and
/// the one about gnuplot. For whoever compares outputs.
bool varies_by_machine(std::string_view line);

/// Whether it is a line of measured(): what a page may quote, as the figures of one machine.
bool is_measured(std::string_view line);

}  // namespace lab
