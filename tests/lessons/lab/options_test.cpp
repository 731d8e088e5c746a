#include "lessons/lab/options.h"

#include <vector>

#include "tests/lessons/lab/scratch.h"

namespace lab {
namespace {

using testing::ScratchFolder;

const LessonDescription euler_lesson{.slug = "euler",
                                     .question = "How does a field become samples?",
                                     .seed = 7,
                                     .steps = 5000,
                                     .quick_steps = 200};

class OptionsTest : public ::testing::Test {
 protected:
  /// Parses with --out set to a scratch folder, unless the arguments hold one themselves.
  Options parse_these(std::vector<std::string> arguments,
                      const LessonDescription& lesson = euler_lesson) const {
    const std::string out = (scratch.path / "out").string();
    std::vector<const char*> argv = {"euler", "--out", out.c_str()};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return parse(static_cast<int>(argv.size()), argv.data(), lesson);
  }

  /// The line with which these arguments are turned down.
  std::string refusal(std::vector<std::string> arguments,
                      const LessonDescription& lesson = euler_lesson) const {
    try {
      parse_these(std::move(arguments), lesson);
    } catch (const EndProgram& end) {
      EXPECT_EQ(end.exit_code, 2);
      EXPECT_EQ(testing::count_of(end.what(), "\n"), 0) << end.what();
      return end.what();
    }
    return "accepted";
  }

