#include "lessons/lab/lesson.h"

#include <exception>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "lessons/lab/figure.h"
#include "lessons/lab/progress.h"
#include "lessons/lab/text.h"

namespace lab {

Lesson::Lesson(LessonDescription description, Options asked, std::ostream& out, Ink ink)
    : Report(out, ink), options(std::move(asked)), description_(std::move(description)) {
  heading(description_.slug, description_.question);
  if (options.steps == 0) {
    settings({{"seed", options.seed}});
  } else {
    settings({{"seed", options.seed}, {"steps", options.steps}});
  }
}

CsvWriter Lesson::csv(const std::string& file, const std::vector<std::string>& columns) {
  CsvWriter table(options.out / file, columns);
  tables_.push_back(table.path().string());
  return table;
}

std::int64_t Lesson::resume(nn::Module& model, nn::Optimizer& optimizer) {
  if (options.resume.empty()) return 0;
  const std::string file = options.resume.string();
  std::int64_t step = 0;
  try {
    step = nn::load_checkpoint(file, {.module = model, .optimizer = optimizer});
  } catch (const nn::FileError& error) {
    throw EndProgram(2, description_.slug + ": " + one_line(error.what()));
  }
  if (step >= options.steps) {
    throw EndProgram(2, description_.slug + ": --resume '" + one_line(file) + "' has " +
                            std::to_string(step) + " steps behind it; --steps must be more, got " +
                            std::to_string(options.steps));
  }
  machine({{"resumed", file}, {"step", step}});
  return step;
}

void Lesson::save(nn::Module& model, nn::Optimizer& optimizer) {
  if (options.save.empty()) return;
  const std::string file = options.save.string();
  nn::save_checkpoint(file, {.module = model, .optimizer = optimizer, .step = options.steps});
  machine({{"saved", file}, {"step", options.steps}});
}

void Lesson::draw_figure() {
  draw_figure(lesson_folder(description_.slug) / "figure.gp", description_.slug);
}

void Lesson::draw_figure(const std::filesystem::path& script, const std::string& name) {
  hide_progress();
  const Figure figure = lab::draw_figure(script, options.out, name);
  switch (figure.outcome) {
    case Figure::Outcome::drawn:
      machine({{"figure", (options.out / (name + ".png")).string()}});
      break;
    case Figure::Outcome::failed:
      check("the figure " + name + " can be drawn", false, figure.problem);
      break;
    case Figure::Outcome::no_gnuplot:
      if (missed_gnuplot_) break;
      missed_gnuplot_ = true;
      std::string where;
      for (const std::string& table : tables_) where += (where.empty() ? "" : ", ") + table;
      aside("gnuplot not found: the numbers stay in " +
            (where.empty() ? options.out.string() : where) +
            " (apt install gnuplot-nox | brew install gnuplot | conda install gnuplot)");
      break;
  }
}

int run_lesson(int argc, const char* const* argv, const LessonDescription& description,
               const std::function<void(Lesson&)>& body) {
  try {
    Lesson lesson(description, parse(argc, argv, description), std::cout, terminal_ink());
    body(lesson);
    const int exit_code = lesson.finish();
    if (!std::cout) throw std::runtime_error("standard output could not be written");
    return exit_code;
  } catch (const EndProgram& end) {
    if (end.exit_code == 0) {
      std::cout << end.what() << std::flush;
    } else {
      std::cerr << end.what() << std::endl;
    }
    return end.exit_code;
  } catch (const std::exception& error) {
    hide_progress();
    std::cerr << description.slug << ": " << one_line(error.what()) << std::endl;
    return 1;
  }
}

}  // namespace lab
