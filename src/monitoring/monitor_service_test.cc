#include "monitoring/monitor_service.h"

#include <cmath>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/events.h"
#include "base/json/value.h"
#include "base/telemetry.h"
#include "monitoring/baseline.h"
#include "monitoring/events.h"
#include "monitoring/model_predictor.h"
#include "monitoring/prediction_history.h"
#include "monitoring/schema.h"
#include "monitoring/training_data.h"
#include "monitoring/webhook.h"
#include "registry/events.h"
#include "serving/events.h"
#include "storage/sqlite_database.h"
#include "storage/temporary_folder.h"

namespace yard::monitoring {
namespace {

using serving::PredictionRecord;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kOctober = 875'664'000'000;  // 1997-10-01
constexpr int64_t kNovember = kOctober + 31 * kDayMs;
constexpr int64_t kDecember = kNovember + 30 * kDayMs;

/// Keeps predictions in memory, in order of arrival.
class MemoryHistory final : public PredictionHistory {
 public:
  void Add(PredictionRecord record) {
    const std::lock_guard lock(mutex_);
    records_.push_back(std::move(record));
  }
  void Flush() override {}
  base::Result<void> Scan(std::string_view endpoint, base::Millis from, base::Millis until,
                          Visit visit) override {
    std::multimap<int64_t, PredictionRecord> ordered;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& record : records_) {
        if (record.source->endpoint == endpoint && record.event_time >= from &&
            record.event_time < until) {
          ordered.emplace(record.event_time.value, record);
        }
      }
    }
    for (const auto& [time, record] : ordered) YARD_RETURN_IF_ERROR(visit(record));
    return {};
  }
  base::Result<std::vector<std::optional<Place>>> Find(
      std::span<const std::string> request_ids) override {
    std::vector<std::optional<Place>> places(request_ids.size());
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < request_ids.size(); ++i) {
      for (const auto& record : records_) {
        if (record.request_id == request_ids[i]) {
          places[i] = Place{record.source->endpoint, record.event_time};
        }
      }
    }
    return places;
  }
  base::Result<std::optional<Extent>> ExtentOf(std::string_view endpoint) override {
    std::optional<Extent> extent;
    const std::lock_guard lock(mutex_);
    for (const auto& record : records_) {
      if (record.source->endpoint != endpoint) continue;
      if (!extent) extent = Extent{record.event_time, record.event_time};
      extent->oldest = std::min(extent->oldest, record.event_time);
      extent->newest = std::max(extent->newest, record.event_time);
    }
    return extent;
  }

 private:
  std::mutex mutex_;
  std::vector<PredictionRecord> records_;
};

columnar::Numbers Normal(size_t count, double mean, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(mean, 1);
  columnar::Numbers numbers(count);
  for (double& number : numbers) number = normal(random);
  return numbers;
}

columnar::Table TrainingTable() {
  columnar::Table table;
  table.row_count = 1000;
  table.columns.push_back({"age", Normal(1000, 0, 1)});
  table.columns.push_back({"spend", Normal(1000, 0, 2)});
  return table;
}

class FixedTrainingData final : public TrainingData {
 public:
  bool is_there = true;
  base::Result<Found> Load(std::string_view, std::string_view) override {
    if (!is_there) return base::NotFound("none").WithReason("no_training_data");
    return Found{TrainingTable(), "1/run/artifacts/train.parquet"};
  }
};

double Score(double age) { return 1 / (1 + std::exp(-age)); }

class LogisticPredictor final : public ModelPredictor {
 public:
  base::Result<columnar::Column> Predict(std::string_view, std::string_view,
                                         const columnar::Table& table) override {
    columnar::Numbers scores;
    for (const double age : std::get<columnar::Numbers>(table.Find("age")->cells)) {
      scores.push_back(Score(age));
    }
    return columnar::Column{"prediction", scores};
  }
};

class RecordingWebhooks final : public WebhookSender {
 public:
  int failures_left = 0;
  base::Error failure = base::Unavailable("no one is there");
  base::Result<void> Post(const std::string& url, const std::string& body) override {
    const std::lock_guard lock(mutex);
    urls.push_back(url);
    if (failures_left-- > 0) return failure;
    bodies.push_back(body);
    return {};
  }
  std::mutex mutex;
  std::vector<std::string> urls;
  std::vector<std::string> bodies;
};

class MonitorServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    database_ = storage::OpenSqlite(folder_.path() / "modelyard.db").value();
    const storage::SchemaComponent components[] = {MonitoringSchema()};
    ASSERT_TRUE(storage::Migrate(*database_, clock_, components).ok());
    StartService();
    MonitorSettings settings;
    settings.window = Window::kMonth;
    settings.webhook_url = "http://receiver/hook";
    ASSERT_TRUE(service_->ChangeSettings("churn", settings).ok());
  }
  void TearDown() override { service_.reset(); }

  void StartService() {
    service_ = MonitorService::Start({*database_, history_, training_data_, predictor_, webhooks_,
                                      clock_, events_, telemetry_})
                   .value();
  }

  std::shared_ptr<const serving::PredictionSource> SourceOf(const std::string& arm,
                                                            const std::string& version) {
    auto& source = sources_[arm + version];
    if (source == nullptr) {
      source = std::make_shared<serving::PredictionSource>(serving::PredictionSource{
          "churn",
          arm,
          "churn",
          version,
          true,
          {"0", "1"},
          {{"age", serving::FeatureKind::kNumber}, {"spend", serving::FeatureKind::kNumber}}});
    }
    return source;
  }

  struct Batch {
    int64_t start_ms = kOctober;
    double age = 0;  // its mean
    std::string version = "1";
    size_t count = 500;
    bool inverted = false;  // the model answers the opposite
    std::string arm = "champion";
  };
  /// Answers `count` requests and tells the service.
  void Predict(const Batch& batch) {
    const auto ages = Normal(batch.count, batch.age, ++seed_);
    const auto spends = Normal(batch.count, 0, ++seed_);
    for (size_t i = 0; i < batch.count; ++i) {
      PredictionRecord record;
      record.source = SourceOf(batch.arm, batch.version);
      record.request_id = "r" + std::to_string(request_++);
      record.event_time = base::Millis(batch.start_ms + static_cast<int64_t>(i));
      const double score = batch.inverted ? std::pow(1 - Score(ages[i]), 3) : Score(ages[i]);
      record.score = score;
      record.value = score > 0.5 ? 1 : 0;
      record.features.numbers = {ages[i], spends[i]};
      truth_.push_back({record.request_id, ages[i] > 0 ? "1" : "0"});
      history_.Add(std::move(record));
    }
    events_.Publish(serving::PredictionsLogged{
        "churn", batch.count,
        base::Millis(batch.start_ms + static_cast<int64_t>(batch.count) - 1)});
    service_->WaitUntilIdle();
  }

  storage::TemporaryFolder folder_;
  base::ManualClock clock_;
  base::EventBus events_;
  base::Telemetry telemetry_;
  MemoryHistory history_;
  FixedTrainingData training_data_;
  LogisticPredictor predictor_;
  RecordingWebhooks webhooks_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<MonitorService> service_;
  std::map<std::string, std::shared_ptr<const serving::PredictionSource>> sources_;
  std::vector<Label> truth_;
  uint64_t seed_ = 100;
  int request_ = 0;
};

TEST_F(MonitorServiceTest, ClosesAPaneWhenAPredictionOfALaterOneArrives) {
  Predict({.start_ms = kOctober});
  EXPECT_EQ(service_->List()->at(0).status, "no_data");
  Predict({.start_ms = kNovember});
  const auto summary = service_->List()->at(0);
  EXPECT_EQ(summary.status, "ok");
  EXPECT_EQ(summary.last_pane, "1997-10");
  const auto monitor = service_->Get("churn");
  ASSERT_EQ(monitor->panes.size(), 2u);
  EXPECT_TRUE(monitor->panes[0].is_closed);
  EXPECT_EQ(monitor->panes[0].rows, 500);
  EXPECT_FALSE(monitor->panes[1].is_closed);
  EXPECT_EQ(monitor->panes[1].rows, 500);
}

TEST_F(MonitorServiceTest, FindsTheFeatureThatDriftedAndTellsEveryone) {
  std::vector<std::string> told;
  const auto subscription = events_.Subscribe<AlertChanged>(
      [&](const AlertChanged& event) { told.push_back(event.feature); });
  Predict({.age = 1});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  service_->WaitUntilIdle();
  const auto pane = service_->GetPane("churn", "1997-10");
  ASSERT_TRUE(pane.ok());
  EXPECT_EQ(pane->status, "drift");
  EXPECT_THAT(pane->drifted_features, ElementsAre("age", "prediction"));
  EXPECT_THAT(told, ElementsAre("age", "prediction"));
  const auto alerts = service_->Alerts();
  ASSERT_EQ(alerts->size(), 2u);
  EXPECT_EQ(alerts->at(0).state, AlertState::kFiring);
  ASSERT_TRUE(alerts->at(0).delivery.has_value());
  EXPECT_TRUE(alerts->at(0).delivery->is_delivered);
  ASSERT_EQ(webhooks_.bodies.size(), 1u);
  EXPECT_EQ(base::json::Parse(webhooks_.bodies[0]).value()["alerts"].as_array()->size(), 2u);
  auto& detected = telemetry_.GaugeFamily("yard_feature_drift_detected", "");
  EXPECT_EQ(detected.With({"churn", "churn", "1", "age"}).value(), 1);
  EXPECT_EQ(detected.With({"churn", "churn", "1", "spend"}).value(), 0);
}

