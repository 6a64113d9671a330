#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/events.h"
#include "base/ids.h"
#include "storage/sqlite_database.h"
#include "tracking/experiment_service.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"
#include "tracking/tracking_parts.h"
#include "tracking/tracking_store.h"

namespace yard::tracking {

/// A test has a method Run of its own.
using RunData = Run;

/// A server's tracking room on an empty folder, that can be stopped and started.
class TrackingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("yard-tracking-" + base::RandomHex(8));
    std::filesystem::create_directory(folder_);
    Start();
  }
  void TearDown() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    database_options_.durability = storage::Durability::kUnflushed;  // no test cuts the power
    auto database = storage::OpenSqlite(folder_ / "modelyard.db", database_options_);
    ASSERT_TRUE(database.ok()) << database.error().ToString();
    database_ = *std::move(database);
    TrackingOptions options;
    if (has_search_file_) options.search_path = folder_ / "search.db";
    auto store = TrackingStore::Open(*database_, clock_, events_, options);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    store_ = *std::move(store);
    experiments_.emplace(*store_);
    runs_.emplace(*store_);
    models_.emplace(*store_);
  }
  void Stop() {
    store_.reset();
    database_.reset();
  }
  void Restart() {
    Stop();
    Start();
  }

  ExperimentService& experiments() { return *experiments_; }
  RunService& runs() { return *runs_; }
  LoggedModelService& models() { return *models_; }
  base::ManualClock& clock() { return clock_; }
  base::EventBus& events() { return events_; }
  TrackingStore::Parts& parts() { return store_->parts(); }
  const std::filesystem::path& folder() const { return folder_; }

  /// A new run of experiment 0, or of another one.
  RunId NewRunId(ExperimentId experiment = 0) {
    clock_.Advance(std::chrono::milliseconds(1));
    NewRun request;
    request.experiment_id = experiment;
    request.start_time = clock_.Now();
    const auto run = runs().Create(request);
    EXPECT_TRUE(run.ok()) << run.error().ToString();
    return run.ok() ? run->info.id : RunId();
  }

  void Log(const RunId& run, const std::string& key, double value, int64_t step = 0,
           int64_t time = 1000) {
    const MetricPoint point{key, value, step, base::Millis(time), "", "", ""};
    const auto outcome = runs().LogMetrics(run, {&point, 1});
    ASSERT_TRUE(outcome.ok()) << outcome.error().ToString();
  }

  std::vector<SeriesPoint> History(const RunId& run, const std::string& key) {
    const auto history = runs().History({run, key, std::nullopt, ""});
    EXPECT_TRUE(history.ok()) << history.error().ToString();
    return history.ok() ? history->points : std::vector<SeriesPoint>();
  }

  void MergeAll() {
    const auto outcome = parts().merger->MergeAll();
    ASSERT_TRUE(outcome.ok()) << outcome.error().ToString();
  }
  void ApplyColumns() {
    const auto outcome = parts().keeper->ApplyAll();
    ASSERT_TRUE(outcome.ok()) << outcome.error().ToString();
  }

  bool has_search_file_ = true;
  storage::SqliteOptions database_options_;

 private:
  std::filesystem::path folder_;
  base::ManualClock clock_;
  base::EventBus events_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<TrackingStore> store_;
  std::optional<ExperimentService> experiments_;
  std::optional<RunService> runs_;
  std::optional<LoggedModelService> models_;
};

/// Succeeds, and says the error when it does not.
#define EXPECT_DONE(expression)                                                                   \
  do {                                                                                            \
    const auto yard_outcome = (expression);                                                       \
    EXPECT_TRUE(yard_outcome.ok()) << (yard_outcome.ok() ? "" : yard_outcome.error().ToString()); \
  } while (false)

MATCHER_P(HasReason, reason, "fails with reason " + std::string(reason)) {
  if (arg.ok()) {
    *result_listener << "which succeeds";
    return false;
  }
  *result_listener << arg.error().reason() << ": " << arg.error().ToString();
  return arg.error().reason() == reason;
}

}  // namespace yard::tracking
