// The checks of pages, on a small lesson of their own: as it is they are content, and with one
// thing broken they complain.
#include "tests/lessons/pages.h"

#include "tests/lessons/lab/scratch.h"

namespace pages {
namespace {

using lab::testing::ScratchFolder;
using lab::testing::write_file;

const std::string english = R"(# walk: How far is it?

[中文](README.zh.md)

![The way](figure.gif)

*A caption. It is no answer. Nor is this. Nor this. Nor this.*

About 0.5 after 1,000 steps of size 1e-2. That is not far.

## 1. One step

```math
x \leftarrow x + h v
```

With $h = 0.1$ the shape stays (200, 2), see `flow/path.cpp`:

<!-- lesson.cpp 2 -->
```cpp
// 2. One step of -3.
for (int k = 0; k < 5; ++k) {

  x = x + h * v;
}
```

### A detail

<!-- flow/path.cpp -->
```cpp
return x;
```

## 2. Why

Because. Run `./build/lessons/walk --steps 10`.

## What it prints

```text
        step        loss
           0    2.500000
```

## The same in PyTorch

```python
x = x + h * v
```

## Interview questions

### `walk-far`: How far?

Far.

**Scoring points**

- It says far.
- It says how.

### `walk-why`: Why?

Because of this.

**Scoring points**

- One.
- Two.

### `walk-when`: When?

Now.

**Scoring points**

- One.
- Two.

## Next

[stand](README.md)
)";

const std::string chinese = R"(# walk：有多远？

[English](README.md)

![路](figure.gif)

*图注。这不是回答。这也不是。这也不是。这也不是。*

步长 1e-2，走 1000 步，大约 0.5。不远。

## 1. 一步

```math
x \leftarrow x + h v
```

取 $h = 0.1$，形状仍是 (200, 2)，见 `flow/path.cpp`：

<!-- lesson.cpp 2 -->
```cpp
// 2. One step of -3.
for (int k = 0; k < 5; ++k) {

  x = x + h * v;
}
```

### 细节

<!-- flow/path.cpp -->
```cpp
return x;
```

## 2. 为什么

就是这样。运行 `./build/lessons/walk --steps 10`。

## 输出

```text
        step        loss
           0    2.500000
```

## 用 PyTorch 写

```python
x = x + h * v
```

## 面试题

### `walk-far`：多远？

远。

**评分点**

- 说远。
- 说怎样。

### `walk-why`：为什么？

因为这个。

**评分点**

- 一。
- 二。

### `walk-when`：何时？

现在。

**评分点**

- 一。
- 二。

## 下一课

[stand](README.zh.md)
)";

const std::string source = R"(// How far is it?

// 3. Last.
int last() { return 3; }

int main() {
  // 1. First.
  double x = 0;
  {
    // 2. One step of -3.
    for (int k = 0; k < 5; ++k) {

      x = x + h * v;
    }

  }
  return 0;
}
)";

const std::string expected = R"(walk: How far is it?

        step        loss
           0    2.500000
         100    0.250000

Next
  ./build/lessons/walk   again
)";

/// `text` with one piece replaced, the first of its kind.
std::string with(std::string text, const std::string& piece, const std::string& other) {
  const std::size_t at = text.find(piece);
  EXPECT_NE(at, std::string::npos) << piece;
  return text.replace(at, piece.size(), other);
}

Page page(const std::string& text) { return read_page("README.md", text); }

std::string joined(const Complaints& complaints) {
  std::string text;
  for (const std::string& complaint : complaints) text += complaint + "\n";
  return text;
}

#define EXPECT_CONTENT(complaints) EXPECT_EQ(joined(complaints), "")
#define EXPECT_COMPLAINT(complaints, part) EXPECT_HAS(joined(complaints), part)

Complaints form(const std::string& text, Language language = Language::english) {
  return check_form(page(text), "walk", language);
}

TEST(Form, OfTheSampleIsGood) {
  EXPECT_CONTENT(form(english));
  EXPECT_CONTENT(form(chinese, Language::chinese));
  EXPECT_NE(joined(form(chinese)), "") << "in the other language";
}

