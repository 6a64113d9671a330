#include "serving/assignment.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::serving {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

TEST(AssignmentTest, PutsAKeyOnTheSamePointOnEveryMachine) {
  // Fixed for ever: stored experiments depend on it.
  EXPECT_DOUBLE_EQ(AssignmentPoint("churn", "customer-17"),
                   AssignmentPoint("churn", "customer-17"));
  EXPECT_NE(AssignmentPoint("churn", "customer-17"), AssignmentPoint("other", "customer-17"));
  EXPECT_NE(AssignmentPoint("a", "bc"), AssignmentPoint("ab", "c"));
}

TEST(AssignmentTest, SplitsManyKeysByTheWeights) {
  constexpr int kKeys = 100'000;
  const std::vector<double> shares = CumulativeShares(std::vector<double>{70, 20, 10});
  std::vector<int> counts(3, 0);
  for (int i = 0; i < kKeys; ++i) {
    ++counts[PieceOf(shares, AssignmentPoint("churn", "customer-" + std::to_string(i)))];
  }
  EXPECT_NEAR(counts[0], 0.7 * kKeys, 0.01 * kKeys);
  EXPECT_NEAR(counts[1], 0.2 * kKeys, 0.01 * kKeys);
  EXPECT_NEAR(counts[2], 0.1 * kKeys, 0.01 * kKeys);
}

TEST(AssignmentTest, GivesAnArmWithoutWeightNothing) {
  EXPECT_THAT(CumulativeShares(std::vector<double>{1, 3, 0}),
              ElementsAre(DoubleEq(0.25), DoubleEq(1), DoubleEq(1)));
  EXPECT_EQ(PieceOf(CumulativeShares(std::vector<double>{0, 1}), 0), 1u);
  EXPECT_EQ(PieceOf(CumulativeShares(std::vector<double>{0.1, 0.2, 0}), std::nextafter(1, 0)), 1u);
}

TEST(AssignmentTest, KeepsTheKeysOfAnArmThatGrows) {
  const auto before = CumulativeShares(std::vector<double>{80, 20});
  const auto after = CumulativeShares(std::vector<double>{90, 10});
  for (int i = 0; i < 1'000; ++i) {
    const double point = AssignmentPoint("churn", std::to_string(i));
    if (PieceOf(before, point) == 0) {
      EXPECT_EQ(PieceOf(after, point), 0u);
    }
  }
}

}  // namespace
}  // namespace yard::serving
