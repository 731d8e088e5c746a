#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace lab {

/// A progress bar on standard error for whatever takes longer than a second:
///
///     lab::Progress progress("training", steps);
///     for (std::int64_t step = 0; step < steps; ++step) { ...; progress.update(step + 1); }
///
/// Silent when standard error is not a terminal; gone from the screen when it goes out of scope.
/// An update costs about 30 ns. One bar at a time.
class Progress {
 public:
  Progress(std::string label, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::int64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string label_;
  std::int64_t total_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_ + std::chrono::seconds(1);  ///< when to draw next
  bool shown_;                                                 ///< somebody is watching
};

/// "training  [########............]  40%  12 s left"
std::string progress_line(const std::string& label, std::int64_t done, std::int64_t total,
                          double seconds_so_far);

/// Wipes the bar, if one is on the screen, so that a line can be printed in its place. The report
/// does this before every line; the bar comes back by itself.
void hide_progress();

}  // namespace lab