TEST_F(MonitorServiceTest, ResolvesTheAlertWhenTheDriftIsOver) {
  Predict({.age = 1});
  Predict({.start_ms = kNovember});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kDecember)).ok());
  service_->WaitUntilIdle();
  const auto alerts = service_->Alerts();
  for (const auto& alert : *alerts) EXPECT_EQ(alert.state, AlertState::kResolved);
  EXPECT_EQ(webhooks_.bodies.size(), 2u);
}

TEST_F(MonitorServiceTest, TriesTheWebhookAgainUntilItAnswers) {
  webhooks_.failures_left = 2;
  Predict({.age = 1});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  for (int i = 0; i < 5 && webhooks_.bodies.empty(); ++i) {
    service_->WaitUntilIdle();
    clock_.Advance(std::chrono::seconds(10));
  }
  EXPECT_EQ(webhooks_.bodies.size(), 1u);
  EXPECT_EQ(service_->Alerts()->at(0).delivery->attempts, 3);
}

TEST_F(MonitorServiceTest, KeepsTheOrderOfMessagesThatHaveToWait) {
  webhooks_.failures_left = 1;
  Predict({.age = 1});
  Predict({.start_ms = kNovember});
  clock_.Advance(std::chrono::milliseconds(10));
  ASSERT_TRUE(service_->Close("churn", base::Millis(kDecember)).ok());
  for (int i = 0; i < 5 && webhooks_.bodies.size() < 2; ++i) {
    service_->WaitUntilIdle();
    clock_.Advance(std::chrono::seconds(10));
  }
  ASSERT_EQ(webhooks_.bodies.size(), 2u);
  EXPECT_EQ(base::json::Parse(webhooks_.bodies[0]).value()["status"].string_or(""), "firing");
  EXPECT_EQ(base::json::Parse(webhooks_.bodies[1]).value()["status"].string_or(""), "resolved");
}

TEST_F(MonitorServiceTest, GivesUpAMessageThatTheReceiverRefuses) {
  webhooks_.failures_left = 1;
  webhooks_.failure = base::FailedPrecondition("refused");
  Predict({.age = 1});
  Predict({.start_ms = kNovember});
  clock_.Advance(std::chrono::milliseconds(10));
  ASSERT_TRUE(service_->Close("churn", base::Millis(kDecember)).ok());
  service_->WaitUntilIdle();
  ASSERT_EQ(webhooks_.bodies.size(), 1u);
  EXPECT_EQ(base::json::Parse(webhooks_.bodies[0]).value()["status"].string_or(""), "resolved");
}

TEST_F(MonitorServiceTest, SendsAfterARestartWhatWasNotDelivered) {
  webhooks_.failures_left = 1;
  Predict({.age = 1});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  service_->WaitUntilIdle();
  service_.reset();
  EXPECT_THAT(webhooks_.bodies, IsEmpty());
  clock_.Advance(std::chrono::seconds(10));
  StartService();
  service_->WaitUntilIdle();
  EXPECT_EQ(webhooks_.bodies.size(), 1u);
}

TEST_F(MonitorServiceTest, ClosesAfterARestartWhatWasLeftOpen) {
  Predict({.age = 1});
  service_.reset();
  StartService();
  Predict({.start_ms = kNovember});
  EXPECT_EQ(service_->List()->at(0).status, "drift");
}

TEST_F(MonitorServiceTest, JudgesAPaneAnewWhenItsLabelsCome) {
  Predict({});
  Predict({.start_ms = kNovember});
  EXPECT_EQ(service_->GetPane("churn", "1997-10")->arms[0].labelled, 0);
  const std::vector<Label> october(truth_.begin(), truth_.begin() + 500);
  const auto outcome = service_->AddLabels("churn", october);
  EXPECT_EQ(outcome->accepted, 500);
  EXPECT_EQ(outcome->unknown, 0);
  service_->WaitUntilIdle();
  const auto arm = service_->GetPane("churn", "1997-10")->arms[0];
  EXPECT_EQ(arm.labelled, 500);
  EXPECT_EQ(arm.accuracy.value, 1);
  EXPECT_EQ(arm.auc.value, 1);
  EXPECT_LT(arm.accuracy.lower, 1);
  EXPECT_EQ(telemetry_.GaugeFamily("yard_label_coverage_ratio", "")
                .With({"churn", "champion", "churn", "1"})
                .value(),
            1);
}

