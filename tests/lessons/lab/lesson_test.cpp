#include "lessons/lab/lesson.h"

#include <sstream>
#include <stdexcept>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

using testing::count_of;
using testing::Environment;
using testing::ScratchFolder;

const Closing complete_closing{
    .what_you_saw = "A.", .change_one_thing = "B.", .next = "./build/rk4"};

struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

class LessonTest : public ::testing::Test {
 protected:
  /// Runs a lesson with this body as its main() would.
  Outcome run(const std::function<void(Lesson&)>& body, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"euler", "--out", scratch.path.string()});
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int code = run_lesson(
        static_cast<int>(argv.size()), argv.data(),
        {.slug = "euler", .question = "How?", .steps = 50, .quick_steps = 5, .saves = true}, body);
    return {code, ::testing::internal::GetCapturedStdout(),
            ::testing::internal::GetCapturedStderr()};
  }

  ScratchFolder scratch;
  Environment ascii{"HANDFLOW_ASCII", "1"};
};

void pass(Lesson& lesson) {
  lesson.check("true", true);
  lesson.close(complete_closing);
}

TEST_F(LessonTest, AGoodOneEndsWithZero) {
  const auto [code, out, err] = run(pass, {"--seed", "3", "--quick"});
  EXPECT_EQ(code, 0);
  EXPECT_EQ(out.substr(0, 34), "euler: How?\n  seed 3, steps 5\n\nok ");
  EXPECT_HAS(out, "Next\n  ./build/rk4\n");
  EXPECT_EQ(err, "");
}

TEST_F(LessonTest, AFalseClaimEndsWithOne) {
  const auto [code, out, err] = run([](Lesson& lesson) {
    pass(lesson);
    lesson.check("false", false);
  });
  EXPECT_EQ(code, 1);
  EXPECT_HAS(out, "FAIL  false");
}

TEST_F(LessonTest, NoClaimEndsWithOne) {
  EXPECT_EQ(run([](Lesson& lesson) { lesson.close(complete_closing); }).exit_code, 1);
}

TEST_F(LessonTest, AnExceptionIsOneLineAndOne) {
  const auto [code, out, err] = run([](Lesson& lesson) {
    pass(lesson);
    throw std::runtime_error("matmul: shapes\n(2, 3) and (4, 5)");
  });
  EXPECT_EQ(code, 1);
  EXPECT_EQ(err, "euler: matmul: shapes (2, 3) and (4, 5)\n");
}

TEST_F(LessonTest, ABadFlagIsOneLineAndTwo) {
  const auto [code, out, err] = run(pass, {"--steps", "-5"});
  EXPECT_EQ(code, 2);
  EXPECT_EQ(err, "euler: --steps must be at least 1, got -5\n");
  EXPECT_EQ(out, "");
}

TEST_F(LessonTest, HelpIsShownAndZero) {
  const auto [code, out, err] = run(pass, {"--help"});
  EXPECT_EQ(code, 0);
  EXPECT_HAS(out, "--steps");
  EXPECT_HAS_NOT(out, "true");
  EXPECT_EQ(err, "");
}

// A lesson that trains a number, one step of gradient descent after the other.
void train(Lesson& lesson) {
  nn::Linear model(1, 1);
  nn::SGD sgd(model.parameters(), {.lr = 0.01});
  for (std::int64_t step = lesson.resume(model, sgd); step < lesson.options.steps; ++step) {
    sgd.zero_grad();
    sum(square(model(autograd::rand({4, 1})))).backward();
    sgd.step();
  }
  lesson.save(model, sgd);
  lesson.log({{"weight", model.weight.item()}});
  pass(lesson);
}

/// Without the lines that name files.
std::string story(const std::string& out) {
  std::string text;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    if (!varies_by_machine(line)) text += line + "\n";
  }
  return text;
}

TEST_F(LessonTest, GoesOnFromACheckpointAsIfItHadNeverStopped) {
  const std::string file = scratch.path / "run.safetensors";
  autograd::manual_seed(1);
  const Outcome straight = run(train);
  autograd::manual_seed(1);
  const Outcome half = run(train, {"--steps", "25", "--save", file});
  EXPECT_EQ(half.exit_code, 0) << half.err;
  EXPECT_HAS(half.out, "\n~ saved " + file + ", step 25\n");
  EXPECT_NE(story(half.out), story(straight.out));
  autograd::manual_seed(2);
  const Outcome resumed = run(train, {"--resume", file});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_HAS(resumed.out, "\n~ resumed " + file + ", step 25\n");
  EXPECT_EQ(story(resumed.out), story(straight.out));
}