TEST(Form, TheOpening) {
  EXPECT_COMPLAINT(form(with(english, "# walk: ", "# run: ")),
                   "README.md:1: must be '# walk: ...?'");
  EXPECT_COMPLAINT(form(with(english, "far is it?", "far it is")), "README.md:1: must be");
  EXPECT_COMPLAINT(form("\n" + english), "README.md:1: must be");
  EXPECT_COMPLAINT(form(with(english, "[中文](README.zh.md)", "")), "'[中文](README.zh.md)'");
  EXPECT_COMPLAINT(form(with(english, "![The way]", "[The way]")), "README.md:5: after the link");
  EXPECT_COMPLAINT(form(with(english, " That is not far.", "")), "2 to 4 sentences, not 1");
  EXPECT_COMPLAINT(form(with(english, "not far.", "not far. A. B. C.")), "sentences, not 5");
  EXPECT_COMPLAINT(form(with(chinese, "不远。", ""), Language::chinese), "sentences, not 1");
}

TEST(Form, TheHeadings) {
  EXPECT_COMPLAINT(form(with(english, "## 2. Why", "## 3. Why")), "'## 3. Why' is out of order");
  EXPECT_COMPLAINT(form(with(english, "## 1. One step", "## One step")), "is out of order");
  EXPECT_CONTENT(form(with(english, "## 1. One step", "## Run it\n\n## 1. One step")));
  EXPECT_COMPLAINT(form(with(english, "## 2. Why", "## Run it\n\n## 2. Why")), "is out of order");
  EXPECT_COMPLAINT(form(with(english, "## What it prints", "## Output")), "is out of order");
  EXPECT_COMPLAINT(form(with(english, "## The same in PyTorch\n", "")), "is out of order");
  EXPECT_COMPLAINT(form(with(english, "## Next\n", "")), "there is no '## Next'");
  EXPECT_COMPLAINT(form(with(english, "### A detail", "# A detail")), "a second heading");
  EXPECT_COMPLAINT(form(with(english, "[stand](README.md)", "")), "'## Next' says nothing");
}

TEST(Form, TheBlocks) {
  EXPECT_COMPLAINT(form(with(english, "```python", "```")), "a block of ''");
  EXPECT_COMPLAINT(form(with(english, "```python", "```sh")), "has no ```python block");
  EXPECT_COMPLAINT(form(with(english, "```text", "```sh")), "has no ```text block");
  EXPECT_COMPLAINT(form(with(english, "return x;\n", "")), "an empty block");
  EXPECT_COMPLAINT(form(with(english, "v;\n}\n```", "v;\n}\n")),
                   "README.md:20: this block never ends");
  EXPECT_COMPLAINT(form(english + "\n```sh\nls\n"), "this block never ends");
}

TEST(Form, TheQuestions) {
  EXPECT_COMPLAINT(form(with(english, "`walk-far`: How", "walk-far: How")), "must be '### `id`: ");
  EXPECT_COMPLAINT(form(with(english, "### `walk-far`", "#### `walk-far`")), "must be '### `id`: ");
  EXPECT_COMPLAINT(form(with(english, "\nFar.\n", "")), "has no model answer");
  std::string words;
  for (int i = 0; i < 119; ++i) words += "word ";
  EXPECT_CONTENT(form(with(english, "\nFar.\n", words)));
  EXPECT_COMPLAINT(form(with(english, "\nFar.\n", words + "one")), "has 120 words");
  std::string characters;
  for (int i = 0; i < 249; ++i) characters += "字";
  EXPECT_CONTENT(form(with(chinese, "\n远。\n", characters), Language::chinese));
  EXPECT_COMPLAINT(form(with(chinese, "\n远。\n", characters + "字"), Language::chinese),
                   "has 250 characters");
  EXPECT_COMPLAINT(form(with(english, "**Scoring points**", "")), "has no line **Scoring points**");
  EXPECT_COMPLAINT(form(with(english, "- It says how.\n", "")), "needs two scoring points");
  EXPECT_COMPLAINT(form(with(english, "### `walk-when`: When?", "")), "has 2 questions");
  const std::string one = "### `a`: B?\n\nC.\n\n**Scoring points**\n\n- D.\n- E.\n\n";
  EXPECT_CONTENT(form(with(english, "## Next", one + one + one + "## Next")));
  EXPECT_COMPLAINT(form(with(english, "## Next", one + one + one + one + "## Next")),
                   "has 7 questions");
}

