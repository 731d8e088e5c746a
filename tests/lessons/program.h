#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

/// What came of running a program.
struct Finished {
  int exit_code;  ///< 128 + n if signal n ended it
  std::string out;
  std::string err;
  double megabytes;  ///< the most memory it ever held (or a program it ran did), in 2^20 bytes
};

/// Runs a program without a shell, in this environment with LC_ALL=C.UTF-8, without HANDFLOW_ASCII,
/// and with `environment` on top. Its output goes through files in `scratch`. std::runtime_error if
/// it cannot be started.
Finished run_program(const std::filesystem::path& program, std::vector<std::string> arguments,
                     const std::filesystem::path& scratch,
                     const std::map<std::string, std::string>& environment = {});

/// Whether there is a gnuplot on the PATH.
bool have_gnuplot();
