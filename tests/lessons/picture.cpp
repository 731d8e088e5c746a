#include "tests/lessons/picture.h"

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/lessons/program.h"
#include "tests/lessons/tree.h"

double inked_share(const std::filesystem::path& png, const std::filesystem::path& scratch) {
  const std::filesystem::path script = scratch / "count.gp";
  std::ofstream(script) << "all = 0\nink = 0\nset table '/dev/null'\n"
                        << "plot ARG1 binary filetype=png every 3:3 using "
                           "(all = all + 1, ink = ink + ($1 + $2 + $3 < 720), 0):(0):(0)\n"
                        << "unset table\nset print '-'\nprint ink, all\n";
  const Finished run = run_program("/usr/bin/env", {"gnuplot", "-d", "-c", script, png}, scratch);
  std::istringstream printed(run.out);
  double ink = 0;
  double all = 0;
  if (run.exit_code != 0 || !(printed >> ink >> all) || all == 0) {
    throw std::runtime_error(png.string() + " is no picture to gnuplot: " + run.err);
  }
  return ink / all;
}

int gif_frames(const std::string& bytes) {
  const auto byte = [&](std::size_t at) {
    return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : std::uint8_t{0};
  };
  // A table of colours follows where the highest bit of its flags is set.
  const auto colours = [](std::uint8_t flags) {
    return (flags & 0x80U) == 0 ? std::size_t{0} : std::size_t{3} << ((flags & 7U) + 1);
  };
  // Data comes in blocks, each after its length; a length of 0 ends them.
  const auto after_blocks = [&](std::size_t at) {
    while (at < bytes.size() && byte(at) != 0) at += std::size_t{byte(at)} + 1;
    return at + 1;
  };
  if (!bytes.starts_with("GIF8")) return 0;
  int frames = 0;
  std::size_t at = 13 + colours(byte(10));
  while (at < bytes.size()) {
    switch (byte(at)) {
      case 0x21: at = after_blocks(at + 2); break;  // an extension
      case 0x2C:                                    // a picture
        ++frames;
        at = after_blocks(at + 11 + colours(byte(at + 9)));
        break;
      case 0x3B: return frames;
      default: return 0;
    }
  }
  return 0;
}
