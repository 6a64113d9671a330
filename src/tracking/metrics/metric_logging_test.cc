// What is logged comes back, from wherever it lies at the moment: tail, pack, chunk, after a
// restart.
#include <bit>
#include <cmath>
#include <limits>

#include "tracking/metrics/history.h"
#include "tracking/tracking_fixture.h"

namespace yard::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class MetricLoggingTest : public TrackingTest {
 protected:
  SeriesPoint Latest(const RunId& run, const std::string& key) {
    const auto read = runs().Get(run);
    for (const LatestMetric& metric : read->metrics) {
      if (metric.key == key) return metric.point;
    }
    ADD_FAILURE() << "no metric " << key;
    return {};
  }
  void LogMany(const RunId& run, const std::string& key, int count, int first_step = 0) {
    std::vector<MetricPoint> points;
    for (int i = 0; i < count; ++i) {
      const int step = first_step + i;
      points.push_back({key, 1.0 / (step + 1), step, base::Millis(1000 + step), "", "", ""});
      if (points.size() < 1000 && i + 1 < count) continue;
      EXPECT_DONE(runs().LogMetrics(run, points));
      points.clear();
    }
  }
  int64_t Count(const std::string& table) {
    const auto count =
        parts().database.Read([&](storage::Snapshot& snapshot) -> base::Result<int64_t> {
          YARD_ASSIGN_OR_RETURN(const auto row, snapshot.QueryOne("SELECT COUNT(*) FROM " + table));
          return row->Integer(0);
        });
    return *count;
  }
  void ExpectHistory(const RunId& run, const std::string& key, int count) {
    const auto points = History(run, key);
    ASSERT_THAT(points, SizeIs(count));
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<size_t>(i);
      ASSERT_EQ(points[at].step, i);
      ASSERT_EQ(points[at].value, 1.0 / (i + 1));
    }
  }
};

TEST_F(MetricLoggingTest, KeepsEveryValueToTheBitWhereverItLies) {
  const RunId run = NewRunId();
  const std::vector<double> values = {0.0, -0.0, kInfinity, -kInfinity, kNan, 5e-324, 0.1};
  for (size_t i = 0; i < values.size(); ++i) {
    Log(run, "x", values[i], static_cast<int64_t>(i), 1000 + static_cast<int64_t>(i));
  }
  const auto check = [&] {
    const auto points = History(run, "x");
    ASSERT_THAT(points, SizeIs(values.size()));
    for (size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(std::bit_cast<uint64_t>(points[i].value), std::bit_cast<uint64_t>(values[i])) << i;
    }
  };
  check();
  Restart();
  check();
  MergeAll();
  check();
  Restart();
  check();
}

TEST_F(MetricLoggingTest, KeepsAnExactRepeatOnce) {
  const RunId run = NewRunId();
  for (int i = 0; i < 2; ++i) {
    Log(run, "x", 0.5, 3);
    Log(run, "x", kNan, 4);
    Log(run, "x", 0.0, 5);
    Log(run, "x", -0.0, 5);
    MergeAll();
  }
  EXPECT_THAT(History(run, "x"), SizeIs(4));
}

TEST_F(MetricLoggingTest, TakesTheGreatestByStepTimeAndValueAsLatest) {
  const RunId run = NewRunId();
  Log(run, "x", 1, 10, 500);
  Log(run, "x", 2, 9, 900);  // a later arrival of an earlier step
  EXPECT_EQ(Latest(run, "x").value, 1);
  Log(run, "x", 3, 10, 499);
  EXPECT_EQ(Latest(run, "x").value, 1);
  Log(run, "x", 4, 10, 500);
  EXPECT_EQ(Latest(run, "x").value, 4);
  MergeAll();
  Log(run, "x", 5, 1, 1000);
  EXPECT_EQ(Latest(run, "x").value, 4);
  Log(run, "x", 6, 11, 0);
  EXPECT_EQ(Latest(run, "x").value, 6);
}

TEST_F(MetricLoggingTest, SortsAHistoryByTime) {
  const RunId run = NewRunId();
  Log(run, "x", 1, 0, 300);
  Log(run, "x", 2, 1, 100);
  Log(run, "x", 3, 2, 200);
  std::vector<double> values;
  for (const SeriesPoint& point : History(run, "x")) values.push_back(point.value);
  EXPECT_THAT(values, ElementsAre(2, 3, 1));
}

TEST_F(MetricLoggingTest, HasNoHistoryForAnUnknownRunOrKey) {
  EXPECT_THAT(History("nope", "x"), SizeIs(0));
  EXPECT_THAT(History(NewRunId(), "x"), SizeIs(0));
}

TEST_F(MetricLoggingTest, RefusesNegativeTimes) {
  const RunId run = NewRunId();
  const MetricPoint point{"x", 1, 0, base::Millis(-1), "", "", ""};
  EXPECT_THAT(runs().LogMetrics(run, {&point, 1}), HasReason("bad_timestamp"));
}

TEST_F(MetricLoggingTest, MergesThinSeriesIntoOnePackARun) {
  const RunId run = NewRunId();
  for (int key = 0; key < 20; ++key) LogMany(run, "k" + std::to_string(key), 50);
  MergeAll();
  EXPECT_EQ(Count("metric_segment"), 0);
  EXPECT_EQ(Count("metric_pack"), 1);
  EXPECT_EQ(Count("metric_chunk"), 0);
  for (int key = 0; key < 20; ++key) ExpectHistory(run, "k" + std::to_string(key), 50);
  LogMany(run, "k0", 50, 50);
  MergeAll();
  EXPECT_EQ(Count("metric_pack"), 1);
  ExpectHistory(run, "k0", 100);
}

