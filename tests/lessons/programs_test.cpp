// Lessons as programs: what they print, what they draw, and how they turn bad input down.

#include <cstdlib>

#include "autograd/kernels/kernels.h"
#include "lessons/lab/report.h"
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
      {"--save"},
      {"--save", ""},
      {"--save", scratch.path},
      {"--save", scratch.path / "file" / "below"},
      {"--save", scratch.path / "none" / "below"},
      {"--resume"},
      {"--resume", ""},
      {"--resume", scratch.path},
      {"--resume", scratch.path / "none"},
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
  for (const std::string line : {"--save FILE ", "--resume FILE "}) {
    EXPECT_EQ(count_of(lesson.out, "\n  " + line), tree::saves(GetParam().slug) ? 1 : 0);
  }
}

// The lines that tell the story, without the rows of the table of losses before step `first`.
std::vector<std::string> story_from(std::int64_t first, const std::string& out) {
  std::vector<std::string> story;
  bool in_losses = false;
  for (const std::string& line : lab::split_lines(out)) {
    if (lab::varies_by_machine(line) || line.starts_with("  seed ")) continue;
    if (line.empty()) in_losses = false;
    const bool row = in_losses && std::atoll(line.c_str()) < first;
    if (!row) story.push_back(line);
    if (line.starts_with("        step ")) in_losses = true;
  }
  return story;
}

std::vector<tree::Lesson> saving_lessons() {
  std::vector<tree::Lesson> saving;
  for (const tree::Lesson& lesson : tree::lessons()) {
    if (tree::saves(lesson.slug)) saving.push_back(lesson);
  }
  return saving;
}

class SavingLesson : public LessonProgram {};

TEST_P(SavingLesson, GoesOnFromACheckpointAsIfItHadNeverStopped) {
  if (!full_speed()) GTEST_SKIP() << "takes too long in this build; lab.* tries the same in small";
  const std::string file = scratch.path / "run.safetensors";
  const auto told = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--out", out});
    return run(arguments, {{"PATH", ""}});  // pictures take their time
  };
  const Finished straight = told({"--seed", "7", "--steps", "10000"});
  const Finished first = told({"--seed", "7", "--steps", "1001", "--save", file});
  EXPECT_HAS(first.out, "\n~ saved " + file + " · step 1001\n");
  const Finished second = told({"--steps", "10000", "--resume", file});
  EXPECT_HAS(second.out, "\n~ resumed " + file + " · step 1001\n");
  EXPECT_EQ(second.exit_code, straight.exit_code);
  EXPECT_EQ(second.err, "");
  // Every line from there on: losses, claims, samples.
  const std::string expected = joined(story_from(1001, straight.out));
  EXPECT_EQ(joined(story_from(1001, second.out)), expected);
  EXPECT_NE(story_from(0, second.out), story_from(0, straight.out)) << "earlier losses are lost";
  EXPECT_NE(joined(story_from(1001, first.out)), expected) << "the comparison is able to fail";
}

TEST_P(SavingLesson, TurnsBadCheckpointsDown) {
  const std::string file = scratch.path / "run.safetensors";
  const auto train = [&](const fs::path& program) {
    const Finished lesson = run_program(program, {"--steps", "20", "--out", out, "--save", file},
                                        scratch.path, {{"PATH", ""}});
    EXPECT_HAS(lesson.out, "~ saved " + file);
  };
  train(GetParam().program);
  const std::string good = tree::contents(file);
  const auto refused = [&](const std::string& bytes, const std::string& why) {
    write_file(file, bytes);
    const Finished lesson = run({"--steps", "20", "--out", out, "--resume", file});
    EXPECT_EQ(lesson.exit_code, 2) << why;
    EXPECT_TRUE(lesson.err.starts_with(GetParam().slug + ": ")) << lesson.err;
    EXPECT_EQ(count_of(lesson.err, "\n"), 1) << lesson.err;
    EXPECT_HAS(lesson.err, file);
    EXPECT_HAS(lesson.err, why);
    EXPECT_HAS_NOT(lesson.out, "ok ");
  };
  refused(good, "has 20 steps behind it; --steps must be more, got 20");
  refused("", "is no safetensors file");
  refused(good.substr(0, good.size() / 2), "is truncated");
  refused(good + "x", "has 1 bytes too many");
  std::string damaged = good;
  damaged[good.size() - 100] ^= 1;
  refused(damaged, "its data are damaged");
  // The checkpoint of the other lesson: another model.
  for (const tree::Lesson& other : saving_lessons()) {
    if (other.slug == GetParam().slug) continue;
    train(other.program);
    refused(tree::contents(file), "tensor 'model.net.0.weight' has shape");
  }
}

TEST(SavingLessons, AreTheseTwo) {
  ASSERT_EQ(saving_lessons().size(), 2U);
  EXPECT_EQ(saving_lessons()[0].slug, "vector_field");
  EXPECT_EQ(saving_lessons()[1].slug, "conditional");
}

// Two trainings of 100,000 steps. Without a picture: gnuplot alone takes more.
TEST(VectorField, TakesLessThan16Megabytes) {
  if (!full_speed()) GTEST_SKIP() << "full settings take too long in this build";
  const ScratchFolder scratch;
  const auto megabytes = [&](std::vector<std::string> arguments) {
    const fs::path program = fs::path(HANDFLOW_LESSON_PROGRAMS) / "vector_field";
    return run_program(program, std::move(arguments), scratch.path, {{"PATH", ""}}).megabytes;
  };
  const double full = megabytes({"--out", scratch.path / "out"});
  EXPECT_LT(full, 16);
  EXPECT_GT(full, 1.5 * megabytes({"--help"})) << "the measurement sees the training";
}

INSTANTIATE_TEST_SUITE_P(, SavingLesson, ::testing::ValuesIn(saving_lessons()),
                         [](const auto& lesson) { return lesson.param.slug; });
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
