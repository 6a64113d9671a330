#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/experiment.h"

namespace yard::tracking {

/// kNotFound "experiment_not_found".
base::Error ExperimentNotFound(std::string_view experiment);

/// kFailedPrecondition "experiment_not_active" for a deleted experiment.
base::Result<void> RequireActive(const Experiment& experiment);

/// Reads experiments: one function per statement.
class ExperimentReader {
 public:
  explicit ExperimentReader(storage::Snapshot& snapshot) : snapshot_(snapshot) {}

  /// Errors: kNotFound "experiment_not_found".
  base::Result<Experiment> Find(ExperimentId id);
  base::Result<Experiment> FindByName(std::string_view name);
  /// Every experiment, without tags.
  base::Result<std::vector<Experiment>> All();
  base::Result<std::vector<Tag>> Tags(ExperimentId id);
  base::Result<std::optional<std::string>> TagValue(ExperimentId id, std::string_view key);

 private:
  storage::Snapshot& snapshot_;
};

/// Writes experiments: one function per statement, no rules.
class ExperimentWriter {
 public:
  explicit ExperimentWriter(storage::Transaction& transaction) : transaction_(transaction) {}

  base::Result<ExperimentId> NextId();
  base::Result<void> Insert(const Experiment& experiment);
  base::Result<void> Rename(ExperimentId id, std::string_view name, base::Millis now);
  base::Result<void> SetStage(ExperimentId id, LifecycleStage stage, base::Millis now);
  base::Result<void> SetStageOfRuns(ExperimentId id, LifecycleStage stage);
  base::Result<void> UpsertTag(ExperimentId id, const Tag& tag);
  /// False when there is no such tag.
  base::Result<bool> DeleteTag(ExperimentId id, std::string_view key);
  /// The place of a new run among the runs of its experiment.
  base::Result<int64_t> TakeOrdinal(ExperimentId id);

 private:
  storage::Transaction& transaction_;
};

}  // namespace yard::tracking
