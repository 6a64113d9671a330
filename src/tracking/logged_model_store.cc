#include "tracking/logged_model_store.h"

#include <bit>
#include <string>

#include "tracking/metrics/point.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

#define YARD_MODEL_COLUMNS                                                                \
  "SELECT id, uuid, experiment, name, artifact_location, status, status_message, stage, " \
  "model_type, source_run, created, updated FROM logged_model "
#define YARD_MODEL_METRIC_COLUMNS                                               \
  "SELECT key, dataset_name, dataset_digest, time, step, value_bits, run FROM " \
  "logged_model_metric "

template <typename AnyRow>
LoggedModelRow ModelOf(const AnyRow& row) {
  LoggedModelRow result;
  result.number = row.Integer(0);
  LoggedModel& model = result.model;
  model.id = std::string(row.Text(1));
  model.experiment_id = row.Integer(2);
  model.name = std::string(row.Text(3));
  model.artifact_location = std::string(row.Text(4));
  model.status = static_cast<LoggedModelStatus>(row.Integer(5));
  model.status_message = std::string(row.Text(6));
  model.stage = static_cast<LifecycleStage>(row.Integer(7));
  model.model_type = std::string(row.Text(8));
  model.source_run_id = std::string(row.Text(9));
  model.created = base::Millis(row.Integer(10));
  model.updated = base::Millis(row.Integer(11));
  return result;
}

LoggedModelMetric MetricOf(const storage::Row& row) {
  LoggedModelMetric metric;
  metric.key = std::string(row.Text(0));
  metric.dataset_name = std::string(row.Text(1));
  metric.dataset_digest = std::string(row.Text(2));
  metric.timestamp = base::Millis(row.Integer(3));
  metric.step = row.Integer(4);
  metric.value = std::bit_cast<double>(row.Integer(5));
  metric.run_id = std::string(row.Text(6));
  return metric;
}

}  // namespace

base::Error LoggedModelNotFound(std::string_view id) {
  return base::NotFound("no such logged model", {"model_id", std::string(id.substr(0, 300))})
      .WithReason("logged_model_not_found");
}

base::Result<LoggedModelRow> LoggedModelReader::Find(std::string_view id) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne(YARD_MODEL_COLUMNS "WHERE uuid = ?", id));
  if (!row) return LoggedModelNotFound(id);
  return ModelOf(*row);
}

base::Result<std::vector<LoggedModelRow>> LoggedModelReader::OfExperiment(ExperimentId experiment) {
  std::vector<LoggedModelRow> models;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      YARD_MODEL_COLUMNS "WHERE experiment = ? AND stage = ?",
      [&models](const storage::Row& row) -> base::Result<void> {
        models.push_back(ModelOf(row));
        return {};
      },
      experiment, static_cast<int>(LifecycleStage::kActive)));
  return models;
}

base::Result<std::optional<std::string>> LoggedModelReader::ParamValue(int64_t model,
                                                                       std::string_view key) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT value FROM logged_model_param WHERE model = ? AND key = ?", model,
                         key));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

base::Result<std::optional<std::string>> LoggedModelReader::TagValue(int64_t model,
                                                                     std::string_view key) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT value FROM logged_model_tag WHERE model = ? AND key = ?", model,
                         key));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

base::Result<std::vector<LoggedModelMetric>> LoggedModelReader::Metrics(int64_t model) {
  std::vector<LoggedModelMetric> metrics;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      YARD_MODEL_METRIC_COLUMNS "WHERE model = ? ORDER BY key, time, step",
      [&metrics](const storage::Row& row) -> base::Result<void> {
        metrics.push_back(MetricOf(row));
        return {};
      },
      model));
  return metrics;
}

base::Result<std::vector<LoggedModelMetric>> LoggedModelReader::Metrics(int64_t model,
                                                                        std::string_view key) {
  std::vector<LoggedModelMetric> metrics;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      YARD_MODEL_METRIC_COLUMNS "WHERE model = ? AND key = ? ORDER BY time, step",
      [&metrics](const storage::Row& row) -> base::Result<void> {
        metrics.push_back(MetricOf(row));
        return {};
      },
      model, key));
  return metrics;
}

