#include "tracking/experiment_store.h"

#include <string>

#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

#define YARD_EXPERIMENT_COLUMNS \
  "SELECT id, name, artifact_location, stage, created, updated FROM experiment "

template <typename AnyRow>
Experiment ExperimentOf(const AnyRow& row) {
  Experiment experiment;
  experiment.id = row.Integer(0);
  experiment.name = std::string(row.Text(1));
  experiment.artifact_location = std::string(row.Text(2));
  experiment.stage = static_cast<LifecycleStage>(row.Integer(3));
  experiment.created = base::Millis(row.Integer(4));
  experiment.updated = base::Millis(row.Integer(5));
  return experiment;
}

}  // namespace

base::Error ExperimentNotFound(std::string_view experiment) {
  return base::NotFound("no such experiment",
                        {"experiment", std::string(experiment.substr(0, 600))})
      .WithReason("experiment_not_found");
}

base::Result<void> RequireActive(const Experiment& experiment) {
  if (experiment.stage == LifecycleStage::kActive) return {};
  return base::FailedPrecondition("the experiment must be active: restore it first",
                                  {"experiment_id", std::to_string(experiment.id)})
      .WithReason("experiment_not_active");
}

base::Result<Experiment> ExperimentReader::Find(ExperimentId id) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne(YARD_EXPERIMENT_COLUMNS "WHERE id = ?", id));
  if (!row) return ExperimentNotFound(std::to_string(id));
  return ExperimentOf(*row);
}

base::Result<Experiment> ExperimentReader::FindByName(std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot_.QueryOne(YARD_EXPERIMENT_COLUMNS "WHERE name = ?", name));
  if (!row) return ExperimentNotFound(name);
  return ExperimentOf(*row);
}

base::Result<std::vector<Experiment>> ExperimentReader::All() {
  std::vector<Experiment> experiments;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(YARD_EXPERIMENT_COLUMNS,
                                         [&](const storage::Row& row) -> base::Result<void> {
                                           experiments.push_back(ExperimentOf(row));
                                           return {};
                                         }));
  return experiments;
}

base::Result<std::vector<Tag>> ExperimentReader::Tags(ExperimentId id) {
  std::vector<Tag> tags;
  YARD_RETURN_IF_ERROR(snapshot_.ForEach(
      "SELECT key, value FROM experiment_tag WHERE experiment = ? ORDER BY key",
      [&tags](const storage::Row& row) -> base::Result<void> {
        tags.push_back({std::string(row.Text(0)), std::string(row.Text(1))});
        return {};
      },
      id));
  return tags;
}

base::Result<std::optional<std::string>> ExperimentReader::TagValue(ExperimentId id,
                                                                    std::string_view key) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      snapshot_.QueryOne("SELECT value FROM experiment_tag WHERE experiment = ? AND key = ?", id,
                         key));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

base::Result<ExperimentId> ExperimentWriter::NextId() {
  return FirstInteger(transaction_.QueryOne("SELECT COALESCE(MAX(id), -1) + 1 FROM experiment"));
}

base::Result<void> ExperimentWriter::Insert(const Experiment& experiment) {
  return WithoutCount(transaction_.Run(
      "INSERT INTO experiment (id, name, artifact_location, stage, created, updated) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      experiment.id, experiment.name, experiment.artifact_location,
      static_cast<int>(experiment.stage), experiment.created.value, experiment.updated.value));
}

base::Result<void> ExperimentWriter::Rename(ExperimentId id, std::string_view name,
                                            base::Millis now) {
  return WithoutCount(transaction_.Run("UPDATE experiment SET name = ?, updated = ? WHERE id = ?",
                                       name, now.value, id));
}

base::Result<void> ExperimentWriter::SetStage(ExperimentId id, LifecycleStage stage,
                                              base::Millis now) {
  return WithoutCount(transaction_.Run("UPDATE experiment SET stage = ?, updated = ? WHERE id = ?",
                                       static_cast<int>(stage), now.value, id));
}

base::Result<void> ExperimentWriter::SetStageOfRuns(ExperimentId id, LifecycleStage stage) {
  return WithoutCount(transaction_.Run("UPDATE run SET stage = ? WHERE experiment = ?",
                                       static_cast<int>(stage), id));
}

base::Result<void> ExperimentWriter::UpsertTag(ExperimentId id, const Tag& tag) {
  return WithoutCount(
      transaction_.Run("INSERT INTO experiment_tag (experiment, key, value) VALUES (?, ?, ?) "
                       "ON CONFLICT (experiment, key) DO UPDATE SET value = excluded.value",
                       id, tag.key, tag.value));
}

base::Result<bool> ExperimentWriter::DeleteTag(ExperimentId id, std::string_view key) {
  YARD_ASSIGN_OR_RETURN(
      const int64_t rows,
      transaction_.Run("DELETE FROM experiment_tag WHERE experiment = ? AND key = ?", id, key));
  return rows > 0;
}

base::Result<int64_t> ExperimentWriter::TakeOrdinal(ExperimentId id) {
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      transaction_.QueryOne("UPDATE experiment SET next_ordinal = next_ordinal + 1 WHERE id = ? "
                            "RETURNING next_ordinal - 1",
                            id));
  if (!row) return ExperimentNotFound(std::to_string(id));
  return row->Integer(0);
}

}  // namespace yard::tracking
