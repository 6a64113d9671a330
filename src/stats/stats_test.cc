#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stats/classification.h"
#include "stats/contingency.h"
#include "stats/distances.h"
#include "stats/distributions.h"
#include "stats/kolmogorov_smirnov.h"
#include "stats/location_tests.h"
#include "stats/multiple_testing.h"
#include "stats/proportions.h"

namespace yard::stats {
namespace {

using Numbers = std::vector<double>;
using testing::DoubleNear;
using testing::Pointwise;

void ExpectClose(double got, double expected) {
  EXPECT_LE(std::abs(got - expected), 1e-9 * std::abs(expected)) << got << " " << expected;
}

// Degrees of workers' education in 1992 and 2004: the CPSSW9204 survey of the AER package.
const Numbers kDegrees1992 = {2962, 4640};
const Numbers kDegrees2004 = {3640, 4346};

TEST(Contingency, GivesThePublishedNumbersOfRealCounts) {
  const auto yates = ChiSquareTwoSample(kDegrees1992, kDegrees2004).test;
  ExpectClose(yates.statistic, 69.55901729862373);
  ExpectClose(yates.p_value, 7.416193363441072e-17);
  const auto plain =
      ChiSquareTwoSample(kDegrees1992, kDegrees2004, Divergence::kPearson, Correction::kNone).test;
  ExpectClose(plain.statistic, 69.82974626379922);
  const auto g =
      ChiSquareTwoSample(kDegrees1992, kDegrees2004, Divergence::kLogLikelihood, Correction::kNone)
          .test;
  ExpectClose(g.statistic, 69.91103772681862);
}

TEST(Distances, GiveThePublishedNumbersOfRealCounts) {
  ExpectClose(JensenShannonDistance(kDegrees1992, kDegrees2004), 0.04737310239247472);
  ExpectClose(TotalVariation(kDegrees1992, kDegrees2004), 0.06616333911891192);
  ExpectClose(Hellinger(kDegrees1992, kDegrees2004), 0.04738284874343867);
  ExpectClose(PopulationStability(kDegrees1992, kDegrees2004), 0.017968470935093062);
}

TEST(KolmogorovSurvival, GivesThePublishedTails) {
  ExpectClose(KolmogorovSurvival(0.039, 222), 0.874958597754213);
  ExpectClose(KolmogorovSurvival(0.2825962601087025, 3895), 1.0993766159045518e-275);
}

TEST(KolmogorovSmirnov, DropsAndCountsNaN) {
  const auto result = KolmogorovSmirnov(Numbers{1, NAN, 2}, Numbers{NAN, NAN, 1, 2});
  EXPECT_EQ(result.dropped, 3u);
  EXPECT_EQ(result.statistic, 0);
  EXPECT_EQ(result.p_value, 1);
}

TEST(KolmogorovSmirnov, TakesInfinitiesAsValues) {
  const auto result = KolmogorovSmirnov(Numbers{1, 2, INFINITY}, Numbers{-INFINITY, 1, 2});
  EXPECT_EQ(result.status, Status::kOk);
  EXPECT_NEAR(result.statistic, 1.0 / 3, 1e-15);
}

TEST(KolmogorovSmirnov, SaysInsufficientForAnEmptySample) {
  EXPECT_EQ(KolmogorovSmirnov({}, Numbers{1}).status, Status::kInsufficientData);
  EXPECT_EQ(KolmogorovSmirnov(Numbers{NAN}, Numbers{1}).status, Status::kInsufficientData);
}

TEST(KolmogorovSmirnov, FindsConstantsThatDiffer) {
  const auto result = KolmogorovSmirnov(Numbers(10, 1.0), Numbers(10, 2.0));
  EXPECT_EQ(result.statistic, 1);
  ExpectClose(result.p_value, 1.082508822446903e-05);
}

TEST(KolmogorovSmirnov, IsSymmetric) {
  const Numbers a = {1, 2, 3, 4, 5, 9}, b = {2, 2, 7, 8};
  EXPECT_EQ(KolmogorovSmirnov(a, b).p_value, KolmogorovSmirnov(b, a).p_value);
}

struct StatusCase {
  std::string name;
  Status got;
  Status expected;
};

TEST(Status, NamesTheReasonWhyThereIsNoNumber) {
  const Numbers same = {0, 0, 7};
  const std::vector<uint8_t> ones = {1, 1};
  const StatusCase cases[] = {
      {"one category", ChiSquareTwoSample(same, same).test.status, Status::kConstant},
      {"empty row", ChiSquareTwoSample(Numbers{0, 0}, Numbers{1, 2}).test.status,
       Status::kInsufficientData},
      {"negative count", ChiSquareTwoSample(Numbers{-1, 2}, Numbers{1, 2}).test.status,
       Status::kUndefined},
      {"lengths", ChiSquareTwoSample(Numbers{1}, Numbers{1, 2}).test.status, Status::kUndefined},
      {"sums", ChiSquareGoodnessOfFit(Numbers{1, 2}, Numbers{1, 3}).status, Status::kUndefined},
      {"no trials", WilsonInterval(0, 0).status, Status::kInsufficientData},
      {"more successes", ClopperPearsonInterval(3, 2).status, Status::kUndefined},
      {"all succeed", TwoProportionTest(5, 5, 9, 9).status, Status::kConstant},
      {"one class", RocAuc(Numbers{0.1, 0.2}, ones).status, Status::kUndefined},
      {"no scores", LogLoss(Numbers{NAN, NAN}, ones).status, Status::kInsufficientData},
      {"one value", WelchTest(Numbers{1}, Numbers{1, 2}).status, Status::kInsufficientData},
      {"equal constants", WelchTest(Numbers{1, 1}, Numbers{1, 1}).status, Status::kConstant},
      {"all tied", MannWhitneyTest(Numbers{1, 1}, Numbers{1}).status, Status::kConstant},
  };
  for (const auto& test : cases) EXPECT_EQ(test.got, test.expected) << test.name;
}

TEST(TwoProportionTest, GivesThePublishedNumbersOfARandomisedExperiment) {
  const auto result = TwoProportionTest(235, 2435, 157, 2435);
  ExpectClose(result.statistic, 4.108412152434346);
  ExpectClose(result.p_value, 3.983886837585077e-05);
}

TEST(CalibratedStability, AlarmsAboutAsOftenAsItSays) {
  // Equal-frequency bins, equal distributions: multinomial counts around their expectation give
  // values around (B - 1)(1/n + 1/m), below the critical value of 5 %.
  const Numbers reference(10, 500), current = {20, 24, 18, 17, 21, 25, 16, 19, 22, 18};
  const auto result = CalibratedPopulationStability(reference, current, 0.05);
  EXPECT_LT(result.value, result.critical);
  EXPECT_GT(result.critical, 0.08);  // 200 rows: the customary 0.1 would be no evidence at all
  EXPECT_GT(result.p_value, 0.5);
}

TEST(CalibratedStability, IsSmallestForEqualShares) {
  const Numbers reference = {100, 200, 300};
  EXPECT_NEAR(CalibratedPopulationStability(reference, reference, 0.05).value, 0, 1e-12);
  EXPECT_GT(CalibratedPopulationStability(reference, Numbers{300, 200, 100}, 0.05).p_value, 0);
  EXPECT_LT(CalibratedPopulationStability(reference, Numbers{300, 200, 100}, 0.05).p_value, 1e-9);
}

TEST(BenjaminiHochberg, LeavesTestsWithoutResultAlone) {
  const auto adjusted = BenjaminiHochberg(Numbers{0.01, NAN, 0.04, 0.03});
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_THAT((Numbers{adjusted[0], adjusted[2], adjusted[3]}),
              Pointwise(DoubleNear(1e-15), Numbers{0.03, 0.04, 0.04}));
}

TEST(RocAuc, KeepsAWidthWhenTheClassesAreSeparated) {
  const auto estimate = RocAuc(Numbers{0.1, 0.2, 0.8, 0.9}, std::vector<uint8_t>{0, 0, 1, 1});
  EXPECT_EQ(estimate.value, 1);
  EXPECT_EQ(estimate.upper, 1);
  EXPECT_LT(estimate.lower, 0.2);
}

TEST(CramersV, RunsFromSameToDisjoint) {
  EXPECT_NEAR(CramersV(Numbers{5, 5}, Numbers{10, 10}), 0, 1e-15);
  EXPECT_NEAR(CramersV(Numbers{5, 0}, Numbers{0, 10}), 1, 1e-15);
}

}  // namespace
}  // namespace yard::stats
