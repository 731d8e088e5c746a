#include "lessons/lab/progress.h"

#include <fcntl.h>

#include <array>
#include <functional>
#include <thread>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

/// What somebody at a terminal would receive on standard error while `body` runs.
std::string seen_at_terminal(const std::function<void()>& body) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return "no terminal";
  const int stderr_side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
  if (stderr_side < 0) return "no terminal";
  const int before = dup(STDERR_FILENO);
  dup2(stderr_side, STDERR_FILENO);
  body();
  dup2(before, STDERR_FILENO);
  close(before);
  close(stderr_side);  // from now on the terminal gives what is on its way, and then an error
  std::string seen;
  std::array<char, 4096> text{};
  for (ssize_t count; (count = read(terminal, text.data(), text.size())) > 0;) {
    seen.append(text.data(), static_cast<std::size_t>(count));
  }
  close(terminal);
  return seen;
}

void run_for(std::chrono::milliseconds duration) {
  Progress progress("training", 4);
  progress.update(1);
  std::this_thread::sleep_for(duration);
  progress.update(2);
}

TEST(Progress, TheLineTellsShareAndTimeLeft) {
  EXPECT_EQ(progress_line("training", 10, 40, 5.0),
            "training  [#######.......................]   25%  15 s left");
  EXPECT_HAS(progress_line("a", 0, 40, 5.0), "0%");
  EXPECT_HAS(progress_line("a", 40, 40, 5.0), "[##############################]  100%  0 s left");
  EXPECT_HAS(progress_line("a", 50, 40, 5.0), "100%");
  EXPECT_HAS(progress_line("a", 1, 0, 5.0), "0%");
}

TEST(Progress, ShowsAfterASecondAndLeavesNothing) {
  const std::string seen = seen_at_terminal([] { run_for(std::chrono::milliseconds(1050)); });
  if (seen == "no terminal") GTEST_SKIP() << "no pseudo terminal here";
  EXPECT_HAS(seen, "training  [###############...............]   50%  ");
  EXPECT_EQ(seen.substr(seen.size() - 4), "\r\033[K");
}

TEST(Progress, QuickWorkShowsNothing) {
  const std::string seen = seen_at_terminal([] { run_for(std::chrono::milliseconds(5)); });
  if (seen == "no terminal") GTEST_SKIP() << "no pseudo terminal here";
  EXPECT_EQ(seen, "");
}

TEST(Progress, SilentWhenNobodyWatches) {
  ::testing::internal::CaptureStderr();
  run_for(std::chrono::milliseconds(1050));
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace lab
