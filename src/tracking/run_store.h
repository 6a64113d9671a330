#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/dirty_runs.h"
#include "tracking/metrics/latest.h"
#include "tracking/name_table.h"
#include "tracking/run.h"

namespace yard::tracking {

/// A row of table run, with the artifact location of its experiment filled in.
struct RunRow {
  RunRef ref;
  RunInfo info;
};

/// Reads runs: one function per statement.
class RunReader {
 public:
  RunReader(storage::Snapshot& snapshot, NameTable& names) : snapshot_(snapshot), names_(names) {}

  /// Errors: kNotFound "run_not_found".
  base::Result<RunRow> Find(std::string_view id);
  base::Result<std::optional<RunRow>> Load(RunNumber run);

  base::Result<std::vector<Param>> Params(RunNumber run);
  base::Result<std::vector<Tag>> Tags(RunNumber run);
  base::Result<std::optional<std::string>> ParamValue(RunNumber run, NameId key);
  base::Result<std::optional<std::string>> TagValue(RunNumber run, NameId key);
  base::Result<std::vector<DatasetInput>> Datasets(RunNumber run);
  base::Result<std::vector<std::string>> ModelInputs(RunNumber run);
  base::Result<std::vector<ModelOutput>> ModelOutputs(RunNumber run);
  /// The current values among the merged points.
  base::Result<LatestByKey> MergedLatest(RunNumber run);

  /// The whole run; `tail` are the current values among its points that are not merged yet.
  base::Result<Run> Whole(const RunRow& row, const LatestByKey& tail);

 private:
  base::Result<std::vector<KeyText>> Texts(std::string_view sql, RunNumber run);

  storage::Snapshot& snapshot_;
  NameTable& names_;
};

/// Writes runs: one function per statement, no rules.
class RunWriter {
 public:
  RunWriter(storage::Transaction& transaction, NameTable& names)
      : transaction_(transaction), names_(names) {}

  base::Result<RunNumber> Insert(const RunInfo& info, int64_t ordinal);
  base::Result<void> UpdateInfo(RunNumber run, const RunInfo& info);
  base::Result<void> SetName(RunNumber run, std::string_view name);
  base::Result<void> SetStage(RunNumber run, LifecycleStage stage);

  base::Result<void> InsertParam(RunNumber run, NameId key, std::string_view value);
  base::Result<void> UpsertTag(RunNumber run, std::string_view key, std::string_view value);
  /// False when there is no such tag.
  base::Result<bool> DeleteTag(RunNumber run, std::string_view key);

  base::Result<void> AddDataset(const RunRef& run, const DatasetInput& input);
  base::Result<void> AddModelInput(RunNumber run, std::string_view model_id);
  base::Result<void> AddModelOutput(RunNumber run, const ModelOutput& output);

 private:
  base::Result<int64_t> DatasetId(ExperimentId experiment, const Dataset& dataset);

  storage::Transaction& transaction_;
  NameTable& names_;
};

}  // namespace yard::tracking
