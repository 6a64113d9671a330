#include "tracking/logged_model_service.h"

#include <map>
#include <string>

#include "base/ids.h"
#include "tracking/events.h"
#include "tracking/experiment_store.h"
#include "tracking/logged_model_store.h"
#include "tracking/text_rules.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

constexpr size_t kMaxKeyCharacters = 250;
constexpr size_t kMaxValueCharacters = 100'000;

base::Result<void> CheckParams(std::span<const Param> params) {
  for (const Param& param : params) {
    YARD_RETURN_IF_ERROR(
        CheckTagLengths(param.key, param.value, kMaxKeyCharacters, kMaxValueCharacters));
  }
  return {};
}

base::Result<void> CheckTags(std::span<const Tag> tags) {
  for (const Tag& tag : tags) {
    YARD_RETURN_IF_ERROR(
        CheckTagLengths(tag.key, tag.value, kMaxKeyCharacters, kMaxValueCharacters));
  }
  return {};
}

base::Result<LoggedModelRow> FindPresent(LoggedModelReader reader, const LoggedModelId& id) {
  YARD_ASSIGN_OR_RETURN(LoggedModelRow row, reader.Find(id));
  if (row.model.stage == LifecycleStage::kDeleted) return LoggedModelNotFound(id);
  return row;
}

base::Result<void> WriteParam(storage::Transaction& transaction, int64_t model,
                              const Param& param) {
  YARD_ASSIGN_OR_RETURN(const auto old,
                        LoggedModelReader(transaction).ParamValue(model, param.key));
  if (!old) return LoggedModelWriter(transaction).InsertParam(model, param);
  if (*old == param.value) return {};
  return base::InvalidArgument("a param keeps its first value", {"key", param.key}, {"old", *old})
      .With({"new", param.value})
      .WithReason("param_changed");
}

base::Result<void> WriteParams(storage::Transaction& transaction, int64_t model,
                               std::span<const Param> params) {
  for (const Param& param : params) {
    YARD_RETURN_IF_ERROR(WriteParam(transaction, model, param));
  }
  YARD_ASSIGN_OR_RETURN(const int64_t count, LoggedModelReader(transaction).ParamCount(model));
  if (count <= static_cast<int64_t>(LoggedModelService::kMaxParams)) return {};
  return base::InvalidArgument("the model has too many params", {"field", "params"},
                               {"limit", std::to_string(LoggedModelService::kMaxParams)})
      .WithReason("too_many");
}

base::Result<LoggedModel> InsertModel(storage::Transaction& transaction, LoggedModel model,
                                      const NewLoggedModel& request) {
  YARD_ASSIGN_OR_RETURN(const Experiment experiment,
                        ExperimentReader(transaction).Find(request.experiment_id));
  YARD_RETURN_IF_ERROR(RequireActive(experiment));
  model.artifact_location = experiment.artifact_location + "/models/" + model.id + "/artifacts";
  LoggedModelWriter writer(transaction);
  YARD_ASSIGN_OR_RETURN(const int64_t number, writer.Insert(model));
  YARD_RETURN_IF_ERROR(WriteParams(transaction, number, request.params));
  for (const Tag& tag : request.tags) YARD_RETURN_IF_ERROR(writer.UpsertTag(number, tag));
  return LoggedModelReader(transaction).Whole({number, model});
}

// Runs `change(transaction, row)` on a model that is not deleted, and says what changed.
template <typename Change>
auto ChangeModel(Parts& parts, const LoggedModelId& id, ChangeKind kind, Change change) {
  ExperimentId experiment = 0;
  auto result = parts.database.Write(
      [&](storage::Transaction& transaction)
          -> std::invoke_result_t<Change, storage::Transaction&, const LoggedModelRow&> {
        YARD_ASSIGN_OR_RETURN(const LoggedModelRow row,
                              FindPresent(LoggedModelReader(transaction), id));
        experiment = row.model.experiment_id;
        return change(transaction, row);
      });
  if (result.ok()) parts.events.Publish(LoggedModelChanged{id, experiment, kind});
  return result;
}

}  // namespace

