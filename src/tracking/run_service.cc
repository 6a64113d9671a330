#include "tracking/run_service.h"

#include <algorithm>
#include <string>

#include "base/ids.h"
#include "tracking/events.h"
#include "tracking/experiment_store.h"
#include "tracking/run_store.h"
#include "tracking/run_tags.h"
#include "tracking/text_rules.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

base::Result<std::string> NameOf(const NewRun& run) {
  std::string tag_name;
  for (const Tag& tag : run.tags) {
    if (tag.key == kRunNameTag) tag_name = tag.value;
  }
  if (run.name.empty()) return tag_name.empty() ? base::NewReadableName() : tag_name;
  if (tag_name.empty() || tag_name == run.name) return run.name;
  return base::InvalidArgument("the run's name and its tag mlflow.runName must be the same",
                               {"name", run.name}, {"tag", tag_name})
      .WithReason("run_name_conflict");
}

base::Result<void> WriteTags(RunWriter& writer, RunNumber run, const NewRun& request,
                             std::string_view name) {
  for (const Tag& tag : request.tags) {
    YARD_RETURN_IF_ERROR(
        writer.UpsertTag(run, tag.key, FirstCharacters(tag.value, RunService::kMaxTagCharacters)));
  }
  return writer.UpsertTag(run, kRunNameTag, name);
}

base::Result<Run> InsertRun(Parts& parts, storage::Transaction& transaction, const NewRun& request,
                            const RunInfo& info) {
  YARD_ASSIGN_OR_RETURN(const Experiment experiment,
                        ExperimentReader(transaction).Find(request.experiment_id));
  YARD_RETURN_IF_ERROR(RequireActive(experiment));
  YARD_ASSIGN_OR_RETURN(const int64_t ordinal,
                        ExperimentWriter(transaction).TakeOrdinal(experiment.id));
  RunWriter writer(transaction, parts.names);
  YARD_ASSIGN_OR_RETURN(const RunNumber number, writer.Insert(info, ordinal));
  YARD_RETURN_IF_ERROR(WriteTags(writer, number, request, info.name));
  const RunRef ref{number, experiment.id, ordinal};
  parts.log.Touch(ref);
  Run run;
  run.info = info;
  run.info.artifact_location = experiment.artifact_location + "/" + info.id + "/artifacts";
  YARD_ASSIGN_OR_RETURN(run.tags, RunReader(transaction, parts.names).Tags(number));
  return run;
}

base::Result<void> ApplyUpdate(Parts& parts, storage::Transaction& transaction,
                               const RunUpdate& update, RunRow& row) {
  RunWriter writer(transaction, parts.names);
  if (update.status) row.info.status = *update.status;
  if (update.end_time) row.info.end_time = update.end_time;
  if (update.name && !update.name->empty()) {
    row.info.name = *update.name;
    YARD_RETURN_IF_ERROR(writer.UpsertTag(row.ref.run, kRunNameTag, row.info.name));
  }
  YARD_RETURN_IF_ERROR(writer.UpdateInfo(row.ref.run, row.info));
  parts.log.Touch(row.ref);
  return {};
}

base::Result<void> MoveToStage(Parts& parts, const RunId& id, LifecycleStage stage,
                               ChangeKind kind) {
  ExperimentId experiment = 0;
  YARD_RETURN_IF_ERROR(
      parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const RunRow row, RunReader(transaction, parts.names).Find(id));
        experiment = row.ref.experiment;
        if (row.info.stage == stage) return {};
        parts.runs.Forget(id);
        parts.log.Touch(row.ref);
        return RunWriter(transaction, parts.names).SetStage(row.ref.run, stage);
      }));
  parts.events.Publish(RunChanged{id, experiment, kind});
  return {};
}

}  // namespace

base::Result<Run> RunService::Create(const NewRun& request) {
  Parts& parts = store_.parts();
  for (const Tag& tag : request.tags) YARD_RETURN_IF_ERROR(CheckKey(tag.key));
  RunInfo info;
  YARD_ASSIGN_OR_RETURN(info.name, NameOf(request));
  info.name = FirstCharacters(info.name, kMaxTagCharacters);
  info.id = base::NewId(parts.clock);
  info.experiment_id = request.experiment_id;
  info.user = request.user;
  info.start_time = request.start_time;
  auto run = parts.database.Write([&](storage::Transaction& transaction) {
    return InsertRun(parts, transaction, request, info);
  });
  if (run.ok()) {
    parts.events.Publish(RunChanged{info.id, info.experiment_id, ChangeKind::kCreated});
  }
  return run;
}

base::Result<Run> RunService::Get(const RunId& id) {
  Parts& parts = store_.parts();
  return parts.ReadWithTail([&](storage::Snapshot& snapshot) -> base::Result<Run> {
    RunReader reader(snapshot, parts.names);
    YARD_ASSIGN_OR_RETURN(const RunRow row, reader.Find(id));
    return reader.Whole(row, parts.tail.Latest(row.ref.run));
  });
}

base::Result<RunInfo> RunService::GetInfo(const RunId& id) {
  Parts& parts = store_.parts();
  return parts.database.Read([&](storage::Snapshot& snapshot) -> base::Result<RunInfo> {
    YARD_ASSIGN_OR_RETURN(const RunRow row, RunReader(snapshot, parts.names).Find(id));
    return row.info;
  });
}

base::Result<RunInfo> RunService::Update(const RunId& id, const RunUpdate& update) {
  Parts& parts = store_.parts();
  if (update.name) YARD_RETURN_IF_ERROR(CheckLength("name", *update.name, kMaxTagCharacters));
  auto info = parts.database.Write([&](storage::Transaction& transaction) -> base::Result<RunInfo> {
    YARD_ASSIGN_OR_RETURN(RunRow row, RunReader(transaction, parts.names).Find(id));
    YARD_RETURN_IF_ERROR(RequireActive(RunEntry{row.ref, row.info.stage}, id));
    YARD_RETURN_IF_ERROR(ApplyUpdate(parts, transaction, update, row));
    return row.info;
  });
  if (info.ok()) {
    parts.events.Publish(RunChanged{id, info->experiment_id, ChangeKind::kUpdated});
  }
  return info;
}

base::Result<void> RunService::Delete(const RunId& id) {
  return MoveToStage(store_.parts(), id, LifecycleStage::kDeleted, ChangeKind::kDeleted);
}

base::Result<void> RunService::Restore(const RunId& id) {
  return MoveToStage(store_.parts(), id, LifecycleStage::kActive, ChangeKind::kRestored);
}

}  // namespace yard::tracking
