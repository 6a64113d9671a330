#include <algorithm>
#include <string>

#include "tracking/run_cache.h"
#include "tracking/run_store.h"

namespace yard::tracking {
namespace {

#define YARD_RUN_COLUMNS                                                                  \
  "SELECT r.id, r.experiment, r.ordinal, r.uuid, r.name, r.owner, r.status, r.stage, "    \
  "r.start_time, r.end_time, e.artifact_location FROM run r JOIN experiment e ON e.id = " \
  "r.experiment "

RunRow RowOf(const storage::OwnedRow& row) {
  RunRow run;
  run.ref = {row.Integer(0), row.Integer(1), row.Integer(2)};
  run.info.experiment_id = row.Integer(1);
  run.info.id = row.Text(3);
  run.info.name = row.Text(4);
  run.info.user = row.Text(5);
  run.info.status = static_cast<RunStatus>(row.Integer(6));
  run.info.stage = static_cast<LifecycleStage>(row.Integer(7));
  run.info.start_time = base::Millis(row.Integer(8));
  if (!row.IsNull(9)) run.info.end_time = base::Millis(row.Integer(9));
  run.info.artifact_location = row.Text(10) + "/" + run.info.id + "/artifacts";
  return run;
}

template <typename T>
void SortByKey(std::vector<T>& items) {
  std::sort(items.begin(), items.end(), [](const T& a, const T& b) { return a.key < b.key; });
}

std::optional<std::string> OptionalText(const storage::Row& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return std::string(row.Text(column));
}

}  // namespace

base::Result<RunRow> RunReader::Find(std::string_view id) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne(YARD_RUN_COLUMNS "WHERE r.uuid = ?", id));
  if (!row) return RunNotFound(id);
  return RowOf(*row);
}

base::Result<std::optional<RunRow>> RunReader::Load(RunNumber run) {
  YARD_ASSIGN_OR_RETURN(const auto row, snapshot_.QueryOne(YARD_RUN_COLUMNS "WHERE r.id = ?", run));
  if (!row) return std::optional<RunRow>();
  return std::optional<RunRow>(RowOf(*row));
}

base::Result<std::vector<Param>> RunReader::Params(RunNumber run) {
  return Texts("SELECT key, value FROM run_param WHERE run = ?", run);
}

base::Result<std::vector<Tag>> RunReader::Tags(RunNumber run) {
  return Texts("SELECT key, value FROM run_tag WHERE run = ?", run);
}

base::Result<std::vector<KeyText>> RunReader::Texts(std::string_view sql, RunNumber run) {
  std::vector<std::pair<NameId, std::string>> rows;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      sql,
      [&rows](const storage::Row& row) -> base::Result<void> {
        rows.emplace_back(row.Integer(0), row.Text(1));
        return {};
      },
      run));
  std::vector<KeyText> texts;
  texts.reserve(rows.size());
  for (auto& [key, value] : rows) {
    YARD_ASSIGN_OR_RETURN(std::string text, names_.Text(snapshot_, key));
    texts.push_back({std::move(text), std::move(value)});
  }
  SortByKey(texts);
  return texts;
}

base::Result<std::optional<std::string>> RunReader::ParamValue(RunNumber run, NameId key) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT value FROM run_param WHERE run = ? AND key = ?", run, key));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

base::Result<std::optional<std::string>> RunReader::TagValue(RunNumber run, NameId key) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT value FROM run_tag WHERE run = ? AND key = ?", run, key));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

base::Result<std::vector<DatasetInput>> RunReader::Datasets(RunNumber run) {
  std::vector<std::pair<int64_t, DatasetInput>> inputs;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT i.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile "
      "FROM run_dataset i JOIN dataset d ON d.id = i.dataset WHERE i.run = ? ORDER BY i.id",
      [&inputs](const storage::Row& row) -> base::Result<void> {
        DatasetInput input;
        input.dataset = {std::string(row.Text(1)), std::string(row.Text(2)),
                         std::string(row.Text(3)), std::string(row.Text(4)),
                         OptionalText(row, 5),     OptionalText(row, 6)};
        inputs.emplace_back(row.Integer(0), std::move(input));
        return {};
      },
      run));
  std::vector<DatasetInput> result;
  for (auto& [id, input] : inputs) {
    YARD_RETURN_IF_ERROR(snapshot_.ForEach(
        "SELECT key, value FROM run_dataset_tag WHERE input = ? ORDER BY key",
        [&tags = input.tags](const storage::Row& row) -> base::Result<void> {
          tags.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
          return {};
        },
        id));
    result.push_back(std::move(input));
  }
  return result;
}

base::Result<std::vector<std::string>> RunReader::ModelInputs(RunNumber run) {
  std::vector<std::string> models;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT model FROM run_model_input WHERE run = ? ORDER BY id",
      [&models](const storage::Row& row) -> base::Result<void> {
        models.emplace_back(row.Text(0));
        return {};
      },
      run));
  return models;
}

base::Result<std::vector<ModelOutput>> RunReader::ModelOutputs(RunNumber run) {
  std::vector<ModelOutput> outputs;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT model, step FROM run_model_output WHERE run = ? ORDER BY id",
      [&outputs](const storage::Row& row) -> base::Result<void> {
        outputs.push_back({std::string(row.Text(0)), row.Integer(1)});
        return {};
      },
      run));
  return outputs;
}

base::Result<LatestByKey> RunReader::MergedLatest(RunNumber run) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne("SELECT data FROM metric_latest WHERE run = ?", run));
  if (!row) return LatestByKey();
  return DecodeLatest(row->Bytes(0));
}

base::Result<Run> RunReader::Whole(const RunRow& row, const LatestByKey& tail) {
  const RunNumber number = row.ref.run;
  Run run;
  run.info = row.info;
  YARD_ASSIGN_OR_RETURN(run.params, Params(number));
  YARD_ASSIGN_OR_RETURN(run.tags, Tags(number));
  YARD_ASSIGN_OR_RETURN(run.datasets, Datasets(number));
  YARD_ASSIGN_OR_RETURN(run.model_inputs, ModelInputs(number));
  YARD_ASSIGN_OR_RETURN(run.model_outputs, ModelOutputs(number));
  YARD_ASSIGN_OR_RETURN(LatestByKey latest, MergedLatest(number));
  for (const auto& [key, point] : tail) RaiseLatest(latest, key, point);
  run.metrics.reserve(latest.size());
  for (const auto& [key, point] : latest) {
    YARD_ASSIGN_OR_RETURN(std::string text, names_.Text(snapshot_, key));
    run.metrics.push_back({std::move(text), ToSeriesPoint(point)});
  }
  SortByKey(run.metrics);
  return run;
}

}  // namespace yard::tracking