base::Result<LoggedModel> LoggedModelService::Create(const NewLoggedModel& request) {
  Parts& parts = store_.parts();
  LoggedModel model;
  model.name = request.name.empty() ? base::NewReadableName() : request.name;
  YARD_RETURN_IF_ERROR(CheckLoggedModelName(model.name));
  YARD_RETURN_IF_ERROR(CheckLength("model_type", request.model_type, 500));
  YARD_RETURN_IF_ERROR(CheckLength("source_run_id", request.source_run_id, 500));
  YARD_RETURN_IF_ERROR(CheckParams(request.params));
  YARD_RETURN_IF_ERROR(CheckTags(request.tags));
  model.id = "m-" + base::NewId(parts.clock);
  model.experiment_id = request.experiment_id;
  model.model_type = request.model_type;
  model.source_run_id = request.source_run_id;
  model.created = model.updated = parts.clock.Now();
  auto created = parts.database.Write(
      [&](storage::Transaction& transaction) { return InsertModel(transaction, model, request); });
  if (created.ok()) {
    parts.events.Publish(LoggedModelChanged{model.id, model.experiment_id, ChangeKind::kCreated});
  }
  return created;
}

base::Result<LoggedModel> LoggedModelService::Get(const LoggedModelId& id) {
  return store_.parts().database.Read(
      [&id](storage::Snapshot& snapshot) -> base::Result<LoggedModel> {
        LoggedModelReader reader(snapshot);
        YARD_ASSIGN_OR_RETURN(const LoggedModelRow row, FindPresent(reader, id));
        return reader.Whole(row);
      });
}

base::Result<LoggedModel> LoggedModelService::GetWithDeleted(const LoggedModelId& id) {
  return store_.parts().database.Read(
      [&id](storage::Snapshot& snapshot) -> base::Result<LoggedModel> {
        LoggedModelReader reader(snapshot);
        YARD_ASSIGN_OR_RETURN(const LoggedModelRow row, reader.Find(id));
        return reader.Whole(row);
      });
}

base::Result<LoggedModel> LoggedModelService::Finalize(const LoggedModelId& id,
                                                       LoggedModelStatus status) {
  Parts& parts = store_.parts();
  const base::Millis now = parts.clock.Now();
  return ChangeModel(
      parts, id, ChangeKind::kUpdated,
      [&](storage::Transaction& transaction,
          const LoggedModelRow& row) -> base::Result<LoggedModel> {
        LoggedModelRow changed = row;
        changed.model.status = status;
        changed.model.updated = now;
        YARD_RETURN_IF_ERROR(LoggedModelWriter(transaction).SetStatus(row.number, status, now));
        return LoggedModelReader(transaction).Whole(changed);
      });
}

base::Result<void> LoggedModelService::Delete(const LoggedModelId& id) {
  Parts& parts = store_.parts();
  const base::Millis now = parts.clock.Now();
  return ChangeModel(
      parts, id, ChangeKind::kDeleted,
      [&](storage::Transaction& transaction, const LoggedModelRow& row) {
        return LoggedModelWriter(transaction).SetStage(row.number, LifecycleStage::kDeleted, now);
      });
}

base::Result<void> LoggedModelService::LogParams(const LoggedModelId& id,
                                                 std::span<const Param> params) {
  YARD_RETURN_IF_ERROR(CheckParams(params));
  return ChangeModel(store_.parts(), id, ChangeKind::kLogged,
                     [&](storage::Transaction& transaction, const LoggedModelRow& row) {
                       return WriteParams(transaction, row.number, params);
                     });
}

base::Result<LoggedModel> LoggedModelService::SetTags(const LoggedModelId& id,
                                                      std::span<const Tag> tags) {
  YARD_RETURN_IF_ERROR(CheckTags(tags));
  Parts& parts = store_.parts();
  const base::Millis now = parts.clock.Now();
  return ChangeModel(parts, id, ChangeKind::kUpdated,
                     [&](storage::Transaction& transaction,
                         const LoggedModelRow& row) -> base::Result<LoggedModel> {
                       LoggedModelWriter writer(transaction);
                       for (const Tag& tag : tags)
                         YARD_RETURN_IF_ERROR(writer.UpsertTag(row.number, tag));
                       YARD_RETURN_IF_ERROR(writer.SetUpdated(row.number, now));
                       LoggedModelRow changed = row;
                       changed.model.updated = now;
                       return LoggedModelReader(transaction).Whole(changed);
                     });
}

base::Result<void> LoggedModelService::DeleteTag(const LoggedModelId& id, std::string_view key) {
  Parts& parts = store_.parts();
  const base::Millis now = parts.clock.Now();
  return ChangeModel(
      parts, id, ChangeKind::kUpdated,
      [&](storage::Transaction& transaction, const LoggedModelRow& row) -> base::Result<void> {
        LoggedModelWriter writer(transaction);
        YARD_ASSIGN_OR_RETURN(const bool was_there, writer.DeleteTag(row.number, key));
        if (was_there) return writer.SetUpdated(row.number, now);
        return base::NotFound("the model has no such tag", {"key", std::string(key)},
                              {"model_id", id})
            .WithReason("tag_not_found");
      });
}

}  // namespace yard::tracking
