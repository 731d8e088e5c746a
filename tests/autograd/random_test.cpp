#include "autograd/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>
#include <thread>

#include "autograd/kernels/reference.h"
#include "golden.h"
#include "tests/tensors.h"

namespace autograd {
namespace {

using tensors::equal;
using tensors::throws;
using tensors::values;

using Numbers = std::vector<double>;

// ---- PyTorch's stream --------------------------------------------------------------------------

// How near PyTorch's value a draw must be.
enum class Near {
  exact,
  one_rounding,  // randn below 16 values: computed in double, rounded to float once
  four_millionths,
};

// Where `mine` leaves PyTorch's numbers; empty if nowhere.
std::string difference(const Numbers& mine, const Numbers& theirs, Near near) {
  if (mine.size() != theirs.size()) return "another number of values";
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const auto size = static_cast<float>(std::abs(theirs[i]));
    const double ulp = std::nextafter(size, std::numeric_limits<float>::infinity()) - size;
    const double allowed = near == Near::exact ? 0 : near == Near::one_rounding ? ulp : 4e-6;
    if (!(std::abs(mine[i] - theirs[i]) <= allowed)) {
      std::ostringstream text;
      text.precision(9);
      text << "value " << i << " is " << mine[i] << ", PyTorch's " << theirs[i];
      return text.str();
    }
  }
  return "";
}

Numbers numbers(const std::vector<Index>& x) { return Numbers(x.begin(), x.end()); }

// "0.sequence.5.randn.17" to {"0", "sequence", "5", "randn", "17"}.
std::vector<std::string> parts(const std::string& name) {
  std::vector<std::string> found;
  std::istringstream text(name);
  for (std::string part; std::getline(text, part, '.');) found.push_back(part);
  return found;
}

// The call that a name such as randn.17 or randint.-3_1000 stands for, made now; `count` is how
// many values the golden holds.
struct Draw {
  Numbers values;
  Near near;
};
Draw draw(const std::string& what, const std::string& argument, Index count) {
  if (what == "rand") return {values(rand({std::stoll(argument)})), Near::exact};
  if (what == "randn") {
    const Index n = std::stoll(argument);
    return {values(randn({n})), n < 16 ? Near::one_rounding : Near::four_millionths};
  }
  if (what == "uniform") {
    Tensor x = Tensor::empty({std::stoll(argument)});
    return {values(x.uniform_(-0.57735, 0.57735)), Near::exact};
  }
  if (what == "randint") {
    const std::size_t bar = argument.find('_');
    const Index low = std::stoll(argument), high = std::stoll(argument.substr(bar + 1));
    return {numbers(randint(low, high, count)), Near::exact};
  }
  if (what == "randperm") return {numbers(randperm(std::stoll(argument))), Near::exact};
  throw std::runtime_error("unknown draw " + what);
}

const golden::Golden& goldens() {
  static const golden::Golden file("random.txt");
  return file;
}

TEST(RandomGolden, EverySingleDrawIsPyTorchs) {
  std::size_t compared = 0;
  for (const std::string& name : goldens().names()) {
    const std::vector<std::string> part = parts(name);
    const golden::Tensor& expected = goldens().tensor(name);
    ASSERT_GE(part.size(), 3U) << name;
    if (part[1] == "sequence") continue;  // below
    manual_seed(std::stoull(part[0]));
    Draw mine;
    if (part[1] == "linear") {  // the first weights of a layer: "3_64" is Linear(3, 64)
      const Index in = std::stoll(part[2]), out = std::stoll(part[2].substr(part[2].find('_') + 1));
      const double bound = 1 / std::sqrt(static_cast<double>(in));
      Tensor weight = Tensor::empty({out, in}), bias = Tensor::empty({out});
      weight.uniform_(-bound, bound);
      bias.uniform_(-bound, bound);
      mine = {values(part[3] == "weight" ? weight : bias), Near::exact};
    } else if (part[1] == "embedding") {  // the first vectors of one: "10_4"
      mine = {values(randn({10, 4})), Near::four_millionths};
    } else if (part.size() == 4) {  // "randn.2000.first64"
      mine = draw(part[1], part[2], 0);
      Numbers& all = mine.values;
      ASSERT_EQ(all.size(), 2000U) << name;
      if (part[3] == "first64") {
        all.resize(64);
      } else {
        ASSERT_EQ(part[3], "last64") << name;
        all.erase(all.begin(), all.end() - 64);
      }
    } else {
      mine = draw(part[1], part[2], static_cast<Index>(expected.values.size()));
    }
    EXPECT_EQ(difference(mine.values, expected.values, mine.near), "") << name;
    ++compared;
  }
  // 3 rand, 10 + 2 randn, 3 uniform, 2 randint, 3 randperm, 5 first weights.
  EXPECT_EQ(compared, std::size(golden::seeds) * 28);
}

// The place in the stream and a normal that was kept reach from call to call.
TEST(RandomGolden, SequencesOfCallsArePyTorchs) {
  for (const std::string seed : golden::seeds) {
    manual_seed(std::stoull(seed));
    for (int step = 0; step < 12; ++step) {
      const std::string start = seed + ".sequence." + std::to_string(step) + ".";
      const std::vector<std::string> all = goldens().names();
      const auto name = std::find_if(all.begin(), all.end(),
                                     [&](const std::string& s) { return s.rfind(start, 0) == 0; });
      ASSERT_NE(name, all.end()) << start;
      const golden::Tensor& expected = goldens().tensor(*name);
      const std::vector<std::string> part = parts(*name);
      const Draw mine = draw(part[3], part[4], static_cast<Index>(expected.values.size()));
      EXPECT_EQ(difference(mine.values, expected.values, mine.near), "") << *name;
    }
  }
}

TEST(RandomGolden, TheComparisonSeesAWrongValue) {
  const Numbers right = goldens().tensor("0.rand.10").values;
  Numbers wrong = right;
  wrong[7] = std::nextafter(static_cast<float>(wrong[7]), 1.0F);
  EXPECT_EQ(difference(right, right, Near::exact), "");
  EXPECT_NE(difference(wrong, right, Near::exact), "");
  EXPECT_EQ(difference(wrong, right, Near::one_rounding), "");
  wrong[7] = std::nextafter(static_cast<float>(wrong[7]), 1.0F);
  EXPECT_NE(difference(wrong, right, Near::one_rounding), "");
  EXPECT_EQ(difference(wrong, right, Near::four_millionths), "");
  wrong[7] = right[7] + 5e-6;
  EXPECT_NE(difference(wrong, right, Near::four_millionths), "");
  wrong[7] = NAN;
  EXPECT_NE(difference(wrong, right, Near::four_millionths), "");
  EXPECT_NE(difference(wrong, {0.5}, Near::exact), "");
  // Another seed, another stream.
  manual_seed(1);
  EXPECT_NE(difference(values(rand({10})), right, Near::four_millionths), "");
}

// ---- Seeds and generators ----------------------------------------------------------------------

TEST(Random, ASeedStartsTheStreamAnew) {
  manual_seed(9);
  const Tensor first = rand({1000});
  const Tensor second = rand({1000});
  EXPECT_FALSE(equal(first, second));
  manual_seed(9);
  EXPECT_TRUE(equal(rand({1000}), first));
  EXPECT_TRUE(equal(rand({1000}), second));
}

TEST(Random, ShapesAreOfNoImportance) {
  manual_seed(9);
  const Tensor flat = randn({60});
  manual_seed(9);
  EXPECT_EQ(values(randn({3, 4, 5})), values(flat));
  manual_seed(9);
  EXPECT_EQ(rand({}).shape(), Shape());
  EXPECT_EQ(randn({2, 0}).numel(), 0);
}

// The twister makes 624 words at once. Of the sixteen that make sixteen normals, some may be the
// last of these, and the others the first of the next.
TEST(Random, NormalsReachAcrossTheEndOfABlockOfWords) {
  for (Index before = 600; before <= 640; ++before) {
    manual_seed(9);
    rand({before});
    const Tensor uniforms = rand({48});
    const auto normals = reference::normal({uniforms.data(), uniforms.data() + 48});
    manual_seed(9);
    rand({before});
    EXPECT_EQ(difference(values(randn({48})), normals, Near::four_millionths), "") << before;
    EXPECT_EQ(rng_state().used, (before + 48) % 624) << before;
  }
}

TEST(Random, TheLow32BitsOfASeedCount) {
  manual_seed(7);
  const Tensor x = rand({5});
  manual_seed((std::uint64_t{3} << 32) + 7);
  EXPECT_TRUE(equal(rand({5}), x));
  manual_seed(8);
  EXPECT_FALSE(equal(rand({5}), x));
}

TEST(Random, SeedingForgetsAKeptNormal) {
  manual_seed(4);
  const double first = randn({1}).item();  // keeps its partner
  manual_seed(4);
  EXPECT_EQ(randn({1}).item(), first);
  const double kept = randn({1}).item();
  EXPECT_NE(kept, first);
  manual_seed(4);
  EXPECT_EQ(values(randn({2})), (Numbers{first, kept}));
}

TEST(Random, ThreadsHaveGeneratorsOfTheirOwn) {
  manual_seed(3);
  const double first = rand({1}).item();
  const double second = rand({1}).item();
  manual_seed(3);
  EXPECT_EQ(rand({1}).item(), first);
  Numbers fresh, seeded;
  std::thread([&] {
    fresh = values(rand({3}));
    manual_seed(3);
    seeded = values(rand({1}));
  }).join();
  EXPECT_EQ(seeded, Numbers{first});
  EXPECT_EQ(rand({1}).item(), second);  // this one has not noticed
  manual_seed(67280421310721);          // where PyTorch starts without a seed
  EXPECT_EQ(values(rand({3})), fresh);
}

// ---- The state ---------------------------------------------------------------------------------

// Draws of every kind; from 3 normals a fourth is kept.
Numbers many_draws() {
  Numbers all;
  const auto add = [&](const Numbers& more) { all.insert(all.end(), more.begin(), more.end()); };
  for (int round = 0; round < 3; ++round) {
    add(values(randn({3})));
    add(values(rand({100})));
    add(values(randn({50})));
    add(numbers(randint(0, 1000, 7)));
    add(numbers(randperm(30)));
  }
  return all;
}

TEST(RngState, DrawingGoesOnFromIt) {
  for (const Index drawn : {0, 1, 623, 624, 625, 1000}) {  // in the middle of a block, and between
    for (const Index normals : {0, 1, 2, 3}) {             // with a kept one, and without
      manual_seed(9);
      rand({drawn});
      randn({normals});
      const RngState state = rng_state();
      EXPECT_EQ(state.kept_normal.has_value(), normals % 2 == 1);
      const Numbers expected = many_draws();
      EXPECT_NE(many_draws(), expected);
      set_rng_state(state);
      EXPECT_EQ(rng_state(), state);
      EXPECT_EQ(many_draws(), expected) << drawn << " and " << normals;

      Numbers elsewhere;
      std::thread([&] {
        set_rng_state(state);
        elsewhere = many_draws();
      }).join();
      EXPECT_EQ(elsewhere, expected);
    }
  }
}

TEST(RngState, AskingForItDrawsNothing) {
  manual_seed(9);
  const Numbers expected = many_draws();
  manual_seed(9);
  rng_state();
  EXPECT_EQ(many_draws(), expected);
}

// Each part counts: with another one the draws are others.
TEST(RngState, NoPartIsThereForNothing) {
  manual_seed(9);
  randn({3});
  const RngState state = rng_state();
  EXPECT_EQ(state.used, 8U);  // two uniforms of two words for each pair
  const Numbers expected = many_draws();
  const auto draws_without = [&](auto change) {
    RngState other = state;
    change(other);
    EXPECT_NE(other, state);
    set_rng_state(other);
    return many_draws();
  };
  EXPECT_NE(draws_without([](RngState& s) { s.used += 1; }), expected);
  EXPECT_NE(draws_without([](RngState& s) { s.kept_normal.reset(); }), expected);
  EXPECT_NE(draws_without([](RngState& s) { s.twister[8] ^= 1U << 31; }), expected);
  EXPECT_NE(draws_without([](RngState& s) { s.twister[623] ^= 1; }), expected);
}

TEST(RngState, WhatNoGeneratorCanBeInIsRefused) {
  manual_seed(9);
  const RngState good = rng_state();
  const auto refused = [&](auto change, const char* text) {
    RngState bad = good;
    change(bad);
    const auto result = throws<ValueError>([&] { set_rng_state(bad); }, {"set_rng_state: ", text});
    EXPECT_EQ(rng_state(), good);
    return result;
  };
  EXPECT_TRUE(refused([](RngState& s) { s.used = 625; }, "used must be 0 to 624, got 625"));
  EXPECT_TRUE(refused([](RngState& s) { s.kept_normal = NAN; }, "must be finite, got nan"));
  EXPECT_TRUE(refused([](RngState& s) { s.kept_normal = INFINITY; }, "must be finite, got inf"));
  EXPECT_TRUE(refused([](RngState& s) { s = RngState(); }, "are all 0"));
  // The low bits of the first word do not reach the next block: it would be all 0, and so on.
  EXPECT_TRUE(refused(
      [](RngState& s) {
        s = RngState();
        s.twister[0] = 0x7fffffff;
      },
      "are all 0"));
  RngState least;
  least.twister[0] = 0x80000000;
  set_rng_state(least);
  const Tensor x = rand({2000});
  EXPECT_GT(sum(x).item(), 0);
}

// ---- Ranges and errors -------------------------------------------------------------------------

TEST(Random, UniformNumbersLieInTheirRange) {
  manual_seed(0);
  const Tensor x = rand({100000});
  const auto [low, high] = std::minmax_element(x.data(), x.data() + x.numel());
  EXPECT_GE(*low, 0);
  EXPECT_LT(*low, 1e-4);
  EXPECT_LT(*high, 1);
  EXPECT_GT(*high, 1 - 1e-4);
  EXPECT_NEAR(mean(x).item(), 0.5, 0.005);
}

TEST(Random, NormalNumbersHaveMeanZeroAndVarianceOne) {
  manual_seed(0);
  const Tensor x = randn({100000});
  EXPECT_NEAR(mean(x).item(), 0, 0.02);
  EXPECT_NEAR(mean(square(x)).item(), 1, 0.02);
  EXPECT_NEAR(mean(pow(x, 4)).item(), 3, 0.15);
}

TEST(Random, RandintCoversItsRange) {
  manual_seed(0);
  const std::vector<Index> x = randint(-2, 3, 1000);
  EXPECT_EQ(std::set<Index>(x.begin(), x.end()), (std::set<Index>{-2, -1, 0, 1, 2}));
  EXPECT_TRUE(randint(0, 1, 0).empty());
  EXPECT_EQ(randint(41, 42, 3), (std::vector<Index>{41, 41, 41}));
  const Index most = 0xffffffff;
  for (const Index value : randint(-5, most - 5, 100)) {
    EXPECT_GE(value, -5);
    EXPECT_LT(value, most - 5);
  }
}

TEST(Random, RandpermIsAPermutation) {
  manual_seed(0);
  for (const Index n : {0, 1, 2, 1000}) {
    std::vector<Index> x = randperm(n);
    EXPECT_EQ(std::is_sorted(x.begin(), x.end()), n < 2 || (n == 2 && x[0] == 0));
    std::sort(x.begin(), x.end());
    std::vector<Index> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), Index{0});
    EXPECT_EQ(x, all);
  }
}

