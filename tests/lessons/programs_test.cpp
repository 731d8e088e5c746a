// Lessons as programs: what they print, what they draw, and how they turn bad input down.

#include <cstdlib>

#include "autograd/kernels/kernels.h"
#include "lessons/lab/text.h"
#include "tests/lessons/lab/scratch.h"
#include "tests/lessons/output.h"
#include "tests/lessons/picture.h"
#include "tests/lessons/program.h"
#include "tests/lessons/tree.h"

namespace {

namespace fs = std::filesystem;
using lab::testing::count_of;
using lab::testing::ScratchFolder;
using lab::testing::write_file;

/// Numbers agree to the last bit wherever products and sums are fused, and nowhere else.
bool fused_multiply_add() {
#ifdef __x86_64__
  return std::string(autograd::kernels().name) != "baseline";
#else
  return true;
#endif
}

/// Full settings are for a full-speed build.
bool full_speed() {
  const std::string configuration = HANDFLOW_CONFIGURATION;
  return configuration.starts_with("Release") &&
         configuration.find("-fsanitize") == std::string::npos;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class LessonProgram : public ::testing::TestWithParam<tree::Lesson> {
 protected:
  Finished run(std::vector<std::string> arguments,
               const std::map<std::string, std::string>& environment = {}) const {
    return run_program(GetParam().program, std::move(arguments), scratch.path, environment);
  }

  ScratchFolder scratch;
  const fs::path out = scratch.path / "out";
};

TEST_P(LessonProgram, PrintsAndDrawsWhatThePageShows) {
  if (!full_speed()) GTEST_SKIP() << "full settings take too long in this build";
  const Finished lesson = run({"--out", out});
  EXPECT_EQ(lesson.exit_code, 0) << lesson.out;
  EXPECT_EQ(lesson.err, "");
  if (have_gnuplot()) {
    EXPECT_GT(inked_share(out / (GetParam().slug + ".png"), scratch.path), near_blank);
  }
  if (!fused_multiply_add()) GTEST_SKIP() << "without fused multiply-add numbers differ";
  const std::string expected = tree::contents(GetParam().path / "expected.txt");
  EXPECT_EQ(joined(compare_outputs(expected, lesson.out)), "")
      << "if the lesson was changed on purpose: cmake --workflow --preset course";
}

TEST_P(LessonProgram, GoesOnWithoutGnuplot) {
  if (!full_speed()) GTEST_SKIP() << "the quick run takes long in this build, and lesson.* runs it";
  const Finished lesson = run({"--quick", "--out", out}, {{"PATH", ""}});
  EXPECT_EQ(lesson.exit_code, 0) << lesson.out << lesson.err;
  EXPECT_EQ(lesson.err, "");
  EXPECT_EQ(count_of(lesson.out, "gnuplot not found"), 1) << lesson.out;
  int tables = 0;
  for (const auto& file : fs::directory_iterator(out)) {
    EXPECT_EQ(file.path().extension(), ".csv") << file.path();
    EXPECT_HAS(lesson.out, file.path().string());
    ++tables;
  }
  EXPECT_GT(tables, 0) << "the numbers stay";
}

TEST_P(LessonProgram, TurnsBadInputDown) {
  write_file(scratch.path / "file", "");
  const std::vector<std::vector<std::string>> bad = {
      {"--no-such-flag"},
      {"leftover"},
      {"--steps", "-5"},
      {"--steps", "0"},
      {"--steps", "abc"},
      {"--steps", "99999999999999999999"},
      {"--steps"},
      {"--seed", "-1"},
      {"--out", scratch.path / "file" / "below"},
      {"--out", scratch.path / "file"},
      {"--out", ""},
      {"--quick=yes"},
  };
  for (const std::vector<std::string>& arguments : bad) {
    const Finished lesson = run(arguments);
    EXPECT_EQ(lesson.exit_code, 2) << joined(arguments);
    EXPECT_EQ(lesson.out, "") << joined(arguments);
    EXPECT_TRUE(lesson.err.starts_with(GetParam().slug + ": ")) << lesson.err;
    EXPECT_TRUE(lesson.err.ends_with("\n")) << lesson.err;
    EXPECT_EQ(count_of(lesson.err, "\n"), 1) << lesson.err;
  }
}

TEST_P(LessonProgram, ExplainsItsFlags) {
  const Finished lesson = run({"--help"});
  EXPECT_EQ(lesson.exit_code, 0);
  EXPECT_EQ(lesson.err, "");
  for (const std::string line :
       {"-h,--help ", "--seed N ", "--steps N ", "--out DIR ", "--quick "}) {
    EXPECT_HAS(lesson.out, "\n  " + line);
  }
}

INSTANTIATE_TEST_SUITE_P(, LessonProgram, ::testing::ValuesIn(tree::lessons()),
                         [](const auto& lesson) { return lesson.param.slug; });

TEST(FrontPage, ItsProgramPrintsWhatItsCommentSays) {
  if (!fused_multiply_add()) GTEST_SKIP() << "without fused multiply-add numbers differ";
  std::string expected;
  bool after_main = false;
  for (const std::string& line :
       lab::split_lines(tree::contents(fs::path(HANDFLOW_FRONT_PAGE_PROGRAM_SOURCE)))) {
    if (after_main) {
      ASSERT_TRUE(line.starts_with("// ")) << line;
      expected += line.substr(3) + "\n";
    }
    after_main = after_main || line == "}";
  }
  ASSERT_GT(count_of(expected, "\n"), 1) << "the comment after main()";
  const ScratchFolder scratch;
  const Finished program = run_program(HANDFLOW_FRONT_PAGE_PROGRAM, {}, scratch.path);
  EXPECT_EQ(program.exit_code, 0);
  EXPECT_EQ(program.err, "");
  EXPECT_EQ(joined(compare_outputs(expected, program.out)), "") << "it prints\n" << program.out;
}

}  // namespace
