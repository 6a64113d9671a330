// What may be logged to a run, and how it gets into the open group commit.
#include <algorithm>
#include <string>
#include <unordered_set>

#include "tracking/logged_model_store.h"
#include "tracking/run_service.h"
#include "tracking/run_store.h"
#include "tracking/run_tags.h"
#include "tracking/text_rules.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

constexpr size_t kMaxEntriesPerBatch = 1000;

base::Error TooMany(std::string_view what, size_t limit) {
  return base::InvalidArgument("too many entries in one call: split it",
                               {"field", std::string(what)}, {"limit", std::to_string(limit)})
      .WithReason("too_many");
}

base::Result<void> CheckCount(std::string_view what, size_t count, size_t limit) {
  if (count > limit) return TooMany(what, limit);
  return {};
}

base::Result<void> CheckPoint(const MetricPoint& point) {
  YARD_RETURN_IF_ERROR(CheckKey(point.key));
  if (point.timestamp.value >= 0) return {};
  return base::InvalidArgument("a timestamp must not be negative", {"key", point.key},
                               {"timestamp", std::to_string(point.timestamp.value)})
      .WithReason("bad_timestamp");
}

base::Result<void> CheckPoints(std::span<const MetricPoint> points) {
  YARD_RETURN_IF_ERROR(CheckCount("metrics", points.size(), RunService::kMaxPointsPerCall));
  for (const MetricPoint& point : points) YARD_RETURN_IF_ERROR(CheckPoint(point));
  return {};
}

base::Result<void> RequireRoomInTail(const Parts& parts) {
  if (parts.tail.point_count() < Tail::kMaxPoints) return {};
  return base::Unavailable("too many metric points wait to be merged: try again in a moment")
      .WithReason("too_many_unmerged_points");
}

base::Result<void> CheckParamKeys(std::span<const Param> params) {
  std::unordered_set<std::string_view> seen;
  for (const Param& param : params) {
    YARD_RETURN_IF_ERROR(CheckKey(param.key));
    if (seen.insert(param.key).second) continue;
    return base::InvalidArgument("a param may be given once in a batch", {"key", param.key})
        .WithReason("duplicate_param");
  }
  return {};
}

base::Result<void> CheckBatch(const RunBatch& batch) {
  YARD_RETURN_IF_ERROR(CheckPoints(batch.metrics));
  YARD_RETURN_IF_ERROR(CheckCount("params", batch.params.size(), RunService::kMaxParamsPerCall));
  YARD_RETURN_IF_ERROR(CheckCount("tags", batch.tags.size(), RunService::kMaxTagsPerCall));
  YARD_RETURN_IF_ERROR(CheckCount("metrics, params and tags",
                                  batch.metrics.size() + batch.params.size() + batch.tags.size(),
                                  kMaxEntriesPerBatch));
  YARD_RETURN_IF_ERROR(CheckParamKeys(batch.params));
  for (const Tag& tag : batch.tags) YARD_RETURN_IF_ERROR(CheckKey(tag.key));
  return {};
}

// One call within a group commit: the run is known and active.
class RunLog {
 public:
  static base::Result<RunLog> Open(Parts& parts, storage::Transaction& transaction,
                                   const RunId& id) {
    YARD_ASSIGN_OR_RETURN(const RunEntry entry, parts.runs.Find(transaction, id));
    YARD_RETURN_IF_ERROR(RequireActive(entry, id));
    parts.log.Touch(entry.ref);
    return RunLog(parts, transaction, id, entry.ref);
  }

  base::Result<void> Metrics(std::span<const MetricPoint> points) {
    for (const MetricPoint& point : points) {
      YARD_ASSIGN_OR_RETURN(const NameId key, parts_.names.Intern(transaction_, point.key));
      parts_.log.Append(ref_.run, key,
                        {point.step, point.timestamp.value, WithOneNan(point.value)});
      if (!point.model_id.empty()) YARD_RETURN_IF_ERROR(ModelMetric(point));
    }
    return {};
  }

  base::Result<void> Param(const KeyText& param) {
    const std::string_view value = FirstCharacters(param.value, RunService::kMaxParamCharacters);
    YARD_ASSIGN_OR_RETURN(const NameId key, parts_.names.Intern(transaction_, param.key));
    YARD_ASSIGN_OR_RETURN(const auto old,
                          RunReader(transaction_, parts_.names).ParamValue(ref_.run, key));
    if (!old) return RunWriter(transaction_, parts_.names).InsertParam(ref_.run, key, value);
    if (*old == value) return {};
    return base::InvalidArgument("a param keeps its first value", {"key", param.key}, {"old", *old})
        .With({"new", std::string(value)})
        .WithReason("param_changed");
  }

  base::Result<void> Tag(const KeyText& tag) {
    const std::string_view value = FirstCharacters(tag.value, RunService::kMaxTagCharacters);
    RunWriter writer(transaction_, parts_.names);
    if (tag.key == kRunNameTag) YARD_RETURN_IF_ERROR(writer.SetName(ref_.run, value));
    return writer.UpsertTag(ref_.run, tag.key, value);
  }

  base::Result<void> Batch(const RunBatch& batch) {
    for (const KeyText& param : batch.params) YARD_RETURN_IF_ERROR(Param(param));
    YARD_RETURN_IF_ERROR(Metrics(batch.metrics));
    for (const KeyText& tag : batch.tags) YARD_RETURN_IF_ERROR(Tag(tag));
    return {};
  }

  const RunRef& ref() const { return ref_; }

 private:
  RunLog(Parts& parts, storage::Transaction& transaction, const RunId& id, RunRef ref)
      : parts_(parts), transaction_(transaction), id_(id), ref_(ref) {}

