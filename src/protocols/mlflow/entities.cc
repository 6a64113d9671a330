#include "protocols/mlflow/entities.h"

namespace yard::protocols::mlflow {
namespace {

using base::json::Writer;

std::string_view StageText(tracking::LifecycleStage stage) {
  return stage == tracking::LifecycleStage::kActive ? "active" : "deleted";
}

std::string_view StatusText(tracking::LoggedModelStatus status) {
  switch (status) {
    case tracking::LoggedModelStatus::kPending:
      return "LOGGED_MODEL_PENDING";
    case tracking::LoggedModelStatus::kReady:
      return "LOGGED_MODEL_READY";
    case tracking::LoggedModelStatus::kUploadFailed:
      return "LOGGED_MODEL_UPLOAD_FAILED";
  }
  return "LOGGED_MODEL_PENDING";
}

// Params and tags of every entity have the same form.
template <typename KeyValues>
void WriteKeyValues(Writer& writer, std::string_view name, const KeyValues& pairs) {
  if (pairs.empty()) return;
  writer.Key(name).BeginArray();
  for (const auto& pair : pairs) {
    writer.BeginObject().Member("key", pair.key).Member("value", pair.value).EndObject();
  }
  writer.EndArray();
}

void WriteData(Writer& writer, const tracking::Run& run) {
  writer.Key("data").BeginObject();
  if (!run.metrics.empty()) {
    writer.Key("metrics").BeginArray();
    for (const tracking::LatestMetric& metric : run.metrics) {
      writer.BeginObject()
          .Member("key", metric.key)
          .Member("value", metric.point.value)
          .Member("timestamp", metric.point.timestamp.value)
          .Member("step", metric.point.step)
          .EndObject();
    }
    writer.EndArray();
  }
  WriteKeyValues(writer, "params", run.params);
  WriteKeyValues(writer, "tags", run.tags);
  writer.EndObject();
}

void WriteDataset(Writer& writer, const tracking::Dataset& dataset) {
  writer.BeginObject()
      .Member("name", dataset.name)
      .Member("digest", dataset.digest)
      .Member("source_type", dataset.source_type)
      .Member("source", dataset.source);
  if (dataset.schema) writer.Member("schema", *dataset.schema);
  if (dataset.profile) writer.Member("profile", *dataset.profile);
  writer.EndObject();
}

void WriteInputs(Writer& writer, const tracking::Run& run) {
  writer.Key("inputs").BeginObject();
  if (!run.datasets.empty()) {
    writer.Key("dataset_inputs").BeginArray();
    for (const tracking::DatasetInput& input : run.datasets) {
      writer.BeginObject();
      WriteKeyValues(writer, "tags", input.tags);
      WriteDataset(writer.Key("dataset"), input.dataset);
      writer.EndObject();
    }
    writer.EndArray();
  }
  if (!run.model_inputs.empty()) {
    writer.Key("model_inputs").BeginArray();
    for (const std::string& model_id : run.model_inputs)
      writer.BeginObject().Member("model_id", model_id).EndObject();
    writer.EndArray();
  }
  writer.EndObject();
}

void WriteOutputs(Writer& writer, const tracking::Run& run) {
  writer.Key("outputs").BeginObject();
  if (!run.model_outputs.empty()) {
    writer.Key("model_outputs").BeginArray();
    for (const tracking::ModelOutput& output : run.model_outputs) {
      writer.BeginObject()
          .Member("model_id", output.model_id)
          .Member("step", output.step)
          .EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
}

void WriteModelMetric(Writer& writer, const std::string& model_id,
                      const tracking::LoggedModelMetric& metric) {
  writer.BeginObject()
      .Member("key", metric.key)
      .Member("value", metric.value)
      .Member("timestamp", metric.timestamp.value)
      .Member("step", metric.step);
  if (!metric.dataset_name.empty()) writer.Member("dataset_name", metric.dataset_name);
  if (!metric.dataset_digest.empty()) writer.Member("dataset_digest", metric.dataset_digest);
  writer.Member("model_id", model_id);
  if (!metric.run_id.empty()) writer.Member("run_id", metric.run_id);
  writer.EndObject();
}

// Leaves the object open.
void BeginVersion(Writer& writer, const registry::ModelVersion& version) {
  writer.BeginObject()
      .Member("name", version.name)
      .Member("version", std::to_string(version.version))
      .Member("creation_timestamp", version.created.value)
      .Member("last_updated_timestamp", version.updated.value)
      .Member("current_stage", registry::StageName(version.stage))
      .Member("description", version.description)
      .Member("source", version.source)
      .Member("run_id", version.run_id)
      .Member("status", "READY");
  WriteKeyValues(writer, "tags", version.tags);
  writer.Member("run_link", version.run_link);
}

void WriteAliases(Writer& writer, const std::vector<registry::ModelAlias>& aliases) {
  if (aliases.empty()) return;
  writer.Key("aliases").BeginArray();
  for (const registry::ModelAlias& alias : aliases) {
    writer.BeginObject()
        .Member("alias", alias.alias)
        .Member("version", std::to_string(alias.version))
        .EndObject();
  }
  writer.EndArray();
}

void WriteWithoutAliases(Writer& writer, std::string_view name,
                         const std::vector<registry::ModelVersion>& versions) {
  if (versions.empty()) return;
  writer.Key(name).BeginArray();
  for (const registry::ModelVersion& version : versions) {
    BeginVersion(writer, version);
    writer.EndObject();
  }
  writer.EndArray();
}

}  // namespace

void Write(Writer& writer, const tracking::Experiment& experiment) {
  writer.BeginObject()
      .Member("experiment_id", std::to_string(experiment.id))
      .Member("name", experiment.name)
      .Member("artifact_location", experiment.artifact_location)
      .Member("lifecycle_stage", StageText(experiment.stage))
      .Member("last_update_time", experiment.updated.value)
      .Member("creation_time", experiment.created.value);
  WriteKeyValues(writer, "tags", experiment.tags);
  writer.Member("workspace", "default").EndObject();
}

void Write(Writer& writer, const tracking::RunInfo& info) {
  writer.BeginObject()
      .Member("run_uuid", info.id)
      .Member("experiment_id", std::to_string(info.experiment_id))
      .Member("run_name", info.name)
      .Member("user_id", info.user)
      .Member("status", tracking::RunStatusName(info.status))
      .Member("start_time", info.start_time.value);
  if (info.end_time) writer.Member("end_time", info.end_time->value);
  writer.Member("artifact_uri", info.artifact_location)
      .Member("lifecycle_stage", StageText(info.stage))
      .Member("run_id", info.id)
      .EndObject();
}

void Write(Writer& writer, const tracking::Run& run) {
  writer.BeginObject().Key("info");
  Write(writer, run.info);
  WriteData(writer, run);
  WriteInputs(writer, run);
  WriteOutputs(writer, run);
  writer.EndObject();
}

void WriteNewRun(Writer& writer, const tracking::Run& run) {
  writer.BeginObject().Key("info");
  Write(writer, run.info);
  WriteData(writer, run);
  WriteInputs(writer, run);
  writer.EndObject();
}

void Write(Writer& writer, const tracking::LoggedModel& model) {
  writer.BeginObject();
  writer.Key("info")
      .BeginObject()
      .Member("model_id", model.id)
      .Member("experiment_id", std::to_string(model.experiment_id))
      .Member("name", model.name)
      .Member("creation_timestamp_ms", model.created.value)
      .Member("last_updated_timestamp_ms", model.updated.value)
      .Member("artifact_uri", model.artifact_location)
      .Member("status", StatusText(model.status))
      .Member("model_type", model.model_type)
      .Member("source_run_id", model.source_run_id);
  if (!model.status_message.empty()) writer.Member("status_message", model.status_message);
  WriteKeyValues(writer, "tags", model.tags);
  writer.EndObject();
  writer.Key("data").BeginObject();
  WriteKeyValues(writer, "params", model.params);
  if (!model.metrics.empty()) {
    writer.Key("metrics").BeginArray();
    for (const auto& metric : model.metrics) WriteModelMetric(writer, model.id, metric);
    writer.EndArray();
  }
  writer.EndObject().EndObject();
}

void Write(Writer& writer, const registry::RegisteredModel& model) {
  writer.BeginObject()
      .Member("name", model.name)
      .Member("creation_timestamp", model.created.value)
      .Member("last_updated_timestamp", model.updated.value);
  if (model.description) writer.Member("description", *model.description);
  WriteWithoutAliases(writer, "latest_versions", model.latest_versions);
  WriteKeyValues(writer, "tags", model.tags);
  WriteAliases(writer, model.aliases);
  writer.EndObject();
}

void Write(Writer& writer, const registry::ModelVersion& version) {
  BeginVersion(writer, version);
  if (!version.aliases.empty()) {
    writer.Key("aliases").BeginArray();
    for (const std::string& alias : version.aliases) writer.String(alias);
    writer.EndArray();
  }
  writer.EndObject();
}

std::string FoundVersions(const registry::Page<registry::ModelVersion>& page) {
  std::string json;
  Writer writer(json);
  writer.BeginObject();
  WriteWithoutAliases(writer, "model_versions", page.items);
  if (!page.next_page_token.empty()) writer.Member("next_page_token", page.next_page_token);
  writer.EndObject();
  return json;
}

}  // namespace yard::protocols::mlflow
