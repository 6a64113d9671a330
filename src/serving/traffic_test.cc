#include "serving/traffic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::serving {
namespace {

using std::chrono::microseconds;

TEST(LatencyCountsTest, GivesQuantilesWithinTenPercent) {
  LatencyCounts counts;
  for (int i = 1; i <= 10'000; ++i) counts.Add(microseconds(i));
  for (const double q : {0.5, 0.9, 0.99}) {
    EXPECT_NEAR(counts.QuantileMilliseconds(q), q * 10, q * 1.0) << q;
  }
  EXPECT_EQ(LatencyCounts().QuantileMilliseconds(0.5), 0);
}

TEST(LatencyCountsTest, TakesAnyDuration) {
  LatencyCounts counts;
  counts.Add(std::chrono::nanoseconds(-5));
  counts.Add(std::chrono::hours(100));
  EXPECT_GT(counts.QuantileMilliseconds(1), 1'000);
}

TEST(ArmTrafficTest, CountsRequestsOfEachSecondAndMinute) {
  ArmTraffic traffic;
  const base::Millis start(1'700'000'040'000);  // a whole minute
  traffic.RecordAnswer(start, microseconds(100));
  traffic.RecordAnswer(base::Millis(start.value + 999), microseconds(100));
  traffic.RecordError(base::Millis(start.value + 1'000));
  traffic.RecordAnswer(base::Millis(start.value + 60'000), microseconds(100));

  const auto seconds = traffic.Slots(ArmTraffic::Step::kSecond, start);
  ASSERT_EQ(seconds.size(), 3u);
  EXPECT_EQ(seconds[0].requests, 2u);
  EXPECT_EQ(seconds[1].errors, 1u);
  const auto minutes = traffic.Slots(ArmTraffic::Step::kMinute, start);
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].requests, 3u);
  EXPECT_EQ(traffic.totals().requests, 4u);
  EXPECT_EQ(traffic.totals().errors, 1u);
  EXPECT_EQ(traffic.Slots(ArmTraffic::Step::kMinute, base::Millis(start.value + 1)).size(), 1u);
}

TEST(ArmTrafficTest, KeepsFiveMinutesOfSeconds) {
  ArmTraffic traffic;
  for (int i = 0; i < 1'000; ++i) traffic.RecordError(base::Millis(int64_t{i} * 1'000));
  EXPECT_EQ(traffic.Slots(ArmTraffic::Step::kSecond, base::Millis(0)).size(), 300u);
}

}  // namespace
}  // namespace yard::serving