  base::Result<void> ModelMetric(const MetricPoint& point) {
    YARD_ASSIGN_OR_RETURN(const LoggedModelRow model,
                          LoggedModelReader(transaction_).Find(point.model_id));
    if (model.model.stage == LifecycleStage::kDeleted) return LoggedModelNotFound(point.model_id);
    return LoggedModelWriter(transaction_).AddMetric(model.number, id_, point);
  }

  Parts& parts_;
  storage::Transaction& transaction_;
  const RunId& id_;
  RunRef ref_;
};

base::Result<void> CheckDataset(const DatasetInput& input) {
  const Dataset& dataset = input.dataset;
  if (dataset.name.empty() || dataset.digest.empty()) {
    return base::InvalidArgument("a dataset needs a name and a digest").WithReason("bad_dataset");
  }
  YARD_RETURN_IF_ERROR(CheckLength("dataset.name", dataset.name, 500));
  YARD_RETURN_IF_ERROR(CheckLength("dataset.digest", dataset.digest, 36));
  YARD_RETURN_IF_ERROR(CheckLength("dataset.source_type", dataset.source_type, 500));
  YARD_RETURN_IF_ERROR(CheckLength("dataset.source", dataset.source, 65'535));
  YARD_RETURN_IF_ERROR(CheckLength("dataset.schema", dataset.schema.value_or(""), 1'048'575));
  YARD_RETURN_IF_ERROR(CheckLength("dataset.profile", dataset.profile.value_or(""), 16'777'215));
  for (const Tag& tag : input.tags) {
    YARD_RETURN_IF_ERROR(CheckTagLengths(tag.key, tag.value, 255, 500));
  }
  return {};
}

}  // namespace

base::Result<void> RunService::LogMetrics(const RunId& id, std::span<const MetricPoint> points) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckPoints(points));
  YARD_RETURN_IF_ERROR(RequireRoomInTail(parts));
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
    return log.Metrics(points);
  });
}

void RunService::LogMetricsAsync(RunId id, std::vector<MetricPoint> points, Done done) {
  Parts& parts = store_.parts();
  auto checked = CheckPoints(points);
  if (checked.ok()) checked = RequireRoomInTail(parts);
  if (!checked.ok()) return done(std::move(checked));
  parts.database.Submit(
      [&parts, id = std::move(id),
       points = std::move(points)](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
        return log.Metrics(points);
      },
      std::move(done));
}

base::Result<void> RunService::LogParam(const RunId& id, const Param& param) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckKey(param.key));
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
    return log.Param(param);
  });
}

base::Result<void> RunService::SetTag(const RunId& id, const Tag& tag) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckKey(tag.key));
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
    return log.Tag(tag);
  });
}

base::Result<void> RunService::DeleteTag(const RunId& id, std::string_view key) {
  Parts& parts = store_.parts();
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const RunLog log, RunLog::Open(parts, transaction, id));
    YARD_ASSIGN_OR_RETURN(const bool was_there,
                          RunWriter(transaction, parts.names).DeleteTag(log.ref().run, key));
    if (was_there) return {};
    return base::NotFound("the run has no such tag", {"key", std::string(key)}, {"run_id", id})
        .WithReason("tag_not_found");
  });
}

base::Result<void> RunService::LogBatch(const RunId& id, const RunBatch& batch) {
  Parts& parts = store_.parts();
  YARD_RETURN_IF_ERROR(CheckBatch(batch));
  YARD_RETURN_IF_ERROR(RequireRoomInTail(parts));
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
    return log.Batch(batch);
  });
}

void RunService::LogBatchAsync(RunId id, RunBatch batch, Done done) {
  Parts& parts = store_.parts();
  auto checked = CheckBatch(batch);
  if (checked.ok()) checked = RequireRoomInTail(parts);
  if (!checked.ok()) return done(std::move(checked));
  parts.database.Submit(
      [&parts, id = std::move(id),
       batch = std::move(batch)](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(RunLog log, RunLog::Open(parts, transaction, id));
        return log.Batch(batch);
      },
      std::move(done));
}

base::Result<void> RunService::LogInputs(const RunId& id, const RunInputs& inputs) {
  Parts& parts = store_.parts();
  for (const DatasetInput& input : inputs.datasets) YARD_RETURN_IF_ERROR(CheckDataset(input));
  for (const std::string& model : inputs.model_ids) {
    YARD_RETURN_IF_ERROR(CheckLength("model_id", model, 500));
  }
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const RunLog log, RunLog::Open(parts, transaction, id));
    RunWriter writer(transaction, parts.names);
    for (const DatasetInput& input : inputs.datasets) {
      YARD_RETURN_IF_ERROR(writer.AddDataset(log.ref(), input));
    }
    for (const std::string& model : inputs.model_ids) {
      YARD_RETURN_IF_ERROR(writer.AddModelInput(log.ref().run, model));
    }
    return {};
  });
}

base::Result<void> RunService::LogOutputs(const RunId& id, std::span<const ModelOutput> outputs) {
  Parts& parts = store_.parts();
  for (const ModelOutput& output : outputs) {
    YARD_RETURN_IF_ERROR(CheckLength("model_id", output.model_id, 500));
  }
  return parts.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    YARD_ASSIGN_OR_RETURN(const RunLog log, RunLog::Open(parts, transaction, id));
    RunWriter writer(transaction, parts.names);
    for (const ModelOutput& output : outputs) {
      YARD_RETURN_IF_ERROR(writer.AddModelOutput(log.ref().run, output));
    }
    return {};
  });
}

}  // namespace yard::tracking