TEST_F(MetricLoggingTest, MergesLongSeriesIntoChunks) {
  const RunId run = NewRunId();
  LogMany(run, "loss", 10'000);
  LogMany(run, "thin", 10);
  MergeAll();
  EXPECT_EQ(Count("metric_segment"), 0);
  EXPECT_GE(Count("metric_chunk"), 3);
  EXPECT_EQ(Count("metric_chunk"), Count("metric_chunk_body"));
  ExpectHistory(run, "loss", 10'000);
  ExpectHistory(run, "thin", 10);
  LogMany(run, "loss", 500, 10'000);  // partly in chunks, partly in the tail
  ExpectHistory(run, "loss", 10'500);
  Restart();
  ExpectHistory(run, "loss", 10'500);
  EXPECT_EQ(parts().tail.point_count(), 500U);
}

TEST_F(MetricLoggingTest, PagesAHistory) {
  const RunId run = NewRunId();
  LogMany(run, "loss", 3000);
  MergeAll();
  LogMany(run, "loss", 250, 3000);
  std::string token;
  std::vector<int64_t> steps;
  do {
    const auto page = runs().History({run, "loss", 1000, token});
    ASSERT_TRUE(page.ok());
    for (const SeriesPoint& point : page->points) steps.push_back(point.step);
    token = page->next_page_token;
  } while (!token.empty());
  ASSERT_THAT(steps, SizeIs(3250));
  EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
  EXPECT_THAT(runs().History({run, "loss", 0, ""}), HasReason("bad_max_results"));
  EXPECT_THAT(runs().History({run, "loss", 1, "rubbish"}), HasReason("bad_page_token"));
  const auto other = runs().History({run, "loss", 1, ""});
  EXPECT_THAT(runs().History({run, "acc", 1, other->next_page_token}), HasReason("bad_page_token"));
}

TEST_F(MetricLoggingTest, SamplesSeveralRunsForAChart) {
  const RunId a = NewRunId();
  const RunId b = NewRunId();
  LogMany(a, "loss", 5000);
  Log(a, "loss", 99, 2345);
  Log(a, "loss", -99, 3456);
  LogMany(b, "loss", 12);
  SampleRequest request{{a, "nope", b}, "loss", std::nullopt, 100};
  const auto sampled = runs().Sample(request);
  ASSERT_THAT(*sampled, SizeIs(2));
  const auto& points = (*sampled)[0].points;
  EXPECT_LE(points.size(), 100U);
  EXPECT_EQ(points.front().step, 0);
  EXPECT_EQ(points.back().step, 4999);
  const auto by_value = [](const SeriesPoint& x, const SeriesPoint& y) {
    return x.value < y.value;
  };
  EXPECT_EQ(std::min_element(points.begin(), points.end(), by_value)->value, -99);
  EXPECT_EQ(std::max_element(points.begin(), points.end(), by_value)->value, 99);
  EXPECT_THAT((*sampled)[1].points, SizeIs(12));
  request.step_range = {{10, 11}};
  EXPECT_THAT((*runs().Sample(request))[1].points, SizeIs(2));
  request.max_points = 2501;
  EXPECT_THAT(runs().Sample(request), HasReason("bad_max_results"));
}

TEST(ThinOutTest, TakesTheFirstOfEachShareAndBothEnds) {
  std::vector<StoredPoint> points;
  for (int i = 0; i < 12; ++i) points.push_back({i, i, static_cast<double>(i)});
  std::vector<int64_t> steps;
  for (const StoredPoint& point : ThinOut(points, 4)) steps.push_back(point.step);
  EXPECT_THAT(steps, ElementsAre(0, 3, 6, 11));
  EXPECT_THAT(ThinOut(points, 1), SizeIs(1));
  EXPECT_THAT(ThinOut(points, 2), SizeIs(2));
  EXPECT_THAT(ThinOut({}, 3), SizeIs(0));
}

TEST_F(MetricLoggingTest, GivesAPointToItsModelToo) {
  const RunId run = NewRunId();
  const auto model = models().Create({0, "m", "", run, {}, {}});
  ASSERT_TRUE(model.ok());
  const MetricPoint point{"acc", 0.9, 0, base::Millis(5), model->id, "iris", "d1"};
  EXPECT_DONE(runs().LogMetrics(run, {&point, 1}));
  EXPECT_DONE(runs().LogMetrics(run, {&point, 1}));
  const auto read = models().Get(model->id);
  ASSERT_THAT(read->metrics, SizeIs(1));
  EXPECT_EQ(read->metrics[0].run_id, run);
  EXPECT_EQ(read->metrics[0].dataset_name, "iris");
  EXPECT_EQ(Latest(run, "acc").value, 0.9);
  const MetricPoint lost{"acc", 0.9, 1, base::Millis(5), "m-none", "", ""};
  EXPECT_THAT(runs().LogMetrics(run, {&lost, 1}), HasReason("logged_model_not_found"));
  EXPECT_THAT(History(run, "acc"), SizeIs(1));  // the refused call left nothing behind
}

}  // namespace
}  // namespace yard::tracking