TEST(Form, QuestionsAreFoundById) {
  const std::vector<std::string> ids = {"walk-far", "walk-why", "walk-when"};
  EXPECT_EQ(question_ids(page(english)), ids);
  EXPECT_EQ(question_ids(page(chinese)), ids);
}

Complaints same(const std::string& in_chinese) {
  return check_same(page(english), read_page("README.zh.md", in_chinese));
}

TEST(TwoLanguages, OfTheSampleAgree) { EXPECT_CONTENT(same(chinese)); }

TEST(TwoLanguages, EveryDifferenceIsSeen) {
  EXPECT_COMPLAINT(same(with(chinese, "大约 0.5", "大约 0.6")),
                   "README.md:1: only here, below 'walk: How far is it?', numbers: 0.5");
  EXPECT_COMPLAINT(same(with(chinese, "大约 0.5", "大约 0.6")),
                   "README.zh.md:1: only here, below 'walk：有多远？', numbers: 0.6");
  EXPECT_COMPLAINT(same(with(chinese, "走 1000 步", "走 1001 步")), "numbers: 1000\n");
  EXPECT_COMPLAINT(same(with(chinese, "走 1000 步", "走一千步")), "numbers: 1000\n");
  EXPECT_COMPLAINT(same(with(chinese, "1e-2", "1e-3")), "numbers: 1e-2\n");
  EXPECT_COMPLAINT(same(with(chinese, "(200, 2)", "(200, 2, 2)")), "numbers: 2\n");
  EXPECT_COMPLAINT(same(with(chinese, "--steps 10", "--steps 20")), "numbers: 10\n");
  EXPECT_COMPLAINT(same(with(chinese, "$h = 0.1$", "$h = 0.2$")), "equations: h = 0.1\n");
  EXPECT_COMPLAINT(same(with(chinese, "figure.gif", "figure.png")), "pictures: figure.gif\n");
  EXPECT_COMPLAINT(same(with(chinese, "### 细节", "## 细节")), "is a heading of level 3");
  EXPECT_COMPLAINT(same(with(chinese, "## 下一课\n", "")), "has 11 headings, README.zh.md has 10");
  EXPECT_COMPLAINT(same(with(chinese, "x + h v", "x - h v")), "README.md:13: this block (math)");
  EXPECT_COMPLAINT(same(with(chinese, "++k", "k++")), "this block (cpp)");
  EXPECT_COMPLAINT(same(with(chinese, "lesson.cpp 2", "lesson.cpp 3")), "this block (cpp)");
  EXPECT_COMPLAINT(same(with(chinese, "2.500000", "2.600000")), "this block (text)");
  EXPECT_COMPLAINT(same(with(chinese, "```python", "```sh")), "this block (python)");
  EXPECT_COMPLAINT(same(chinese + "\n```sh\nls\n```\n"), "has 5 blocks, README.zh.md has 6");
  EXPECT_COMPLAINT(same(with(chinese, "`walk-why`", "`walk-not`")), "has the questions");
}

TEST(TwoLanguages, NumbersAreReadLikeThis) {
  const auto read = [](const std::string& text) { return joined(numbers(text)); };
  EXPECT_EQ(read("About 0.5, or 1,000,000; 1e-2 and 50%."), "0.5\n1000000\n1e-2\n50\n");
  EXPECT_EQ(read("第100步，共10,000步。"), "100\n10000\n");
  EXPECT_EQ(read("to -3 or −4.5, but 3-5 and x - 1"), "-3\n-4.5\n3\n5\n1\n");
  EXPECT_EQ(read("RK4, x_1, mt19937 and float32 are names, 12x is not"), "12\n");
  EXPECT_EQ(read("$x = 7$ is an equation, `--steps 20` and (200, 2) are not"), "200\n2\n20\n");
  EXPECT_EQ(read("[two](lessons/02_two/README.md) of 1/3"), "1\n3\n");
}

