#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/logged_model.h"
#include "tracking/metric.h"

namespace yard::tracking {

/// A row of table logged_model; the lists of `model` are empty.
struct LoggedModelRow {
  int64_t number = 0;
  LoggedModel model;
};

/// kNotFound "logged_model_not_found".
base::Error LoggedModelNotFound(std::string_view id);

/// Reads logged models: one function per statement.
class LoggedModelReader {
 public:
  explicit LoggedModelReader(storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// Finds deleted models too. Errors: kNotFound "logged_model_not_found".
  base::Result<LoggedModelRow> Find(std::string_view id);
  /// The models of one experiment that are not deleted.
  base::Result<std::vector<LoggedModelRow>> OfExperiment(ExperimentId experiment);
  base::Result<std::optional<std::string>> ParamValue(int64_t model, std::string_view key);
  base::Result<std::optional<std::string>> TagValue(int64_t model, std::string_view key);
  /// In order of key, time and step. With a key: its points only.
  base::Result<std::vector<LoggedModelMetric>> Metrics(int64_t model);
  base::Result<std::vector<LoggedModelMetric>> Metrics(int64_t model, std::string_view key);
  base::Result<int64_t> ParamCount(int64_t model);
  /// The row's model with its lists.
  base::Result<LoggedModel> Whole(const LoggedModelRow& row);

 private:
  base::Result<std::vector<KeyText>> Texts(std::string_view sql, int64_t model);

  storage::Snapshot& snapshot_;
};

/// Writes logged models: one function per statement, no rules.
class LoggedModelWriter {
 public:
  explicit LoggedModelWriter(storage::Transaction& transaction) : transaction_(transaction) {}

  /// Returns the new number.
  base::Result<int64_t> Insert(const LoggedModel& model);
  base::Result<void> SetStatus(int64_t model, LoggedModelStatus status, base::Millis now);
  base::Result<void> SetStage(int64_t model, LifecycleStage stage, base::Millis now);
  base::Result<void> InsertParam(int64_t model, const Param& param);
  base::Result<void> UpsertTag(int64_t model, const Tag& tag);
  base::Result<void> SetUpdated(int64_t model, base::Millis now);
  /// False when there is no such tag.
  base::Result<bool> DeleteTag(int64_t model, std::string_view key);
  /// An exact repeat is kept once.
  base::Result<void> AddMetric(int64_t model, std::string_view run_id, const MetricPoint& point);

 private:
  storage::Transaction& transaction_;
};

}  // namespace yard::tracking
