#include <atomic>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/events.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/telemetry.h"

namespace yard::base {
namespace {

TEST(ResultTest, LeavesWithTheFirstError) {
  const auto inner = []() -> Result<int> { return NotFound("no such run", {"run_id", "x"}); };
  const auto outer = [&]() -> Result<std::string> {
    YARD_ASSIGN_OR_RETURN(const int value, inner());
    return std::to_string(value);
  };
  const auto result = outer();
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().ToString(), "NOT_FOUND: no such run (run_id=x)");
}

TEST(DigestTest, AgreesWithThePublishedVectors) {
  EXPECT_EQ(Sha256Hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");                                  // RFC 4648
  EXPECT_EQ(Base64Encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(*Base64Decode("Zm9v\nYmE="), "fooba");
  EXPECT_FALSE(Base64Decode("Zm9v!").ok());
}

TEST(IdsTest, SortByTimeAndNeverRepeat) {
  ManualClock clock;
  std::set<std::string> ids;
  std::string previous;
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(std::chrono::milliseconds(1));
    const std::string id = NewId(clock);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_LT(previous, id);
    ids.insert(previous = id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(ExecutorTest, RefusesWhatItCannotQueueAndFinishesWhatItTook) {
  std::atomic<int> done{0};
  Executor executor("test", 1, 2);
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    if (executor.TryPost([&done] { ++done; })) ++taken;
  }
  executor.Stop();
  EXPECT_GE(taken, 2);
  EXPECT_EQ(done, taken);
  EXPECT_FALSE(executor.TryPost([] {}));
}

TEST(ExecutorTest, SurvivesATaskThatThrows) {
  std::atomic<bool> done{false};
  Executor executor("test", 1, 10);
  ASSERT_TRUE(executor.TryPost([] { throw 1; }));
  ASSERT_TRUE(executor.TryPost([&done] { done = true; }));
  executor.Stop();
  EXPECT_TRUE(done);
}

struct Ping {
  int value;
};

TEST(EventBusTest, DeliversUntilTheSubscriptionEnds) {
  EventBus bus;
  int sum = 0;
  {
    const auto subscription = bus.Subscribe<Ping>([&sum](const Ping& ping) { sum += ping.value; });
    bus.Publish(Ping{2});
  }
  bus.Publish(Ping{40});
  EXPECT_EQ(sum, 2);
}

TEST(TelemetryTest, BoundsTheSeriesOfAFamily) {
  Telemetry telemetry;
  auto& family = telemetry.CounterFamily("yard_test_total", "test", {"key"});
  for (size_t i = 0; i < Family<Counter>::kMaxSeries + 10; ++i)
    family.With({std::to_string(i)}).Add();
  size_t series = 0;
  family.ForEach([&series](const auto&, const Counter&) { ++series; });
  EXPECT_LE(series, Family<Counter>::kMaxSeries + 1);
  EXPECT_EQ(family.With({"999999"}).value(), 10);
}

TEST(HistogramTest, InterpolatesQuantiles) {
  Histogram histogram({1, 2, 4});
  for (int i = 0; i < 100; ++i) histogram.Observe(1.5);
  EXPECT_NEAR(histogram.Quantile(0.5), 1.5, 1e-9);
}

}  // namespace
}  // namespace yard::base