class Files : public ::testing::Test {
 protected:
  Files() {
    std::filesystem::create_directories(lesson());
    std::filesystem::create_directories(root() / "flow");
    write_file(lesson() / "lesson.cpp", source);
    write_file(lesson() / "README.md", "");
    write_file(lesson() / "README.zh.md", "");
    write_file(lesson() / "figure.gif", "");
    write_file(root() / "flow/path.cpp",
               "int walk(int x) {\n  if (x < 0) x = 0;\n  return x;\n}\n");
  }
  std::filesystem::path root() const { return scratch_.path; }
  std::filesystem::path lesson() const { return scratch_.path / "lessons/01_walk"; }

  Complaints listings(const std::string& text) const {
    return check_listings(page(text), {.root = root(), .lesson = lesson()});
  }
  Complaints links(const std::string& text, Language language = Language::english) const {
    return check_links(page(text), root(), lesson(), language);
  }

 private:
  ScratchFolder scratch_;
};

TEST_F(Files, TheListingsOfTheSampleAreTrue) {
  EXPECT_CONTENT(listings(english));
  EXPECT_CONTENT(listings(with(english, "return x;\n", "if (x < 0) x = 0;\nreturn x;\n")));
  EXPECT_CONTENT(listings("<!-- lesson.cpp -->\n```cpp\ndouble x = 0;\n{\n```\n"));
}

TEST_F(Files, AListingThatIsOffIsSeen) {
  EXPECT_COMPLAINT(listings(with(english, "k < 5", "k <= 5")),
                   "line 2 of this listing is\n    for (int k = 0; k <= 5; ++k) {\n"
                   "where section 2 of lesson.cpp has\n    for (int k = 0; k < 5; ++k) {");
  EXPECT_COMPLAINT(listings(with(english, "  x = x + h", "    x = x + h")), "line 4");
  EXPECT_COMPLAINT(listings(with(english, "{\n\n  x", "{\n  x")), "line 3");
  EXPECT_COMPLAINT(listings(with(english, "h * v;\n}\n", "h * v;\n")), "line 5");
  EXPECT_COMPLAINT(listings(with(english, "lesson.cpp 2", "lesson.cpp 1")), "line 1");
  EXPECT_COMPLAINT(listings(with(english, "lesson.cpp 2", "lesson.cpp 7")), "is no section 7");
  EXPECT_COMPLAINT(listings(with(english, "<!-- lesson.cpp 2 -->", "")), "needs its source");
  EXPECT_COMPLAINT(listings(with(english, "<!-- lesson.cpp 2 -->", "<!-- lesson.cpp 2 -->\n")),
                   "needs its source");
  EXPECT_COMPLAINT(listings(with(english, "<!-- flow/path.cpp", "<!-- flow/way.cpp")),
                   "there is no flow/way.cpp");
  EXPECT_COMPLAINT(listings(with(english, "return x;", "return y;")),
                   "does not stand in flow/path.cpp: its line 1 is\n    return y;");
  EXPECT_COMPLAINT(listings(with(english, "return x;\n", "if (x < 0) x = 0;\n  return x;\n")),
                   "with other indentation");
  EXPECT_COMPLAINT(listings(with(english, "return x;\n", "a\nb\nc\nd\ne\n")), "longer than");
}

TEST(Sections, EndWithTheNextOneOrTheirBlock) {
  const std::vector<std::string> first = {"// 1. First.", "double x = 0;", "{"};
  EXPECT_EQ(section_of(source, 1), first);
  const std::vector<std::string> last = {"// 3. Last.", "int last() { return 3; }"};
  EXPECT_EQ(section_of(source, 3), last);
  EXPECT_EQ(section_of(source, 2).size(), 5U);
  EXPECT_TRUE(section_of(source, 4).empty());
}

