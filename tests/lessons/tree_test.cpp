// The pages as they are. What each rule means, and that it can be broken, is in pages_test.cpp.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/lessons/lab/scratch.h"
#include "tests/lessons/pages.h"
#include "tests/lessons/picture.h"
#include "tests/lessons/program.h"
#include "tests/lessons/tree.h"

namespace pages {
namespace {

namespace fs = std::filesystem;
using tree::contents;

void expect_none(const Complaints& complaints) {
  for (const std::string& complaint : complaints) ADD_FAILURE() << complaint;
}

/// A file of the tree, by its path from the root.
Page read(const std::string& path) { return read_page(path, contents(tree::root() / path)); }

std::string page_name(Language language) {
  return language == Language::english ? "README.md" : "README.zh.md";
}

constexpr Language languages[] = {Language::english, Language::chinese};

class LessonPages : public ::testing::TestWithParam<tree::Lesson> {
 protected:
  const tree::Lesson& lesson() const { return GetParam(); }
  Page page(Language language) const { return read(lesson().folder + "/" + page_name(language)); }
  std::string file(const std::string& name) const { return contents(lesson().path / name); }
};

TEST_P(LessonPages, KeepToTheForm) {
  for (const Language language : languages) {
    expect_none(check_form(page(language), lesson().slug, language));
  }
}

TEST_P(LessonPages, SayTheSameInBothLanguages) {
  expect_none(check_same(page(Language::english), page(Language::chinese)));
}

TEST_P(LessonPages, ShowTheSourceAsItIs) {
  for (const Language language : languages) {
    expect_none(check_listings(page(language), {.root = tree::root(), .lesson = lesson().path}));
  }
}

TEST_P(LessonPages, ShowTheOutputAsItIs) {
  for (const Language language : languages) {
    expect_none(check_output(page(language), file("expected.txt")));
  }
}

TEST_P(LessonPages, LinkToWhatIsThere) {
  for (const Language language : languages) {
    expect_none(check_links(page(language), tree::root(), lesson().path, language));
  }
}

TEST_P(LessonPages, NameCommandsThatExist) {
  for (const std::string name : {"README.md", "README.zh.md", "lesson.cpp", "expected.txt"}) {
    const std::string path = lesson().folder + "/" + name;
    expect_none(check_commands(path, file(name), tree::slugs(), tree::workflow_presets()));
    expect_none(check_placeholders(path, file(name)));
  }
}

TEST_P(LessonPages, AskTheProgramsQuestion) {
  const std::string heading = page(Language::english).lines.at(0).text;
  EXPECT_EQ(heading, "# " + file("expected.txt").substr(0, file("expected.txt").find('\n')));
}

TEST_P(LessonPages, HaveASourceThatIsShortAndNumbered) {
  expect_none(check_source(lesson().folder + "/lesson.cpp", file("lesson.cpp")));
}

TEST_P(LessonPages, HaveAnOutputThatEndsWithWhatToTypeNext) {
  expect_none(
      check_expected(lesson().folder + "/expected.txt", file("expected.txt"), lesson().slug));
}

TEST_P(LessonPages, HaveTheirPictures) {
  EXPECT_EQ(file("figure.png").substr(1, 3), "PNG");
  const bool moves = file("figure.gp").find("@GIF") != std::string::npos;
  EXPECT_EQ(fs::exists(lesson().path / "figure.gif"), moves) << "figure.gp draws one: " << moves;
  if (moves) {
    EXPECT_GT(gif_frames(file("figure.gif")), 1);
  }
  for (const Language language : languages) {
    std::vector<std::string> shown;
    for (const Line& line : page(language).lines) {
      const std::vector<std::string> pictures = link_targets(line.text, true);
      shown.insert(shown.end(), pictures.begin(), pictures.end());
    }
    ASSERT_FALSE(shown.empty()) << page_name(language);
    EXPECT_TRUE(shown.front().starts_with("figure.")) << page_name(language) << shown.front();
    EXPECT_EQ(std::count(shown.begin(), shown.end(), "figure.gif"), moves) << page_name(language);
  }
  if (!have_gnuplot()) GTEST_SKIP() << "gnuplot is not here";
  const lab::testing::ScratchFolder scratch;
  EXPECT_GT(inked_share(lesson().path / "figure.png", scratch.path), near_blank);
}

INSTANTIATE_TEST_SUITE_P(, LessonPages, ::testing::ValuesIn(tree::lessons()),
                         [](const auto& lesson) { return lesson.param.slug; });

TEST(AllPages, AskEachQuestionOnce) {
  std::map<std::string, std::string> asked;
  for (const tree::Lesson& lesson : tree::lessons()) {
    const std::string path = lesson.folder + "/README.md";
    for (const std::string& id : question_ids(read(path))) {
      EXPECT_TRUE(asked.emplace(id, path).second) << id << " in " << path << " and " << asked[id];
    }
  }
}

TEST(AllPages, TheTreeIsRead) {
  ASSERT_FALSE(tree::lessons().empty());
  for (const tree::Lesson& lesson : tree::lessons()) {
    EXPECT_TRUE(fs::is_regular_file(lesson.path / "lesson.cpp")) << lesson.path;
    EXPECT_TRUE(fs::is_regular_file(lesson.program)) << lesson.program;
  }
  EXPECT_FALSE(tree::lessons().front().beyond);
  EXPECT_TRUE(tree::lessons().back().beyond);
  for (const std::string preset : {"start", "course", "beyond", "test"}) {
    const auto presets = tree::workflow_presets();
    EXPECT_EQ(std::count(presets.begin(), presets.end(), preset), 1) << preset;
  }
  EXPECT_THROW(contents(tree::root() / "no such file"), std::runtime_error);
}

TEST(FrontPage, SaysTheSameInBothLanguages) {
  expect_none(check_same(read("README.md"), read("README.zh.md")));
}

TEST(FrontPage, LinksToWhatIsThere) {
  for (const Language language : languages) {
    expect_none(check_links(read(page_name(language)), tree::root(), tree::root(), language));
  }
}

TEST(FrontPage, ListsTheLessons) {
  for (const Language language : languages) {
    std::vector<TableRow> rows;
    for (const tree::Lesson& lesson : tree::lessons()) {
      const std::string path = lesson.folder + "/" + page_name(language);
      const std::string heading = read(path).lines.at(0).text;
      const std::string before = "# " + lesson.slug + (language == Language::english ? ": " : "：");
      ASSERT_TRUE(heading.starts_with(before)) << path;
      rows.push_back({lesson.slug, path, heading.substr(before.size())});
    }
    expect_none(check_table(read(page_name(language)), rows));
  }
}

TEST(CoursePage, SaysTheSameInBothLanguages) {
  const Page english = read("lessons/README.md");
  const Page chinese = read("lessons/README.zh.md");
  expect_none(check_same(english, chinese));
  const std::vector<Term> a = terms(english);
  const std::vector<Term> b = terms(chinese);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].translation);
    EXPECT_EQ(a[i].translation, b[i].name);
    EXPECT_EQ(a[i].lesson, b[i].lesson) << a[i].name;
  }
}

