#include "serving/prediction_log.h"

#include <cmath>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/events.h"
#include "base/ids.h"
#include "base/telemetry.h"
#include "serving/events.h"
#include "serving/feature_codec.h"
#include "storage/sqlite_database.h"

namespace yard::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PredictionLogTest : public ::testing::Test {
 protected:
  PredictionLogTest() {
    std::filesystem::create_directories(folder_);
    Open({});
  }
  ~PredictionLogTest() override {
    log_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Open(const PredictionLogOptions& options) {
    log_.reset();
    database_.reset();
    storage::SqliteOptions unflushed;
    unflushed.durability = storage::Durability::kUnflushed;
    auto database = storage::OpenSqlite(folder_ / "predictions.db", unflushed);
    ASSERT_TRUE(database.ok()) << database.error().ToString();
    database_ = *std::move(database);
    auto log = PredictionLog::Open(*database_, clock_, events_, telemetry_, options);
    ASSERT_TRUE(log.ok()) << log.error().ToString();
    log_ = *std::move(log);
  }

  LoggedRow Row(std::string request_id, int64_t event_time, double spend = 1.5) const {
    inference::Frame frame;
    frame.row_count = 1;
    frame.columns = {{"spend", inference::NumberColumn{spend}},
                     {"plan", inference::TextColumn{std::string("gold")}}};
    LoggedRow row;
    row.source = source_;
    row.request_id = std::move(request_id);
    row.event_time = base::Millis(event_time);
    row.key = "customer-1";
    row.value = 1;
    row.score = 0.75;
    row.packed_features = PackFeatures(frame, 0);
    return row;
  }

  std::vector<std::string> Scan(int64_t from, int64_t until) {
    std::vector<std::string> ids;
    const auto scanned = log_->Scan("churn", base::Millis(from), base::Millis(until),
                                    [&](const PredictionRecord& record) -> base::Result<void> {
                                      ids.push_back(record.request_id);
                                      return {};
                                    });
    EXPECT_TRUE(scanned.ok());
    return ids;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("prediction_log_" + base::RandomHex(8));
  base::ManualClock clock_;
  base::EventBus events_;
  base::Telemetry telemetry_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<PredictionLog> log_;
  std::shared_ptr<const PredictionSource> source_ = std::make_shared<const PredictionSource>(
      PredictionSource{"churn",
                       "champion",
                       "churn",
                       "3",
                       true,
                       {"0", "1"},
                       {{"spend", FeatureKind::kNumber}, {"plan", FeatureKind::kText}}});
};

TEST_F(PredictionLogTest, ScansHalfOpenRangesInOrderOfEventTime) {
  for (const auto& [id, time] : {std::pair("c", 300), {"a", 100}, {"b", 200}, {"b2", 200}}) {
    ASSERT_TRUE(log_->Append(Row(id, time)));
  }
  log_->Flush();
  EXPECT_THAT(Scan(100, 300), ElementsAre("a", "b", "b2"));
  EXPECT_THAT(Scan(301, 1000), IsEmpty());
}

TEST_F(PredictionLogTest, GivesBackWhatWasLogged) {
  log_->Append(Row("r1", 100));
  log_->Flush();
  const std::vector<std::string> ids = {"unknown", "r1"};
  const auto found = log_->Find(ids);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE((*found)[0].has_value());
  const PredictionRecord& record = (*found)[1].value();
  EXPECT_EQ(*record.source, *source_);
  EXPECT_EQ(record.key, "customer-1");
  EXPECT_EQ(record.PredictionText(), "1");
  EXPECT_EQ(record.score, 0.75);
  EXPECT_EQ(record.features.numbers[0], 1.5);
  EXPECT_EQ(record.features.texts[1], "gold");
}

TEST_F(PredictionLogTest, FindsTheNewestRowOfARepeatedRequestId) {
  log_->Append(Row("r1", 100, 1));
  log_->Append(Row("r1", 50, 2));
  log_->Flush();
  const std::vector<std::string> ids = {"r1"};
  EXPECT_EQ((*log_->Find(ids))[0]->features.numbers[0], 2);
}

TEST_F(PredictionLogTest, KeepsTextLabelsApartFromNumbers) {
  LoggedRow row = Row("r1", 100);
  row.text = "setosa";
  row.value = std::nan("");
  log_->Append(std::move(row));
  log_->Flush();
  const auto newest = log_->Newest("churn", 1);
  ASSERT_TRUE(newest.ok());
  EXPECT_EQ(newest->front().PredictionText(), "setosa");
  EXPECT_TRUE(std::isnan(newest->front().value));
}

TEST_F(PredictionLogTest, AnnouncesEachBatchAfterItIsWritten) {
  std::vector<PredictionsLogged> heard;
  const auto subscription =
      events_.Subscribe<PredictionsLogged>([&](const PredictionsLogged& event) {
        EXPECT_EQ(Scan(0, 1000).size(), 2u);
        heard.push_back(event);
      });
  log_->AppendAll({});
  std::vector<LoggedRow> rows;
  rows.push_back(Row("a", 500));
  rows.push_back(Row("b", 400));
  log_->AppendAll(std::move(rows));
  log_->Flush();
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].count, 2u);
  EXPECT_EQ(heard[0].newest_event_time, base::Millis(500));
}

