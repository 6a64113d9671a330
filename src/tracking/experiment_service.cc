#include "tracking/experiment_service.h"

#include <string>

#include "tracking/events.h"
#include "tracking/experiment_store.h"
#include "tracking/text_rules.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

constexpr size_t kMaxTagCharacters = 5000;

base::Result<void> CheckTag(const Tag& tag) {
  YARD_RETURN_IF_ERROR(CheckKey(tag.key));
  return CheckLength("value", tag.value, kMaxTagCharacters);
}

base::Result<void> RequireFreeName(storage::Transaction& transaction, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const auto taken,
                        transaction.QueryOne("SELECT id FROM experiment WHERE name = ?", name));
  if (!taken) return {};
  return base::AlreadyExists("an experiment of that name exists, maybe a deleted one",
                             {"name", std::string(name)})
      .WithReason("experiment_exists");
}

// The search columns of every run of the experiment grow old.
base::Result<void> TouchRuns(Parts& parts, storage::Transaction& transaction, ExperimentId id) {
  parts.runs.ForgetAll();
  return transaction.ForEach(
      "SELECT id, experiment, ordinal FROM run WHERE experiment = ?",
      [&parts](const storage::Row& row) -> base::Result<void> {
        parts.log.Touch({row.Integer(0), row.Integer(1), row.Integer(2)});
        return {};
      },
      id);
}

base::Result<void> MoveToStage(Parts& parts, ExperimentId id, LifecycleStage stage,
                               ChangeKind kind) {
  const base::Millis now = parts.clock.Now();
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const Experiment experiment, ExperimentReader(transaction).Find(id));
        ExperimentWriter writer(transaction);
        if (experiment.stage != stage) YARD_RETURN_IF_ERROR(writer.SetStage(id, stage, now));
        YARD_RETURN_IF_ERROR(writer.SetStageOfRuns(id, stage));
        return TouchRuns(parts, transaction, id);
      }));
  parts.events.Publish(ExperimentChanged{id, kind});
  return {};
}

base::Result<Experiment> WithTags(ExperimentReader& reader, base::Result<Experiment> found) {
  if (!found.ok()) return found;
  YARD_ASSIGN_OR_RETURN(found->tags, reader.Tags(found->id));
  return found;
}

}  // namespace

base::Result<ExperimentId> ExperimentService::Create(const NewExperiment& request) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckExperimentName(request.name));
  for (const Tag& tag : request.tags) YARD_RETURN_IF_ERROR(CheckTag(tag));
  Experiment experiment;
  experiment.name = request.name;
  experiment.created = experiment.updated = parts.clock.Now();
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireFreeName(transaction, request.name));
        ExperimentWriter writer(transaction);
        YARD_ASSIGN_OR_RETURN(experiment.id, writer.NextId());
        experiment.artifact_location =
            request.artifact_location.empty()
                ? ExperimentLocation(parts.options.artifact_root, experiment.id)
                : request.artifact_location;
        YARD_RETURN_IF_ERROR(writer.Insert(experiment));
        for (const Tag& tag : request.tags) {
          YARD_RETURN_IF_ERROR(writer.UpsertTag(experiment.id, tag));
        }
        return {};
      }));
  parts.events.Publish(ExperimentChanged{experiment.id, ChangeKind::kCreated});
  return experiment.id;
}

base::Result<Experiment> ExperimentService::Get(ExperimentId id) {
  return store_.parts().database.Read([id](storage::Snapshot& snapshot) {
    ExperimentReader reader(snapshot);
    return WithTags(reader, reader.Find(id));
  });
}

base::Result<Experiment> ExperimentService::GetByName(std::string_view name) {
  return store_.parts().database.Read([name](storage::Snapshot& snapshot) {
    ExperimentReader reader(snapshot);
    return WithTags(reader, reader.FindByName(name));
  });
}

base::Result<void> ExperimentService::Rename(ExperimentId id, std::string_view name) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckExperimentName(name));
  const base::Millis now = parts.clock.Now();
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const Experiment experiment, ExperimentReader(transaction).Find(id));
        YARD_RETURN_IF_ERROR(RequireActive(experiment));
        if (experiment.name != name) YARD_RETURN_IF_ERROR(RequireFreeName(transaction, name));
        return ExperimentWriter(transaction).Rename(id, name, now);
      }));
  parts.events.Publish(ExperimentChanged{id, ChangeKind::kUpdated});
  return {};
}

base::Result<void> ExperimentService::Delete(ExperimentId id) {
  return MoveToStage(store_.parts(), id, LifecycleStage::kDeleted, ChangeKind::kDeleted);
}

base::Result<void> ExperimentService::Restore(ExperimentId id) {
  return MoveToStage(store_.parts(), id, LifecycleStage::kActive, ChangeKind::kRestored);
}

base::Result<void> ExperimentService::SetTag(ExperimentId id, const Tag& tag) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckTag(tag));
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const Experiment experiment, ExperimentReader(transaction).Find(id));
        YARD_RETURN_IF_ERROR(RequireActive(experiment));
        return ExperimentWriter(transaction).UpsertTag(id, tag);
      }));
  parts.events.Publish(ExperimentChanged{id, ChangeKind::kUpdated});
  return {};
}

base::Result<void> ExperimentService::DeleteTag(ExperimentId id, std::string_view key) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const Experiment experiment, ExperimentReader(transaction).Find(id));
        YARD_RETURN_IF_ERROR(RequireActive(experiment));
        YARD_ASSIGN_OR_RETURN(const bool was_there,
                              ExperimentWriter(transaction).DeleteTag(id, key));
        if (was_there) return {};
        return base::NotFound("the experiment has no such tag", {"key", std::string(key)},
                              {"experiment_id", std::to_string(id)})
            .WithReason("tag_not_found");
      }));
  parts.events.Publish(ExperimentChanged{id, ChangeKind::kUpdated});
  return {};
}

}  // namespace yard::tracking
