#include <string>

#include "tracking/run_store.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

std::optional<int64_t> ValueOf(const std::optional<base::Millis>& time) {
  if (!time) return std::nullopt;
  return time->value;
}

}  // namespace

base::Result<RunNumber> RunWriter::Insert(const RunInfo& info, int64_t ordinal) {
  return FirstInteger(transaction_.QueryOne(
      "INSERT INTO run (uuid, experiment, ordinal, name, owner, status, stage, start_time) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
      info.id, info.experiment_id, ordinal, info.name, info.user, static_cast<int>(info.status),
      static_cast<int>(info.stage), info.start_time.value));
}

base::Result<void> RunWriter::UpdateInfo(RunNumber run, const RunInfo& info) {
  return WithoutCount(
      transaction_.Run("UPDATE run SET name = ?, status = ?, end_time = ? WHERE id = ?", info.name,
                       static_cast<int>(info.status), ValueOf(info.end_time), run));
}

base::Result<void> RunWriter::SetName(RunNumber run, std::string_view name) {
  return WithoutCount(transaction_.Run("UPDATE run SET name = ? WHERE id = ?", name, run));
}

base::Result<void> RunWriter::SetStage(RunNumber run, LifecycleStage stage) {
  return WithoutCount(
      transaction_.Run("UPDATE run SET stage = ? WHERE id = ?", static_cast<int>(stage), run));
}

base::Result<void> RunWriter::InsertParam(RunNumber run, NameId key, std::string_view value) {
  return WithoutCount(transaction_.Run("INSERT INTO run_param (run, key, value) VALUES (?, ?, ?)",
                                       run, key, value));
}

base::Result<void> RunWriter::UpsertTag(RunNumber run, std::string_view key,
                                        std::string_view value) {
  YARD_ASSIGN_OR_RETURN(const NameId name, names_.Intern(transaction_, key));
  return WithoutCount(
      transaction_.Run("INSERT INTO run_tag (run, key, value) VALUES (?, ?, ?) "
                       "ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
                       run, name, value));
}

base::Result<bool> RunWriter::DeleteTag(RunNumber run, std::string_view key) {
  YARD_ASSIGN_OR_RETURN(const auto name, names_.Find(transaction_, key));
  if (!name) return false;
  YARD_ASSIGN_OR_RETURN(
      const int64_t rows,
      transaction_.Run("DELETE FROM run_tag WHERE run = ? AND key = ?", run, *name));
  return rows > 0;
}

base::Result<int64_t> RunWriter::DatasetId(ExperimentId experiment, const Dataset& dataset) {
  YARD_ASSIGN_OR_RETURN(
      const auto known,
      transaction_.QueryOne(
          "SELECT id FROM dataset WHERE experiment = ? AND name = ? AND digest = ?", experiment,
          dataset.name, dataset.digest));
  if (known) return known->Integer(0);
  return FirstInteger(
      transaction_.QueryOne("INSERT INTO dataset (experiment, name, digest, source_type, source, "
                            "schema, profile) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                            experiment, dataset.name, dataset.digest, dataset.source_type,
                            dataset.source, dataset.schema, dataset.profile));
}

base::Result<void> RunWriter::AddDataset(const RunRef& run, const DatasetInput& input) {
  YARD_ASSIGN_OR_RETURN(const int64_t dataset, DatasetId(run.experiment, input.dataset));
  YARD_ASSIGN_OR_RETURN(
      const auto made, transaction_.QueryOne("INSERT INTO run_dataset (run, dataset) VALUES (?, ?) "
                                             "ON CONFLICT (run, dataset) DO NOTHING RETURNING id",
                                             run.run, dataset));
  if (!made) return {};
  for (const KeyText& tag : input.tags) {
    YARD_RETURN_IF_ERROR(WithoutCount(
        transaction_.Run("INSERT INTO run_dataset_tag (input, key, value) VALUES (?, ?, ?) "
                         "ON CONFLICT (input, key) DO UPDATE SET value = excluded.value",
                         made->Integer(0), tag.key, tag.value)));
  }
  return {};
}

base::Result<void> RunWriter::AddModelInput(RunNumber run, std::string_view model_id) {
  return WithoutCount(
      transaction_.Run("INSERT INTO run_model_input (run, model) VALUES (?, ?) "
                       "ON CONFLICT (run, model) DO NOTHING",
                       run, model_id));
}

base::Result<void> RunWriter::AddModelOutput(RunNumber run, const ModelOutput& output) {
  return WithoutCount(
      transaction_.Run("INSERT INTO run_model_output (run, model, step) VALUES (?, ?, ?) "
                       "ON CONFLICT (run, model) DO NOTHING",
                       run, output.model_id, output.step));
}

}  // namespace yard::tracking