TEST_F(PredictionLogTest, DropsAndCountsWhatTheQueueCannotTake) {
  PredictionLogOptions small;
  small.queue_limit = 2;
  small.gather_time = std::chrono::hours(1);
  Open(small);
  std::vector<LoggedRow> rows;
  for (const char* id : {"a", "b", "c"}) rows.push_back(Row(id, 1));
  EXPECT_FALSE(log_->AppendAll(std::move(rows)));
  EXPECT_EQ(log_->dropped(), 3u);
  EXPECT_TRUE(log_->Append(Row("d", 1)));
  log_->Flush();
  EXPECT_THAT(Scan(0, 10), ElementsAre("d"));
}

TEST_F(PredictionLogTest, KeepsRowsOverARestart) {
  log_->Append(Row("a", 1));
  Open({});
  log_->Append(Row("b", 1));
  log_->Flush();
  EXPECT_THAT(Scan(0, 10), ElementsAre("a", "b"));
}

TEST_F(PredictionLogTest, RemovesOnlyWhatIsOldByBothTimes) {
  PredictionLogOptions short_lived;
  short_lived.retention = std::chrono::hours(1);
  Open(short_lived);
  const int64_t now = clock_.Now().value;
  log_->Append(Row("old", now - 10'000));
  log_->Flush();
  clock_.Advance(std::chrono::hours(2));
  log_->Append(Row("replayed", 1'000));  // an old event that was logged just now
  log_->Append(Row("new", clock_.Now().value));
  log_->Flush();
  const auto removed = log_->RemoveExpired();
  ASSERT_TRUE(removed.ok()) << removed.error().ToString();
  EXPECT_THAT(Scan(0, clock_.Now().value + 1), ElementsAre("replayed", "new"));
}

TEST_F(PredictionLogTest, KnowsTheExtentOfAnEndpoint) {
  EXPECT_FALSE(log_->ExtentOf("churn")->has_value());
  log_->Append(Row("a", 7));
  log_->Append(Row("b", 3));
  log_->Flush();
  const auto extent = log_->ExtentOf("churn");
  ASSERT_TRUE(extent.ok() && extent->has_value());
  EXPECT_EQ((*extent)->oldest, base::Millis(3));
  EXPECT_EQ((*extent)->newest, base::Millis(7));
}

TEST_F(PredictionLogTest, TakesRowsOfManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 500; ++i) log_->Append(Row(std::to_string(t * 500 + i), i));
    });
  }
  for (auto& thread : threads) thread.join();
  log_->Flush();
  EXPECT_EQ(Scan(0, 500).size(), 2'000u);
}

}  // namespace
}  // namespace yard::serving
