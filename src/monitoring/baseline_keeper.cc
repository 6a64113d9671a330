#include "monitoring/baseline_keeper.h"

#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "base/events.h"
#include "base/log.h"
#include "monitoring/events.h"
#include "monitoring/model_predictor.h"
#include "monitoring/monitor_store.h"
#include "monitoring/training_data.h"
#include "storage/database.h"

namespace yard::monitoring {
namespace {

constexpr size_t kKeptInMemory = 8;
constexpr int64_t kRetryAfterMs = 5 * 60'000;

}  // namespace

BaselineKeeper::BaselineKeeper(storage::Database& database, TrainingData& training_data,
                               ModelPredictor& predictor, const base::Clock& clock,
                               const base::EventBus& events)
    : database_(database),
      training_data_(training_data),
      predictor_(predictor),
      clock_(clock),
      events_(events) {}

base::Result<std::shared_ptr<const Baseline>> BaselineKeeper::Find(std::string_view model,
                                                                   std::string_view version) {
  const Key key(model, version);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = recent_.find(key); known != recent_.end()) return known->second;
  }
  YARD_ASSIGN_OR_RETURN(auto stored, database_.Read([&](storage::Snapshot& snapshot) {
    return FindBaseline(snapshot, model, version);
  }));
  if (!stored) return std::shared_ptr<const Baseline>();
  auto baseline = std::make_shared<const Baseline>(*std::move(stored));
  const std::lock_guard lock(mutex_);
  if (recent_.size() >= kKeptInMemory) recent_.clear();
  recent_[key] = baseline;
  return std::shared_ptr<const Baseline>(baseline);
}

base::Result<void> BaselineKeeper::Make(std::string_view model, std::string_view version,
                                        const columnar::Table& table, std::string source) {
  YARD_ASSIGN_OR_RETURN(Baseline baseline, MakeBaseline(table));
  baseline.model = std::string(model);
  baseline.version = std::string(version);
  baseline.source = std::move(source);
  baseline.created = clock_.Now();
  const auto predicted = predictor_.Predict(model, version, table);
  if (predicted.ok()) {
    baseline.prediction = MakeReferenceColumn(*predicted);
  } else {
    base::Log(base::LogLevel::kWarning, "the baseline has no predictions",
              {{"model", baseline.model},
               {"version", baseline.version},
               {"reason", predicted.error().ToString()}});
  }
  YARD_RETURN_IF_ERROR(database_.Write(
      [&](storage::Transaction& transaction) { return PutBaseline(transaction, baseline); }));
  {
    const std::lock_guard lock(mutex_);
    recent_.erase({baseline.model, baseline.version});
  }
  base::Log(base::LogLevel::kInfo, "baseline made",
            {{"model", baseline.model},
             {"version", baseline.version},
             {"rows", std::to_string(baseline.rows)},
             {"source", baseline.source}});
  events_.Publish(BaselineSet{baseline.model, baseline.version});
  return {};
}

base::Result<bool> BaselineKeeper::MakeFromTrainingData(std::string_view model,
                                                        std::string_view version) {
  YARD_ASSIGN_OR_RETURN(const auto known, Find(model, version));
  if (known != nullptr) return true;
  const Key key(model, version);
  {
    const std::lock_guard lock(mutex_);
    const auto tried = tried_.find(key);
    const int64_t now = clock_.Now().value;
    if (tried != tried_.end() && now - tried->second.value < kRetryAfterMs) return false;
    tried_[key] = base::Millis(now);
  }
  auto found = training_data_.Load(model, version);
  if (!found.ok() && found.error().reason() == "no_training_data") return false;
  if (!found.ok()) return std::move(found).error();
  YARD_RETURN_IF_ERROR(Make(model, version, found->table, found->source));
  return true;
}

}  // namespace yard::monitoring