base::Result<int64_t> LoggedModelReader::ParamCount(int64_t model) {
  return FirstInteger(
      snapshot_.QueryOne("SELECT COUNT(*) FROM logged_model_param WHERE model = ?", model));
}

base::Result<LoggedModel> LoggedModelReader::Whole(const LoggedModelRow& row) {
  LoggedModel model = row.model;
  YARD_ASSIGN_OR_RETURN(
      model.params,
      Texts("SELECT key, value FROM logged_model_param WHERE model = ? ORDER BY key", row.number));
  YARD_ASSIGN_OR_RETURN(
      model.tags,
      Texts("SELECT key, value FROM logged_model_tag WHERE model = ? ORDER BY key", row.number));
  YARD_ASSIGN_OR_RETURN(model.metrics, Metrics(row.number));
  return model;
}

base::Result<std::vector<KeyText>> LoggedModelReader::Texts(std::string_view sql, int64_t model) {
  std::vector<KeyText> texts;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      sql,
      [&texts](const storage::Row& row) -> base::Result<void> {
        texts.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
        return {};
      },
      model));
  return texts;
}

base::Result<int64_t> LoggedModelWriter::Insert(const LoggedModel& model) {
  return FirstInteger(transaction_.QueryOne(
      "INSERT INTO logged_model (uuid, experiment, name, artifact_location, status, "
      "status_message, stage, model_type, source_run, created, updated) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      model.id, model.experiment_id, model.name, model.artifact_location,
      static_cast<int>(model.status), model.status_message, static_cast<int>(model.stage),
      model.model_type, model.source_run_id, model.created.value, model.updated.value));
}

base::Result<void> LoggedModelWriter::SetStatus(int64_t model, LoggedModelStatus status,
                                                base::Millis now) {
  return WithoutCount(
      transaction_.Run("UPDATE logged_model SET status = ?, updated = ? WHERE id = ?",
                       static_cast<int>(status), now.value, model));
}

base::Result<void> LoggedModelWriter::SetStage(int64_t model, LifecycleStage stage,
                                               base::Millis now) {
  return WithoutCount(
      transaction_.Run("UPDATE logged_model SET stage = ?, updated = ? WHERE id = ?",
                       static_cast<int>(stage), now.value, model));
}

base::Result<void> LoggedModelWriter::SetUpdated(int64_t model, base::Millis now) {
  return WithoutCount(
      transaction_.Run("UPDATE logged_model SET updated = ? WHERE id = ?", now.value, model));
}

base::Result<void> LoggedModelWriter::InsertParam(int64_t model, const Param& param) {
  return WithoutCount(
      transaction_.Run("INSERT INTO logged_model_param (model, key, value) VALUES (?, ?, ?)", model,
                       param.key, param.value));
}

base::Result<void> LoggedModelWriter::UpsertTag(int64_t model, const Tag& tag) {
  return WithoutCount(
      transaction_.Run("INSERT INTO logged_model_tag (model, key, value) VALUES (?, ?, ?) "
                       "ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
                       model, tag.key, tag.value));
}

base::Result<bool> LoggedModelWriter::DeleteTag(int64_t model, std::string_view key) {
  YARD_ASSIGN_OR_RETURN(
      const int64_t rows,
      transaction_.Run("DELETE FROM logged_model_tag WHERE model = ? AND key = ?", model, key));
  return rows > 0;
}

base::Result<void> LoggedModelWriter::AddMetric(int64_t model, std::string_view run_id,
                                                const MetricPoint& point) {
  return WithoutCount(transaction_.Run(
      "INSERT INTO logged_model_metric (model, key, dataset_name, dataset_digest, time, step, "
      "value_bits, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      model, point.key, point.dataset_name, point.dataset_digest, point.timestamp.value, point.step,
      std::bit_cast<int64_t>(WithOneNan(point.value)), run_id));
}

}  // namespace yard::tracking
