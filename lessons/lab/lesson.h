#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lessons/lab/csv.h"
#include "lessons/lab/options.h"
#include "lessons/lab/report.h"
#include "nn/nn.h"

namespace lab {

/// What the body of a lesson is handed: the report to speak through (report.h), the reader's
/// options, and the files in options.out.
class Lesson : public Report {
 public:
  Lesson(LessonDescription description, Options asked, std::ostream& out, Ink ink);

  const Options options;
  const std::string& slug() const { return description_.slug; }

  /// A table `<options.out>/<file>`; see csv.h.
  CsvWriter csv(const std::string& file, const std::vector<std::string>& columns);

  /// For lessons that take --resume. Puts model, optimiser and random numbers where the checkpoint
  /// has them and returns how many steps it has behind it; without the flag, 0. EndProgram, code 2,
  /// for a file that is no checkpoint of these, or that has no step left to go up to --steps.
  std::int64_t resume(nn::Module& model, nn::Optimizer& optimizer);
  /// For lessons that take --save. Writes a checkpoint if the flag is given, and says so.
  void save(nn::Module& model, nn::Optimizer& optimizer);

  /// Draws `<slug>.png` (and .gif) into options.out with the figure.gp beside the lesson, or with
  /// `script`. Without gnuplot, says once where the numbers are, and all goes on; a script that
  /// fails is a claim that failed. Close the tables first.
  void draw_figure();
  void draw_figure(const std::filesystem::path& script, const std::string& name);

 private:
  LessonDescription description_;
  std::vector<std::string> tables_;  ///< where the numbers are
  bool missed_gnuplot_ = false;
};

/// The whole of a lesson's main():
///
///     int main(int argc, char** argv) {
///       return lab::run_lesson(argc, argv,
///                              {.slug = "euler",
///                               .question = "How does a field become samples?",
///                               .steps = 5000,
///                               .quick_steps = 200},
///                              [](lab::Lesson& lesson) {
///         ...
///       });
///     }
///
/// Reads the flags, prints heading and settings, runs the body, prints verdict and closing.
/// Exit codes: 0 all well; 1 a claim failed or the body threw (one line on standard error);
/// 2 a bad flag, or a bad file for --resume.
int run_lesson(int argc, const char* const* argv, const LessonDescription& description,
               const std::function<void(Lesson&)>& body);

}  // namespace lab
