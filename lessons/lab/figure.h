#pragma once

#include <filesystem>
#include <string>

namespace lab {

/// What came of drawing a figure.
struct Figure {
  enum class Outcome { drawn, no_gnuplot, failed };
  Outcome outcome = Outcome::failed;
  std::string problem = {};  ///< why it failed, in one line
};

/// Runs a gnuplot script that makes `out/<name>.png`, and `out/<name>.gif` if it likes. The script
/// finds three variables set, and begins with `load style`:
///
///     out    the folder of the tables it reads and the pictures it makes
///     name   the name of its pictures, without extension
///     style  the path of lessons/lab/style.gp
///
/// Drawn means that the script ended well and left a PNG that is new and not empty. Where there is
/// no gnuplot on the PATH nothing is touched. No shell is involved, and no ~/.gnuplot.
Figure draw_figure(const std::filesystem::path& script, const std::filesystem::path& out,
                   const std::string& name);

/// The folder of a lesson in the source tree, "11_euler" for "euler"; empty where there is none.
std::filesystem::path lesson_folder(const std::string& slug);

}  // namespace lab