TEST(CoursePage, LinksToWhatIsThere) {
  for (const Language language : languages) {
    expect_none(check_links(read("lessons/" + page_name(language)), tree::root(),
                            tree::root() / "lessons", language));
  }
}

TEST(CoursePage, SaysWhichLessonIntroducesATerm) {
  for (const Language language : languages) {
    std::vector<LessonPage> lessons;
    for (const tree::Lesson& lesson : tree::lessons()) {
      lessons.push_back({lesson.slug, read(lesson.folder + "/" + page_name(language))});
    }
    expect_none(check_terms(read("lessons/" + page_name(language)), lessons));
  }
}

TEST(CoursePage, ItsMapShowsTheLessonsInOrder) {
  const std::string map = contents(tree::root() / "lessons/map.gp");
  std::size_t last = 0;
  for (const tree::Lesson& lesson : tree::lessons()) {
    if (lesson.beyond) continue;
    const std::size_t at = map.find("\n" + lesson.path.filename().string() + ",");
    ASSERT_NE(at, std::string::npos) << lesson.slug;
    EXPECT_GE(at, last) << lesson.slug;
    last = at;
  }
  EXPECT_EQ(contents(tree::root() / "lessons/map.png").substr(1, 3), "PNG");
}

TEST(FrontPage, NamesCommandsThatExist) {
  for (const std::string name : {"README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md",
                                 "lessons/README.md", "lessons/README.zh.md"}) {
    const std::string text = contents(tree::root() / name);
    expect_none(check_commands(name, text, tree::slugs(), tree::workflow_presets()));
    expect_none(check_placeholders(name, text));
  }
}

}  // namespace
}  // namespace pages
