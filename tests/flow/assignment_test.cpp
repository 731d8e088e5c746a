#include "flow/assignment.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/tensors.h"

namespace flow {
namespace {

using tensors::throws;
using tensors::values;

using Costs = std::vector<double>;
using Columns = std::vector<Index>;

double cost_of(const Costs& cost, Index n, Index row, Index column) {
  return cost[static_cast<std::size_t>(row * n + column)];
}

double total(const Costs& cost, const Columns& columns) {
  const auto n = static_cast<Index>(columns.size());
  double sum = 0;
  for (Index row = 0; row < n; ++row) {
    sum += cost_of(cost, n, row, columns[static_cast<std::size_t>(row)]);
  }
  return sum;
}

bool is_permutation_of_all(Columns columns) {
  std::sort(columns.begin(), columns.end());
  Columns all(columns.size());
  std::iota(all.begin(), all.end(), Index{0});
  return columns == all;
}

double cheapest_of_all_permutations(const Costs& cost, Index n) {
  Columns columns(static_cast<std::size_t>(n));
  std::iota(columns.begin(), columns.end(), Index{0});
  double cheapest = INFINITY;
  do {
    cheapest = std::min(cheapest, total(cost, columns));
  } while (std::next_permutation(columns.begin(), columns.end()));
  return cheapest;
}

// Each row in turn takes the cheapest column that is left.
Columns greedy(const Costs& cost, Index n) {
  Columns columns;
  std::vector<bool> taken(static_cast<std::size_t>(n));
  for (Index row = 0; row < n; ++row) {
    Index best = -1;
    for (Index j = 0; j < n; ++j) {
      if (taken[static_cast<std::size_t>(j)]) continue;
      if (best < 0 || cost_of(cost, n, row, j) < cost_of(cost, n, row, best)) best = j;
    }
    taken[static_cast<std::size_t>(best)] = true;
    columns.push_back(best);
  }
  return columns;
}

// What the best ring of exchanges would save: row i gives its column to the next row of the ring. 0
// if and only if the assignment is optimal. Floyd and Warshall's algorithm; nothing of the solver.
double best_saving(const Costs& cost, const Columns& columns) {
  const auto n = static_cast<Index>(columns.size());
  Costs loss;  // of row i when it takes the column of row j
  for (Index i = 0; i < n; ++i) {
    for (const Index column : columns) {
      loss.push_back(cost_of(cost, n, i, column) -
                     cost_of(cost, n, i, columns[static_cast<std::size_t>(i)]));
    }
  }
  for (Index k = 0; k < n; ++k) {
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) {
        const double through = cost_of(loss, n, i, k) + cost_of(loss, n, k, j);
        double& direct = loss[static_cast<std::size_t>(i * n + j)];
        direct = std::min(direct, through);
      }
    }
  }
  double saving = 0;
  for (Index i = 0; i < n; ++i) saving = std::max(saving, -cost_of(loss, n, i, i));
  return saving;
}

Costs random_costs(Index n) { return values(autograd::rand({n, n})); }

// ---- The smallest total -----------------------------------------------------------------------

TEST(OptimalAssignment, ByHand) {
  // 2 + 1 + 3; the cheapest entry of row 0 is not in it.
  const Costs cost{1, 2, 9,  //
                   1, 9, 9,  //
                   4, 5, 3};
  EXPECT_EQ(optimal_assignment(cost, 3), (Columns{1, 0, 2}));
}

TEST(OptimalAssignment, IsTheBestOfAllPermutations) {
  autograd::manual_seed(1);
  for (Index n = 1; n <= 7; ++n) {
    for (int repeat = 0; repeat < 8; ++repeat) {
      const Costs cost = random_costs(n);
      const Columns columns = optimal_assignment(cost, n);
      ASSERT_TRUE(is_permutation_of_all(columns));
      EXPECT_NEAR(total(cost, columns), cheapest_of_all_permutations(cost, n), 1e-14);
    }
  }
}

TEST(OptimalAssignment, HoldsWithTiesAndNegativeCosts) {
  autograd::manual_seed(2);
  for (Index n = 2; n <= 7; ++n) {
    for (int repeat = 0; repeat < 8; ++repeat) {
      Costs cost;
      for (const Index c : autograd::randint(-2, 3, n * n)) cost.push_back(static_cast<double>(c));
      const Columns columns = optimal_assignment(cost, n);
      ASSERT_TRUE(is_permutation_of_all(columns));
      EXPECT_EQ(total(cost, columns), cheapest_of_all_permutations(cost, n));
    }
  }
}

TEST(OptimalAssignment, NoRingOfExchangesSavesAnything) {
  autograd::manual_seed(3);
  const Index n = 60;
  const Costs cost = random_costs(n);
  const Columns columns = optimal_assignment(cost, n);
  ASSERT_TRUE(is_permutation_of_all(columns));
  EXPECT_LT(best_saving(cost, columns), 1e-12);
  EXPECT_GT(best_saving(cost, greedy(cost, n)), 0.1);  // the check sees what can be improved
}

TEST(OptimalAssignment, GreedyChoicesAreFarFromIt) {
  // Row 0 takes the column that row 1 needs.
  const Costs cost{1, 2,  //
                   2, 100};
  EXPECT_EQ(total(cost, greedy(cost, 2)), 101);
  EXPECT_EQ(total(cost, optimal_assignment(cost, 2)), 4);
}

