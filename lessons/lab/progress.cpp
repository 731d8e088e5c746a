#include "lessons/lab/progress.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "lessons/lab/terminal.h"

namespace lab {
namespace {

bool bar_on_screen = false;

constexpr std::chrono::milliseconds between_drawings{100};

}  // namespace

Progress::Progress(std::string label, std::int64_t total)
    : label_(std::move(label)), total_(total), shown_(stderr_is_terminal()) {}

Progress::~Progress() { hide_progress(); }

void Progress::update(std::int64_t done) {
  if (!shown_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + between_drawings;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  // \r returns to the start of the line, ESC [K erases what was there.
  std::fprintf(stderr, "\r\033[K%s", progress_line(label_, done, total_, seconds).c_str());
  std::fflush(stderr);
  bar_on_screen = true;
}

std::string progress_line(const std::string& label, std::int64_t done, std::int64_t total,
                          double seconds_so_far) {
  constexpr int bar_width = 30;
  const double share =
      total <= 0 ? 0.0
                 : std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  std::string bar(bar_width, '.');
  std::fill_n(bar.begin(), std::lround(std::floor(share * bar_width)), '#');
  std::array<char, 48> numbers{};
  const int percent = static_cast<int>(100.0 * share);
  if (share > 0.0) {
    std::snprintf(numbers.data(), numbers.size(), "%3d%%  %.0f s left", percent,
                  seconds_so_far / share * (1.0 - share));
  } else {
    std::snprintf(numbers.data(), numbers.size(), "%3d%%", percent);
  }
  return label + "  [" + bar + "]  " + numbers.data();
}

void hide_progress() {
  if (!bar_on_screen) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  bar_on_screen = false;
}

}  // namespace lab
