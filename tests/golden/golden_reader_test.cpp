#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "golden.h"

// The reader gives what the file says, and refuses what is not right: a test that compares with an
// empty or shifted tensor would pass for nothing.

namespace golden {
namespace {

using Shape = std::vector<std::int64_t>;
using Values = std::vector<double>;

Golden parse(const std::string& text) {
  std::istringstream stream(text);
  return Golden(stream, "text");
}

// The message of the std::runtime_error that f throws; empty if it throws none.
template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

// `text` is refused, and the message contains `part`.
testing::AssertionResult refused(const std::string& text, const std::string& part) {
  const std::string error = error_of([&] { parse(text); });
  if (error.find(part) != std::string::npos && !error.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "'" << text << "' gives the error '" << error << "'";
}

TEST(GoldenReader, ShapesAndValues) {
  const Golden g = parse(R"(# a comment
a.b double [2,3] : 1 -2 3.5 4 5e-1 -6e2
scalar int [] : 7
row float [1] : 8
)");
  EXPECT_EQ(g.tensor("a.b").shape, (Shape{2, 3}));
  EXPECT_EQ(g.tensor("a.b").values, (Values{1, -2, 3.5, 4, 0.5, -600}));
  EXPECT_EQ(g.tensor("scalar").shape, Shape{});
  EXPECT_EQ(g.tensor("scalar").values, Values{7});
  EXPECT_EQ(g.tensor("row").shape, Shape{1});
  EXPECT_EQ(g.tensor("row").values, Values{8});
}

TEST(GoldenReader, AFloatIsTheFloat) {
  const Golden g = parse("f float [1] : 0.1\nd double [1] : 0.1\n");
  EXPECT_EQ(g.tensor("f").values[0], 0.1f);
  EXPECT_EQ(g.tensor("d").values[0], 0.1);
}

TEST(GoldenReader, AnEmptyTensorHasAShapeAndNoValues) {
  const Golden g = parse("empty float [0,3] :\n");
  EXPECT_EQ(g.tensor("empty").shape, (Shape{0, 3}));
  EXPECT_EQ(g.tensor("empty").values, Values{});
}

TEST(GoldenReader, SpecialValues) {
  const Values x = parse("x float [5] : nan inf -inf -0 9.9999461e-41\n").tensor("x").values;
  EXPECT_TRUE(std::isnan(x[0]));
  EXPECT_EQ(x[1], INFINITY);
  EXPECT_EQ(x[2], -INFINITY);
  EXPECT_TRUE(x[3] == 0 && std::signbit(x[3]));
  EXPECT_EQ(x[4], 1e-40f);
  EXPECT_EQ(parse("x double [] : 5e-324\n").tensor("x").values[0],
            std::numeric_limits<double>::denorm_min());
}

TEST(GoldenReader, NamesAreListed) {
  const Golden g = parse("b int [] : 1\na int [] : 2\n");
  EXPECT_EQ(g.names(), (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(g.contains("a"));
  EXPECT_FALSE(g.contains("c"));
}

TEST(GoldenReader, RefusesAMissingNameOrFile) {
  const Golden g = parse("a int [] : 1\n");
  EXPECT_EQ(error_of([&] { g.tensor("a"); }), "");
  EXPECT_EQ(error_of([&] { g.tensor("a.b"); }),
            "golden text: no tensor 'a.b'; make_goldens.py writes them");
  EXPECT_EQ(error_of([] { Golden("missing.txt"); }),
            "golden: cannot open " HANDFLOW_GOLDEN_DIR "/missing.txt");
}

TEST(GoldenReader, RefusesAWrongCount) {
  EXPECT_TRUE(refused("# c\na int [2,3] : 1 2 3 4 5\n",
                      "golden text, line 2, 'a': shape [2,3] wants 6 values, got 5"));
  EXPECT_TRUE(refused("a int [2,3] : 1 2 3 4 5 6 7\n", "wants 6 values, got 7"));
  EXPECT_TRUE(refused("a int [] :\n", "wants 1 values, got 0"));
  EXPECT_TRUE(refused("a int [0,3] : 1\n", "wants 0 values, got 1"));
}

TEST(GoldenReader, RefusesMalformedLines) {
  for (const char* line : {"a", "a int", "a int [1]", "a int [1] 1", "a [1] : 1", "", " "}) {
    EXPECT_TRUE(refused(line + std::string("\n"), "want 'name type [shape] : values'"));
  }
  for (const std::string type : {"real", "Float", "[1]"}) {
    EXPECT_TRUE(refused("a " + type + " [] : 1\n", "is not float, double or int"));
  }
  for (const std::string shape : {"2", "[2", "2]", "[2,]", "[,2]", "[-1]", "[x]", "[9999999999]"}) {
    EXPECT_TRUE(refused("a int " + shape + " : 1 2\n", "is not like [2,3]"));
  }
  for (const std::string value : {"x", "1x", "1,2", "--1"}) {
    EXPECT_TRUE(refused("a int [] : " + value + "\n", "is no number"));
  }
  EXPECT_TRUE(refused("a double [] : 1e999\n", "is too large"));
}

TEST(GoldenReader, RefusesARepeatedNameAndAnEmptyFile) {
  EXPECT_TRUE(refused("a int [] : 1\na int [] : 1\n", "line 2, 'a': a second tensor of this name"));
  EXPECT_TRUE(refused("# torch\n", "golden text: no tensors"));
  EXPECT_TRUE(refused("", "golden text: no tensors"));
}

// The committed files can be read, and hold what anyone can work out.
TEST(GoldenReader, ReadsTheCommittedFiles) {
  for (const char* file : {"random.txt", "ops.txt", "modules.txt", "unconditional.txt",
                           "conditional.txt", "samplers.txt"}) {
    EXPECT_GT(Golden(file).names().size(), 10u) << file;
  }
  const Golden ops("ops.txt");
  const Values& a = ops.tensor("add.equal.a").values;
  const Values& b = ops.tensor("add.equal.b").values;
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(ops.tensor("add.equal.out").values[i], a[i] + b[i]);
  }
  const Golden conditional("conditional.txt");
  EXPECT_EQ(conditional.tensor("points").shape, (Shape{1000, 2}));
  EXPECT_EQ(conditional.tensor("points").values[1998], static_cast<float>(4 * std::acos(-1.0)));
}

}  // namespace
}  // namespace golden
