#include "lessons/lab/report.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lessons/lab/progress.h"
#include "lessons/lab/text.h"

namespace lab {
namespace {

constexpr std::size_t line_width = 80;
constexpr std::size_t claim_width = 50;   // a claim, before its figures
constexpr std::size_t column_width = 12;  // of the log table

constexpr const char* green = "\033[32m";
constexpr const char* red = "\033[31m";
constexpr const char* bold = "\033[1m";
constexpr const char* no_colour = "\033[0m";

constexpr std::string_view machine_mark = "~ ";
constexpr std::string_view measured_mark = "~   ";

/// The value of a field; `number` writes one that is not whole.
template <class Writer>
std::string value_text(const Field& field, Writer number) {
  if (const auto* real = std::get_if<double>(&field.value)) return number(*real);
  return std::get<std::string>(field.value);
}

/// Both numbers with as few digits as tell them apart, so that no line says "0.4 <= 0.4" of a
/// value that is above its bound.
std::pair<std::string, std::string> told_apart(double a, double b) {
  std::string text_a;
  std::string text_b;
  for (int digits : {4, 9, 17}) {
    text_a = significant(a, digits);
    text_b = significant(b, digits);
    if (text_a != text_b || a == b) break;
  }
  return {text_a, text_b};
}

}  // namespace

Report::Report(std::ostream& out, Ink ink) : out_(out), ink_(ink) {}

void Report::heading(std::string_view slug, std::string_view question) {
  line(Part::heading, coloured(std::string(slug) + ": " + std::string(question), bold));
}

void Report::settings(std::initializer_list<Field> fields) {
  line(Part::settings, "  " + joined(fields));
}

void Report::log(std::initializer_list<Field> fields) {
  std::vector<std::string> names;
  std::string header;
  std::string row;
  for (const Field& field : fields) {
    const std::size_t width = std::max(column_width, display_width(field.name) + 2);
    names.push_back(field.name);
    header += pad_left(field.name, width);
    row += pad_left(value_text(field, column_number), width);
  }
  if (last_ != Part::log || names != columns_) line(Part::log, header);
  columns_ = names;
  line(Part::log, row);
}

void Report::print(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  line(text.find('\n') == std::string_view::npos ? Part::text : Part::block, text);
}

void Report::measured(std::string_view text) {
  std::string marked;
  for (const std::string& each : split_lines(text)) {
    marked += (marked.empty() ? "" : "\n") + std::string(measured_mark) + each;
  }
  line(Part::block, marked);
}

void Report::timing(std::string_view what, double seconds) {
  machine({{what, significant(seconds, 3) + " s"}});
}

void Report::machine(std::initializer_list<Field> fields) {
  aside(std::string(machine_mark) + joined(fields));
}

void Report::aside(std::string_view text) {
  hide_progress();
  out_ << text << std::endl;
}

void Report::check(std::string_view claim, bool holds, std::string_view measured) {
  ++claims_;
  if (!holds) ++failed_;
  const std::string verdict = holds ? coloured("ok  ", green) : coloured("FAIL", red);
  std::string text = verdict + "  " + std::string(claim);
  if (!measured.empty()) {
    text = verdict + "  " + pad_right(claim, claim_width) + "  " + std::string(measured);
  }
  line(Part::check, text);
}

void Report::check_at_most(std::string_view claim, double value, double bound) {
  const bool holds = std::isfinite(value) && std::isfinite(bound) && value <= bound;
  const auto [left, right] = told_apart(value, bound);
  check(claim, holds, left + " <= " + right);
}

void Report::check_at_least(std::string_view claim, double value, double bound) {
  const bool holds = std::isfinite(value) && std::isfinite(bound) && value >= bound;
  const auto [left, right] = told_apart(value, bound);
  check(claim, holds, left + " >= " + right);
}

void Report::check_between(std::string_view claim, double value, double low, double high) {
  const bool finite = std::isfinite(value) && std::isfinite(low) && std::isfinite(high);
  const std::string left = told_apart(value, low).second;
  const auto [middle, right] = told_apart(value, high);
  check(claim, finite && low <= value && value <= high, left + " <= " + middle + " <= " + right);
}

void Report::check_near(std::string_view claim, double value, double expected, double tolerance) {
  const double distance = std::abs(value - expected);
  const auto [left, right] = told_apart(value, expected);
  check(claim, std::isfinite(distance) && std::isfinite(tolerance) && distance <= tolerance,
        "|" + left + " - " + right + "| <= " + significant(tolerance, 4));
}

void Report::close(Closing closing) { closing_ = std::move(closing); }

int Report::finish() {
  const auto fail = [this](const std::string& why) {
    line(Part::verdict, coloured("FAIL", red) + "  " + why);
    return 1;
  };
  if (claims_ == 0) return fail("this lesson checked nothing, so it showed nothing");
  if (failed_ > 0) {
    return fail(std::to_string(failed_) + " of " + std::to_string(claims_) +
                (claims_ == 1 ? " claim" : " claims") + " did not hold");
  }
  const std::pair<const char*, const std::string&> closing[] = {
      {"What you saw", closing_.what_you_saw},
      {"Change one thing", closing_.change_one_thing},
      {"Next", closing_.next},
  };
  for (const auto& [title, text] : closing) {
    if (text.empty()) return fail(std::string("the closing lacks \"") + title + "\"");
  }
  for (const auto& [title, text] : closing) {
    last_ = Part::text;  // a blank line before each title
    line(Part::verdict, coloured(title, bold));
    // Prose is broken into lines; commands to type stand in columns and stay as they are.
    const bool commands = &text == &closing_.next;
    for (const std::string& part : commands ? split_lines(text) : wrap(text, line_width - 2)) {
      line(Part::verdict, "  " + part);
    }
  }
  return out_ ? 0 : 1;
}

void Report::line(Part part, std::string_view text) {
  hide_progress();
  const bool same_block = (part == last_ && part != Part::block) ||
                          (last_ == Part::heading && part == Part::settings) ||
                          last_ == Part::start;
  if (!same_block) out_ << '\n';
  // Flushed at once: a reader watches, and an error message comes after what led to it.
  out_ << text << std::endl;
  last_ = part;
}

std::string Report::joined(std::initializer_list<Field> fields) const {
  std::string text;
  for (const Field& field : fields) {
    if (!text.empty()) text += ink_.unicode ? " \u00b7 " : ", ";
    text += field.name + " " + value_text(field, [](double value) { return significant(value); });
  }
  return text;
}

std::string Report::coloured(std::string_view text, const char* colour) const {
  return ink_.colour ? colour + std::string(text) + no_colour : std::string(text);
}

bool varies_by_machine(std::string_view line) {
  return line.starts_with(machine_mark) || line.starts_with("gnuplot not found");
}

bool is_measured(std::string_view line) { return line.starts_with(measured_mark); }

}  // namespace lab
