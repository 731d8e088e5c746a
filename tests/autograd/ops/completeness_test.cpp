#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "cases.h"
#include "declared.h"

// The list of operations is read from the public headers. Each must have a value test, a gradient
// test and a negative control, which is to say: a row in both tables of cases.h.

namespace autograd {
namespace {

using namespace testing;
using declared::declared_in;
using declared::Names;

// All headers in autograd/ops, one text.
std::string public_headers() {
  std::string text;
  for (const auto& file : std::filesystem::directory_iterator(HANDFLOW_OPS_DIR)) {
    if (file.path().extension() != ".h") continue;
    std::ifstream stream(file.path());
    text.append(std::istreambuf_iterator<char>(stream), {});
  }
  return text;
}

Names without(const Names& all, const Names& some) {
  Names left;
  std::set_difference(all.begin(), all.end(), some.begin(), some.end(),
                      std::inserter(left, left.end()));
  return left;
}

Names with_values() {
  Names names;
  for (const Case& c : cases()) names.insert(c.operation);
  return names;
}

// Those that gradient_test.cpp checks, and those that it shows to have no derivative.
Names with_gradients() {
  Names names(not_differentiable().begin(), not_differentiable().end());
  for (const Case& c : cases()) {
    if (!c.special() && !c.at_a_kink()) names.insert(c.operation);
  }
  return names;
}

Names with_controls() {
  Names names;
  for (const Control& control : controls()) names.insert(control.operation);
  return names;
}

const Names none;

TEST(Completeness, EveryOperationIsTested) {
  const Names operations = declared_in(public_headers()).operations;
  EXPECT_GT(operations.size(), 30u);
  EXPECT_EQ(without(operations, with_values()), none) << "without a value test";
  EXPECT_EQ(without(operations, with_gradients()), none) << "without a gradient test";
  EXPECT_EQ(without(operations, with_controls()), none) << "without a negative control";
}

TEST(Completeness, EveryRowIsDeclared) {
  const Names operations = declared_in(public_headers()).operations;
  EXPECT_EQ(without(with_values(), operations), none);
  EXPECT_EQ(without(with_gradients(), operations), none);
  EXPECT_EQ(without(with_controls(), operations), none);
}

// expand_to and sum_to work on plain arrays; shape_test.cpp tests them. What else returns no tensor
// must be added here, with its test.
TEST(Completeness, NothingElseIsDeclared) {
  EXPECT_EQ(declared_in(public_headers()).others,
            (Names{"expand_to(to, x, from, y)", "sum_to(to, x, from, y, add)"}));
}

TEST(Completeness, NotYetMeansNotDeclared) {
  for (const std::string& call : declared_in(public_headers()).operations) {
    const std::string name = call.substr(0, call.find('('));
    EXPECT_EQ(std::count(not_yet().begin(), not_yet().end(), name), 0) << name;
  }
}

// The parser sees a new operation, however it is written.
TEST(Completeness, ANewOperationIsNoticed) {
  const Names known = declared_in(public_headers()).operations;
  const auto added = [&](const std::string& declaration) {
    return without(declared_in(public_headers() + declaration).operations, known);
  };
  EXPECT_EQ(added(""), none);
  EXPECT_EQ(added("Tensor cube(Tensor x);"), Names{"cube(x)"});
  EXPECT_EQ(added("Tensor cumsum(const Tensor& x,\n              Index dim = -1);  ///< text"),
            Names{"cumsum(x, dim)"});
  EXPECT_EQ(added("inline Tensor twice(Tensor x) { return x + x; }"), Names{"twice(x)"});
  EXPECT_EQ(added("Tensor operator%(Tensor a, Tensor b);"), Names{"operator%(a, b)"});
  EXPECT_EQ(added("Tensor max(const Tensor& a, const Tensor& b);"), Names{"max(a, b)"});
  EXPECT_EQ(added("std::vector<Tensor> split(const Tensor& x, Index parts);"),
            Names{"split(x, parts)"});
  EXPECT_EQ(added("Tensor stack(std::span<const Tensor> tensors);"), Names{"stack(tensors)"});
  EXPECT_EQ(added("Tensor map(const Tensor& x, const std::function<double(double)>& f);"),
            Names{"map(x, f)"});
  EXPECT_EQ(added("// Tensor cube(Tensor x);"), none);
}

// And what is missing from a table is named.
TEST(Completeness, AMissingRowIsNoticed) {
  const Names operations = declared_in("Tensor exp(Tensor x);\nTensor cube(Tensor x);").operations;
  EXPECT_EQ(operations, (Names{"exp(x)", "cube(x)"}));
  EXPECT_EQ(without(operations, with_values()), Names{"cube(x)"});
  EXPECT_EQ(without(operations, with_gradients()), Names{"cube(x)"});
  EXPECT_EQ(without(operations, with_controls()), Names{"cube(x)"});
}

}  // namespace
}  // namespace autograd