TEST_F(LessonTest, ABadFileToResumeIsOneLineAndTwo) {
  const std::string file = scratch.path / "run.safetensors";
  const auto refused = [&](const std::string& why) {
    const auto [code, out, err] = run(train, {"--resume", file});
    EXPECT_EQ(code, 2);
    EXPECT_EQ(err, "euler: " + why + "\n");
    EXPECT_HAS_NOT(out, "weight");
  };
  testing::write_file(file, "not one");
  refused("load_checkpoint: " + file + ": is no safetensors file: it has 7 bytes");
  nn::Linear model(1, 1);
  nn::save(file, model);
  refused("load_checkpoint: " + file + ": is no checkpoint");
  run(train, {"--save", file});
  refused("--resume '" + file + "' has 50 steps behind it; --steps must be more, got 50");
}

TEST_F(LessonTest, AFileThatCannotBeSavedIsOneLineAndOne) {
  const std::string folder = scratch.path / "folder";
  std::filesystem::create_directory(folder);
  const auto [code, out, err] = run(
      [&](Lesson& lesson) {
        std::filesystem::remove(folder);  // while the lesson trains
        train(lesson);
      },
      {"--save", folder + "/run"});
  EXPECT_EQ(code, 1);
  EXPECT_EQ(err, "euler: save_checkpoint: " + folder +
                     "/run: cannot be written: No such file or directory\n");
}

TEST_F(LessonTest, WithoutGnuplotOneLineSaysWhereTheNumbersAre) {
  const Environment empty("PATH", "");
  const auto [code, out, err] = run([](Lesson& lesson) {
    CsvWriter csv = lesson.csv("euler.csv", {"x"});
    csv.row({1.0});
    csv.close();
    lesson.draw_figure("figure.gp", "one");
    lesson.draw_figure("figure.gp", "two");
    pass(lesson);
  });
  EXPECT_EQ(code, 0);
  EXPECT_HAS(out,
             "\ngnuplot not found: the numbers stay in " + (scratch.path / "euler.csv").string() +
                 " (apt install gnuplot-nox | brew install gnuplot | conda install gnuplot)\n");
  EXPECT_EQ(count_of(out, "gnuplot not found"), 1);
  EXPECT_EQ(testing::contents(scratch.path / "euler.csv"), "x\n1\n");
  EXPECT_EQ(err, "");
}

TEST_F(LessonTest, AFigureThatFailsIsAFailedClaim) {
  testing::write_file(scratch.path / "gnuplot",
                      "#!/bin/sh\necho '\"a.gp\" line 3: oops' >&2\nexit 1\n");
  std::filesystem::permissions(scratch.path / "gnuplot", std::filesystem::perms::owner_all);
  const Environment path("PATH", scratch.path.c_str());
  testing::write_file(scratch.path / "a.gp", "");
  const auto [code, out, err] = run([this](Lesson& lesson) {
    pass(lesson);
    lesson.draw_figure(scratch.path / "a.gp", "a");
  });
  EXPECT_EQ(code, 1);
  EXPECT_HAS(out, "FAIL  the figure a can be drawn");
  EXPECT_HAS(out, "line 3: oops");
}

TEST_F(LessonTest, AFigureThatIsDrawnIsNoClaim) {
  testing::write_file(scratch.path / "gnuplot",
                      "#!/bin/sh\necho x > '" + (scratch.path / "a.png").string() + "'\n");
  std::filesystem::permissions(scratch.path / "gnuplot", std::filesystem::perms::owner_all);
  const Environment path("PATH", scratch.path.c_str());
  testing::write_file(scratch.path / "a.gp", "");
  const auto [code, out, err] =
      run([this](Lesson& lesson) { lesson.draw_figure(scratch.path / "a.gp", "a"); });
  EXPECT_EQ(code, 1);
  EXPECT_HAS(out, "~ figure " + (scratch.path / "a.png").string() + "\n");
  EXPECT_HAS(out, "checked nothing");
}

}  // namespace
}  // namespace lab