  ScratchFolder scratch;
};

TEST_F(OptionsTest, DefaultsComeFromTheLesson) {
  const Options options = parse_these({});
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.steps, 5000);
  EXPECT_FALSE(options.quick);
}

TEST_F(OptionsTest, FlagsAreRead) {
  const Options options = parse_these({"--seed", "18446744073709551615", "--steps=12"});
  EXPECT_EQ(options.seed, 18446744073709551615U);
  EXPECT_EQ(options.steps, 12);
}

TEST_F(OptionsTest, OfAFlagGivenTwiceTheLastWins) {
  EXPECT_EQ(parse_these({"--seed", "1", "--seed", "2"}).seed, 2U);
  EXPECT_EQ(parse_these({"--steps", "010"}).steps, 10);
}

TEST_F(OptionsTest, QuickTakesQuickStepsUnlessStepsAreGiven) {
  EXPECT_EQ(parse_these({"--quick"}).steps, 200);
  EXPECT_TRUE(parse_these({"--quick"}).quick);
  EXPECT_EQ(parse_these({"--quick", "--steps", "9"}).steps, 9);
  EXPECT_EQ(parse_these({"--steps", "9", "--quick"}).steps, 9);
  const LessonDescription always_quick{.slug = "path", .steps = 30};
  EXPECT_EQ(parse_these({"--quick"}, always_quick).steps, 30);
}

TEST_F(OptionsTest, ALessonWithoutStepsTakesTheFlagAndHasNone) {
  const LessonDescription tensor{.slug = "tensor"};
  EXPECT_EQ(parse_these({"--steps", "9", "--quick"}, tensor).steps, 0);
}

TEST_F(OptionsTest, MakesTheFolder) {
  const auto deep = scratch.path / "a" / "b";
  EXPECT_EQ(parse_these({"--out", deep.string()}).out, deep);
  EXPECT_TRUE(std::filesystem::is_directory(deep));
}

TEST_F(OptionsTest, BadValuesAreNamedInOneLine) {
  EXPECT_EQ(refusal({"--steps", "-5"}), "euler: --steps must be at least 1, got -5");
  EXPECT_EQ(refusal({"--steps=0"}), "euler: --steps must be at least 1, got 0");
  EXPECT_EQ(refusal({"--steps", "many"}), "euler: --steps must be a whole number, got 'many'");
  EXPECT_EQ(refusal({"--steps", "1e3"}), "euler: --steps must be a whole number, got '1e3'");
  EXPECT_EQ(refusal({"--steps", "3.5"}), "euler: --steps must be a whole number, got '3.5'");
  EXPECT_EQ(refusal({"--steps", " 5"}), "euler: --steps must be a whole number, got ' 5'");
  EXPECT_EQ(refusal({"--steps", "9223372036854775808"}),
            "euler: --steps must be at most 9223372036854775807, got 9223372036854775808");
  EXPECT_EQ(refusal({"--seed", "-1"}), "euler: --seed must be at least 0, got -1");
  EXPECT_EQ(refusal({"--seed", "18446744073709551616"}),
            "euler: --seed must be at most 18446744073709551615, got 18446744073709551616");
  EXPECT_EQ(refusal({"--out", ""}), "euler: --out needs the name of a folder");
}

const LessonDescription saving_lesson{.slug = "euler", .steps = 5000, .saves = true};

TEST_F(OptionsTest, SaveAndResumeNameFiles) {
  const auto file = scratch.path / "old";
  testing::write_file(file, "");
  const auto fresh = scratch.path / "new";
  const Options options =
      parse_these({"--save", fresh.string(), "--resume", file.string()}, saving_lesson);
  EXPECT_EQ(options.save, fresh);
  EXPECT_EQ(options.resume, file);
  EXPECT_FALSE(std::filesystem::exists(fresh)) << "only tried";
  EXPECT_EQ(parse_these({"--save", file.string()}, saving_lesson).save, file);
  EXPECT_EQ(parse_these({"--save", (scratch.path / "out" / "run").string()}, saving_lesson).save,
            scratch.path / "out" / "run")
      << "in the folder --out, which is made first";
  EXPECT_TRUE(parse_these({}, saving_lesson).save.empty());
  EXPECT_TRUE(parse_these({}, saving_lesson).resume.empty());
}

TEST_F(OptionsTest, SaveAndResumeAreForLessonsThatTakeThem) {
  EXPECT_EQ(refusal({"--save", "run"}),
            "euler: unknown argument '--save' (--help lists what there is)");
  EXPECT_EQ(refusal({"--resume", "run"}),
            "euler: unknown argument '--resume' (--help lists what there is)");
  for (const auto& [lesson, takes] : {std::pair(euler_lesson, false), {saving_lesson, true}}) {
    try {
      parse_these({"--help"}, lesson);
      FAIL() << "--help went on";
    } catch (const EndProgram& end) {
      for (const std::string flag : {"--save FILE ", "--resume FILE "}) {
        EXPECT_EQ(testing::count_of(end.what(), flag), takes ? 1 : 0) << end.what();
      }
    }
  }
}

TEST_F(OptionsTest, FilesThatCannotBeSavedOrResumedAreNamed) {
  const std::string folder = scratch.path.string();
  const std::string file = folder + "/file";
  testing::write_file(file, "");
  const auto refused = [&](const std::string& flag, const std::string& value) {
    return refusal({flag, value}, saving_lesson);
  };
  EXPECT_EQ(refused("--save", ""), "euler: --save needs the name of a file");
  EXPECT_EQ(refused("--save", folder), "euler: --save '" + folder + "' is not a regular file");
  EXPECT_EQ(refused("--save", "/dev/null"), "euler: --save '/dev/null' is not a regular file");
  EXPECT_EQ(refused("--save", folder + "/none/run"),
            "euler: --save '" + folder + "/none/run' cannot be written: No such file or directory");
  EXPECT_EQ(refused("--save", file + "/run"),
            "euler: --save '" + file + "/run' cannot be written: Not a directory");
  EXPECT_EQ(refused("--resume", ""), "euler: --resume needs the name of a file");
  EXPECT_EQ(refused("--resume", folder), "euler: --resume '" + folder + "' is not a regular file");
  EXPECT_EQ(refused("--resume", folder + "/none"),
            "euler: --resume '" + folder + "/none' cannot be read: No such file or directory");
  EXPECT_EQ(refused("--resume", file + "/run"),
            "euler: --resume '" + file + "/run' cannot be read: Not a directory");
  const std::string too_long = folder + "/" + std::string(256, 'n');
  EXPECT_EQ(refused("--save", too_long),
            "euler: --save '" + too_long + "' cannot be used: File name too long");
  EXPECT_EQ(refused("--resume", too_long),
            "euler: --resume '" + too_long + "' cannot be used: File name too long");
  EXPECT_EQ(refusal({"--save"}, saving_lesson), "euler: --save needs a value");
}

TEST_F(OptionsTest, UnknownFlagsAreNamed) {
  EXPECT_EQ(refusal({"--stepz", "5"}),
            "euler: unknown argument '--stepz' (--help lists what there is)");
  EXPECT_EQ(refusal({"-x"}), "euler: unknown argument '-x' (--help lists what there is)");
  EXPECT_EQ(refusal({"extra"}), "euler: unknown argument 'extra' (--help lists what there is)");
  EXPECT_EQ(refusal({"--seed"}), "euler: --seed needs a value");
  EXPECT_EQ(refusal({"--quick=3"}), "euler: --quick takes no value");
}

TEST_F(OptionsTest, AFolderThatCannotBeMadeIsNamed) {
  // A file stands where a folder is wanted: no right, not even root's, gets past that.
  const auto file = scratch.path / "file";
  testing::write_file(file, "");
  EXPECT_HAS(refusal({"--out", file.string()}),
             "euler: --out '" + file.string() + "' cannot be used: ");
  EXPECT_HAS(refusal({"--out", (file / "out").string()}), "cannot be used: ");
  EXPECT_HAS(refusal({"--out", "/dev/null/out"}), "cannot be used: ");
}

TEST_F(OptionsTest, HelpNamesEveryFlagAndEndsWell) {
  try {
    parse_these({"--help"});
    FAIL() << "--help went on";
  } catch (const EndProgram& end) {
    EXPECT_EQ(end.exit_code, 0);
    const std::string help = end.what();
    for (const char* part : {"How does a field become samples?", "--seed", "--steps", "--out",
                             "--quick", "--help", "5000", "200", "7"}) {
      EXPECT_HAS(help, part);
    }
  }
  EXPECT_FALSE(std::filesystem::exists(scratch.path / "out")) << "--help makes no folder";
}

}  // namespace
}  // namespace lab