TEST(Random, ErrorsDrawNothing) {
  manual_seed(2);
  const Tensor expected = rand({3});
  manual_seed(2);
  EXPECT_TRUE(throws<ValueError>([] { randint(3, 3, 1); }, {"randint", "3..3"}));
  EXPECT_TRUE(throws<ValueError>([] { randint(3, 2, 1); }, {"randint: cannot draw 1 numbers"}));
  EXPECT_TRUE(throws<ValueError>([] { randint(0, 2, -1); }, {"randint", "-1 numbers"}));
  EXPECT_TRUE(throws<ValueError>([] { randint(0, 2, Shape::max_numel + 1); },
                                 {"randint: n must be at most 2^36, got 68719476737"}));
  EXPECT_TRUE(throws<ValueError>([] { randint(0, Index{1} << 32, 1); }, {"2^32 - 1"}));
  EXPECT_TRUE(throws<ValueError>([] { randint(INT64_MIN, INT64_MAX, 1); }, {"randint"}));
  EXPECT_TRUE(throws<ValueError>([] { randperm(-1); }, {"randperm", "got -1"}));
  EXPECT_TRUE(throws<ValueError>([] { randperm(Index{1} << 32); }, {"randperm"}));
  EXPECT_TRUE(throws<ShapeError>([] { rand({-1}); }, {"-1"}));
  EXPECT_TRUE(equal(rand({3}), expected));
}

}  // namespace
}  // namespace autograd
