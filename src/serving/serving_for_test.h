#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/events.h"
#include "base/ids.h"
#include "base/telemetry.h"
#include "serving/fake_models_for_test.h"
#include "serving/prediction_log.h"
#include "serving/serving_service.h"
#include "storage/sqlite_database.h"

namespace yard::serving {

/// For tests: a serving service with its log on databases in a folder of its own, and fake models.
class ServingForTest {
 public:
  explicit ServingForTest(ServingOptions options = {}) {
    std::filesystem::create_directories(folder_);
    Start(std::move(options));
  }
  ~ServingForTest() {
    Stop();
    std::filesystem::remove_all(folder_);
  }
  ServingForTest(const ServingForTest&) = delete;
  ServingForTest& operator=(const ServingForTest&) = delete;

  void Start(ServingOptions options = {}) {
    database_ = OpenDatabase("modelyard.db");
    log_database_ = OpenDatabase("predictions.db");
    log_ = *PredictionLog::Open(*log_database_, clock_, events_, telemetry_);
    service_ = *ServingService::Open({*database_, models_, clock_, events_, telemetry_, log_.get()},
                                     std::move(options));
  }
  void Stop() {
    service_.reset();
    log_.reset();
    database_.reset();
    log_database_.reset();
  }

  ServingService& service() { return *service_; }
  PredictionLog& log() { return *log_; }
  FakeModels& models() { return models_; }
  base::ManualClock& clock() { return clock_; }
  base::EventBus& events() { return events_; }
  base::Telemetry& telemetry() { return telemetry_; }

 private:
  std::unique_ptr<storage::Database> OpenDatabase(const std::string& name) {
    storage::SqliteOptions unflushed;
    unflushed.durability = storage::Durability::kUnflushed;
    auto database = storage::OpenSqlite(folder_ / name, unflushed);
    EXPECT_TRUE(database.ok()) << database.error().ToString();
    return *std::move(database);
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("serving_" + base::RandomHex(8));
  base::ManualClock clock_;
  base::EventBus events_;
  base::Telemetry telemetry_;
  FakeModels models_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<storage::Database> log_database_;
  std::unique_ptr<PredictionLog> log_;
  std::unique_ptr<ServingService> service_;
};

}  // namespace yard::serving