TEST(Output, IsARunOfLines) {
  const auto check = [](const std::string& text) { return check_output(page(text), expected); };
  EXPECT_CONTENT(check(english));
  EXPECT_CONTENT(check(with(english, "2.500000\n", "2.500000\n         100    0.250000\n")));
  EXPECT_COMPLAINT(check(with(english, "2.500000", "2.500001")),
                   "README.md:41: these lines do not stand in expected.txt: its line 2 is\n"
                   "               0    2.500001\nwhere the source has\n"
                   "               0    2.500000");
  EXPECT_COMPLAINT(check(with(english, "        step ", "step ")), "other indentation");
  EXPECT_COMPLAINT(check(with(english, "           0    2.500000", "         100    0.250000")),
                   "do not stand in");
}

TEST_F(Files, LinksLeadSomewhere) {
  EXPECT_CONTENT(links(english));
  EXPECT_CONTENT(links(chinese, Language::chinese));
  EXPECT_CONTENT(links("[a](https://example.org) [b](../../flow/path.cpp) `out/walk.csv`"));
  EXPECT_COMPLAINT(links(with(english, "(figure.gif)", "(figure.png)")),
                   "README.md:5: the link 'figure.png' leads nowhere");
  EXPECT_COMPLAINT(links("[a](../02_run/README.md)"), "leads nowhere");
  EXPECT_COMPLAINT(links("[a]()"), "leads nowhere");
  EXPECT_COMPLAINT(links("# [a](b.md)"), "leads nowhere");
  EXPECT_COMPLAINT(links("see `flow/way.h`"), "there is no file `flow/way.h`");
  EXPECT_COMPLAINT(links("[a](../01_walk/README.md)", Language::chinese), "an English page");
}

TEST(Commands, Exist) {
  const auto check = [](const std::string& text) {
    return check_commands("README.md", text, {"walk", "first_run"}, {"start", "test"});
  };
  EXPECT_CONTENT(check(english));
  EXPECT_CONTENT(check("./build/lessons/first_run --steps 5 --out my --seed 1   told\n"));
  EXPECT_CONTENT(check("cmake --workflow --preset start && cmake --workflow --preset …\n"));
  EXPECT_COMPLAINT(check("a\n./build/lessons/run"), "README.md:2: there is no lesson 'run'");
  EXPECT_COMPLAINT(check(".next = \"build/lessons/\""), "there is no lesson ''");
  EXPECT_COMPLAINT(check("./build/lessons/walk --seed 1 --fast"), "walk has no flag --fast");
  EXPECT_COMPLAINT(check("./build/lessons/walk --save x.st"), "walk has no flag --save");
  const std::string saving = "./build/lessons/conditional --steps 5 --save x.st --resume y.st";
  EXPECT_CONTENT(check_commands("README.md", saving, {"conditional"}, {}));
  EXPECT_COMPLAINT(check("cmake --workflow --preset tests"), "no workflow preset 'tests'");
}

TEST(Placeholders, AreSeen) {
  EXPECT_CONTENT(check_placeholders("README.md", english + "@torch.no_grad()\na lab, start here"));
  for (const char* text : {"@BENCH@", "// TODO: this", "FIXME", "TBD", "`lab start euler`",
                           "Coming up: lab check", "coming soon"}) {
    EXPECT_COMPLAINT(check_placeholders("README.md", std::string("one\n") + text),
                     "README.md:2: '");
  }
}

TEST(Source, IsShortAndNumbered) {
  const auto check = [](const std::string& text) { return check_source("lesson.cpp", text); };
  EXPECT_CONTENT(check(source));
  std::string lines;
  for (int i = 0; i < 131; ++i) lines += "\n";
  EXPECT_CONTENT(check(source + lines));
  EXPECT_COMPLAINT(check(source + lines + "\n"), "150 lines");
  EXPECT_COMPLAINT(check(with(source, "// 2.", "// 4.")), "'// 2. ' is missing");
  EXPECT_COMPLAINT(check(with(source, "// 2.", "// 3.")), "'// 2. ' is missing");
  EXPECT_COMPLAINT(check(with(source, "// 2.", "// 1.")), "there is one more '// 1. '");
  EXPECT_COMPLAINT(check("int main() {}\n"), "no section");
}