// i * j is smallest in total when the longest row meets the shortest column. Every row wants column
// 0: the longest chains of reassignments.
TEST(OptimalAssignment, OfProductsRunsBackwards) {
  const Index n = 80;
  Costs cost;
  for (Index i = 1; i <= n; ++i) {
    for (Index j = 1; j <= n; ++j) cost.push_back(static_cast<double>(i * j));
  }
  const Columns columns = optimal_assignment(cost, n);
  for (Index i = 0; i < n; ++i) EXPECT_EQ(columns[static_cast<std::size_t>(i)], n - 1 - i);
}

TEST(OptimalAssignment, IgnoresWhatAllAssignmentsPay) {
  autograd::manual_seed(4);
  const Index n = 30;
  const Costs cost = random_costs(n);
  const Costs by_row = values(10 * autograd::randn({n}));
  const Costs by_column = values(10 * autograd::randn({n}));
  Costs more = cost;
  for (std::size_t k = 0; k < more.size(); ++k) more[k] += by_row[k / 30] + by_column[k % 30];
  EXPECT_EQ(optimal_assignment(more, n), optimal_assignment(cost, n));
}

TEST(OptimalAssignment, OfEqualCostsIsSomePermutation) {
  const Columns columns = optimal_assignment(Costs(25, 3.0), 5);
  EXPECT_TRUE(is_permutation_of_all(columns));
  EXPECT_EQ(columns, optimal_assignment(Costs(25, 3.0), 5));
}

TEST(OptimalAssignment, OfNothingAndOfOne) {
  EXPECT_EQ(optimal_assignment(Costs{}, 0), Columns{});
  EXPECT_EQ(optimal_assignment(Costs{-7}, 1), Columns{0});
}

TEST(OptimalAssignment, RefusesCostsThatAreNoSquare) {
  using autograd::ShapeError;
  const Costs five(5, 1.0);
  EXPECT_TRUE(throws<ShapeError>([&] { optimal_assignment(five, 2); },
                                 {"optimal_assignment", "5 costs", "n = 2"}));
  EXPECT_TRUE(
      throws<ShapeError>([&] { optimal_assignment(five, -1); }, {"optimal_assignment", "n = -1"}));
  // n * n is 0 in 64 bits, which is as many as there are.
  EXPECT_TRUE(throws<ShapeError>([&] { optimal_assignment(Costs{}, Index{1} << 32); },
                                 {"0 costs", "n = 4294967296"}));
}

TEST(OptimalAssignment, RefusesCostsThatAreNotFinite) {
  using autograd::ValueError;
  for (const double bad : {std::nan(""), double{INFINITY}, -double{INFINITY}, 1e308}) {
    const Costs cost{1, 2, 3, bad};
    EXPECT_TRUE(throws<ValueError>([&] { optimal_assignment(cost, 2); },
                                   {"optimal_assignment", "row 1, column 1", "finite"}));
  }
  EXPECT_EQ(optimal_assignment(Costs{1e300, -1e300, -1e300, 1e300}, 2), (Columns{1, 0}));
}

// ---- Points -----------------------------------------------------------------------------------

// The short way for both together is 10 + 0, with squares it is 34 + 34 against 100 + 0.
TEST(OptimalAssignmentOfPoints, CostsAreSquaredDistances) {
  const Tensor a = Tensor::from({0, 0, 5, 3}, {2, 2});
  EXPECT_EQ(optimal_assignment(a, Tensor::from({5, 3, 10, 0}, {2, 2})), (Columns{0, 1}));
}

TEST(OptimalAssignmentOfPoints, OnALineKeepsTheOrder) {
  autograd::manual_seed(5);
  const Index n = 200;
  const std::vector<double> a = values(autograd::randn({n}));
  const std::vector<double> b = values(autograd::rand({n}));
  const auto rank = [](const std::vector<double>& x, double value) {
    return std::count_if(x.begin(), x.end(), [=](double other) { return other < value; });
  };
  const Columns partner = optimal_assignment(Tensor::from(a, {n, 1}), Tensor::from(b, {n, 1}));
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(rank(a, a[i]), rank(b, b[static_cast<std::size_t>(partner[i])]));
  }
}

TEST(OptimalAssignmentOfPoints, FindsAShuffle) {
  autograd::manual_seed(6);
  const Tensor a = autograd::randn({50, 3});
  const Columns order = autograd::randperm(50);
  // Row order[i] of a is row i of the shuffled points.
  EXPECT_EQ(optimal_assignment(index_select(a, order), a), order);
}

TEST(OptimalAssignmentOfPoints, RefusesOtherShapes) {
  using autograd::ShapeError;
  EXPECT_TRUE(throws<ShapeError>(
      [] {
        optimal_assignment(autograd::zeros({3, 2}), autograd::zeros({4, 2}));
      },
      {"optimal_assignment", "(3, 2)", "(4, 2)"}));
  EXPECT_TRUE(
      throws<ShapeError>([] { optimal_assignment(autograd::zeros({3}), autograd::zeros({3})); },
                         {"optimal_assignment", "(3,)", "(n, dim)"}));
}

}  // namespace
}  // namespace flow