TEST_F(MonitorServiceTest, TakesLabelsBeforeTheirPredictionsAndTheLastOneCounts) {
  std::vector<Label> early;
  for (int i = 0; i < 500; ++i) early.push_back({"r" + std::to_string(i), "1"});
  EXPECT_EQ(service_->AddLabels("churn", early)->unknown, 500);
  Predict({});
  ASSERT_TRUE(service_->AddLabels("churn", truth_).ok());
  Predict({.start_ms = kNovember});
  EXPECT_EQ(service_->GetPane("churn", "1997-10")->arms[0].accuracy.value, 1);
}

TEST_F(MonitorServiceTest, SeesAtOnceThatAnotherVersionAnswersDifferently) {
  Predict({.version = "1"});
  Predict({.start_ms = kOctober + 1000, .version = "3", .count = 200, .inverted = true});
  const auto pane = service_->GetPane("churn", "1997-10");
  ASSERT_TRUE(pane.ok());
  EXPECT_FALSE(pane->is_closed);
  ASSERT_EQ(pane->arms.size(), 2u);
  EXPECT_EQ(pane->arms[1].version, "3");
  EXPECT_EQ(pane->arms[1].against_reference->verdict, Verdict::kDrift);
  EXPECT_THAT(pane->drifted_features, Contains("prediction of champion/3"));
}

TEST_F(MonitorServiceTest, ShowsThatAnotherArmDiffersWithoutAnAlarm) {
  Predict({});
  Predict({.start_ms = kOctober + 1000,
           .version = "2",
           .count = 200,
           .inverted = true,
           .arm = "challenger"});
  const auto pane = service_->GetPane("churn", "1997-10");
  EXPECT_EQ(pane->arms[1].against_reference->verdict, Verdict::kDrift);
  EXPECT_THAT(pane->drifted_features, IsEmpty());
}

TEST_F(MonitorServiceTest, CountsLateRowsIntoTheirPane) {
  Predict({});
  Predict({.start_ms = kNovember});
  Predict({.start_ms = kOctober + kDayMs, .count = 100});
  EXPECT_EQ(service_->GetPane("churn", "1997-10")->rows, 600);
}

TEST_F(MonitorServiceTest, MakesTheBaselineWhenAVersionIsCreated) {
  EXPECT_EQ(service_->GetBaseline("churn", "7").error().reason(), "baseline_not_found");
  events_.Publish(registry::VersionCreated{"churn", 7, "", "run", ""});
  service_->WaitUntilIdle();
  const auto baseline = service_->GetBaseline("churn", "7");
  ASSERT_TRUE(baseline.ok());
  EXPECT_EQ(baseline->rows, 1000);
  EXPECT_TRUE(baseline->prediction.has_value());
  EXPECT_EQ(baseline->source, "1/run/artifacts/train.parquet");
}

TEST_F(MonitorServiceTest, WorksWithoutABaselineAndTakesOneByHand) {
  training_data_.is_there = false;
  Predict({});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  EXPECT_EQ(service_->List()->at(0).status, "no_baseline");
  ASSERT_TRUE(service_->SetBaseline("churn", "1", TrainingTable()).ok());
  Predict({.start_ms = kOctober + kDayMs, .count = 10});
  EXPECT_EQ(service_->GetPane("churn", "1997-10")->status, "ok");
}

TEST_F(MonitorServiceTest, DoesNotJudgeAHandfulOfRows) {
  Predict({.age = 5, .count = 20});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  const auto pane = service_->GetPane("churn", "1997-10");
  EXPECT_EQ(pane->status, "insufficient_data");
  EXPECT_EQ(pane->features.at(0).verdict, Verdict::kInsufficientData);
}

TEST_F(MonitorServiceTest, RefusesWithTypedErrors) {
  EXPECT_EQ(service_->Get("nobody").error().reason(), "monitor_not_found");
  EXPECT_EQ(service_->GetPane("churn", "1997-10").error().reason(), "pane_not_found");
  EXPECT_EQ(service_->GetPane("churn", "october").error().reason(), "bad_pane_id");
  MonitorSettings settings;
  settings.alpha = 2;
  EXPECT_EQ(service_->ChangeSettings("churn", settings).error().reason(), "bad_setting");
  EXPECT_EQ(service_->AddLabels("churn", std::vector<Label>{{"", "1"}}).error().reason(),
            "bad_label");
  EXPECT_EQ(service_->SetBaseline("churn", "1", columnar::Table()).error().reason(),
            "empty_baseline");
}

TEST_F(MonitorServiceTest, ForgetsADeletedEndpoint) {
  Predict({.age = 1});
  ASSERT_TRUE(service_->Close("churn", base::Millis(kNovember)).ok());
  events_.Publish(
      serving::EndpointChanged{"churn", serving::EndpointAction::kDeleted, "", "", "", ""});
  service_->WaitUntilIdle();
  EXPECT_EQ(service_->Get("churn").error().reason(), "monitor_not_found");
  EXPECT_THAT(*service_->Alerts(), IsEmpty());
}

}  // namespace
}  // namespace yard::monitoring