TEST(Expected, IsWholeAndEndsWithACommand) {
  const auto check = [](const std::string& text) {
    return check_expected("expected.txt", text, "walk");
  };
  EXPECT_CONTENT(check(expected));
  EXPECT_COMPLAINT(check(""), "not a whole output");
  EXPECT_COMPLAINT(check(expected.substr(0, expected.size() - 1)), "not a whole output");
  EXPECT_COMPLAINT(check(with(expected, "walk: ", "run: ")), "must start with 'walk: '");
  EXPECT_COMPLAINT(check(with(expected, "\nNext", "~ training 1 s\n\nNext")), "varies by machine");
  EXPECT_CONTENT(check(with(expected, "\nNext", "~   product  1 us\n\nNext")));
  EXPECT_COMPLAINT(check(with(expected, "\nNext", "FAIL  far\n\nNext")), "a claim failed");
  EXPECT_COMPLAINT(check(expected + "  Well done.\n"), "the last line must be a lesson to run");
}

TEST(FrontPage, ItsTableIsWhole) {
  const std::vector<TableRow> rows = {{"walk", "lessons/01_walk/README.md", "How far is it?"},
                                      {"run", "lessons/02_run/README.md", "How fast?"}};
  const std::string text =
      "| | question |\n|---|---|\n| [walk](lessons/01_walk/README.md) | How far is it? |\n"
      "| [run](lessons/02_run/README.md) | How fast? |\n";
  EXPECT_CONTENT(check_table(page(text), rows));
  EXPECT_COMPLAINT(check_table(page(with(text, "far", "long")), rows),
                   "README.md:3: 'How long is it?' must be 'How far is it?'");
  EXPECT_COMPLAINT(check_table(page(with(text, "01_walk", "02_walk")), rows),
                   "must be 'lessons/01_");
  EXPECT_COMPLAINT(check_table(page(text), {rows[0]}), "one lesson too many");
  EXPECT_COMPLAINT(check_table(page(with(text, "| [run]", "[run]")), rows), "lacks the lesson run");
  EXPECT_COMPLAINT(check_table(page(text), {rows[1], rows[0]}), "'walk' must be 'run'");
}

TEST(Glossary, NamesTheLessonThatIntroducesATerm) {
  const std::string text =
      "| term | 中文 | meaning | lesson |\n|---|---|---|---|\n"
      "| step | 步 | one foot | [walk](1) |\n| bend | 弯 | a turn | [run](2) |\n";
  std::vector<LessonPage> lessons = {
      {"preview", page("A step, a bend.")},
      {"walk", page("# Steps\n\nFootsteps are `bend`, see [bend](2).")},
      {"run", page("Each bend takes a step.")}};
  EXPECT_CONTENT(check_terms(page(text), lessons));
  ASSERT_EQ(terms(page(text)).size(), 2U);
  EXPECT_EQ(terms(page(text))[1].translation, "弯");
  EXPECT_COMPLAINT(check_terms(page(with(text, "[walk]", "[fly]")), lessons), "no lesson");
  EXPECT_COMPLAINT(check_terms(page(with(text, "| step |", "| foot |")), lessons),
                   "README.md:3: 'foot' is not in the lesson walk");
  EXPECT_COMPLAINT(check_terms(page(with(text, "[walk]", "[run]")), lessons), "is used before");
  EXPECT_COMPLAINT(check_terms(page(with(text, "[walk]", "[run]")), lessons), "no term of walk");
  std::swap(lessons[1].page, lessons[2].page);
  std::swap(lessons[1].slug, lessons[2].slug);
  EXPECT_COMPLAINT(check_terms(page(text), lessons), "comes after a term of a later lesson");
}

}  // namespace
}  // namespace pages
