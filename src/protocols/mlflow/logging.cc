// What runs log. log-metric and log-batch are the hottest calls of the server: they are read on the
// I/O thread without a document tree, handed to the group commit, and answered from its callback.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/mlflow/bounded_list.h"
#include "protocols/mlflow/error.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/tag_request.h"
#include "tracking/run_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using tracking::RunService;

struct WireMetric {
  std::optional<std::string> key;
  std::optional<double> value;
  std::optional<int64_t> timestamp;
  int64_t step = 0;
  std::string model_id;
  std::string dataset_name;
  std::string dataset_digest;
};
YARD_DESCRIBE(WireMetric, key, value, timestamp, step, model_id, dataset_name, dataset_digest)

struct LogMetricCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<std::string> key;
  std::optional<double> value;
  std::optional<int64_t> timestamp;
  int64_t step = 0;
  std::string model_id;
  std::string dataset_name;
  std::string dataset_digest;
};
YARD_DESCRIBE(LogMetricCall, run_id, run_uuid, key, value, timestamp, step, model_id, dataset_name,
              dataset_digest)

struct LogBatchCall {
  std::optional<std::string> run_id;
  BoundedList<WireMetric, RunService::kMaxPointsPerCall> metrics;
  BoundedList<WireTag, RunService::kMaxParamsPerCall> params;
  BoundedList<WireTag, RunService::kMaxTagsPerCall> tags;
};
YARD_DESCRIBE(LogBatchCall, run_id, metrics, params, tags)

struct KeyValueCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<std::string> key;
  std::optional<std::string> value;
};
YARD_DESCRIBE(KeyValueCall, run_id, run_uuid, key, value)

struct WireDataset {
  std::optional<std::string> name;
  std::optional<std::string> digest;
  std::optional<std::string> source_type;
  std::optional<std::string> source;
  std::optional<std::string> schema;
  std::optional<std::string> profile;
};
YARD_DESCRIBE(WireDataset, name, digest, source_type, source, schema, profile)

struct WireDatasetInput {
  WireTags tags;
  std::optional<WireDataset> dataset;
};
YARD_DESCRIBE(WireDatasetInput, tags, dataset)

struct WireModel {
  std::optional<std::string> model_id;
  int64_t step = 0;
};
YARD_DESCRIBE(WireModel, model_id, step)

struct LogInputsCall {
  std::optional<std::string> run_id;
  BoundedList<WireDatasetInput, 1000> datasets;
  BoundedList<WireModel, 1000> models;
};
YARD_DESCRIBE(LogInputsCall, run_id, datasets, models)

struct LogOutputsCall {
  std::optional<std::string> run_id;
  BoundedList<WireModel, 1000> models;
};
YARD_DESCRIBE(LogOutputsCall, run_id, models)

template <typename Wire>
base::Result<tracking::MetricPoint> PointOf(Wire& metric) {
  tracking::MetricPoint point;
  YARD_ASSIGN_OR_RETURN(point.key, Need(std::move(metric.key), "key"));
  YARD_ASSIGN_OR_RETURN(point.value, Need(metric.value, "value"));
  YARD_ASSIGN_OR_RETURN(const int64_t timestamp, Need(metric.timestamp, "timestamp"));
  if (timestamp < 0) return WrongValue("timestamp", std::to_string(timestamp));
  point.timestamp = base::Millis(timestamp);
  point.step = metric.step;
  point.model_id = std::move(metric.model_id);
  point.dataset_name = std::move(metric.dataset_name);
  point.dataset_digest = std::move(metric.dataset_digest);
  return point;
}

net::Response Acknowledged(const base::Result<void>& result) {
  if (!result.ok()) return ErrorResponse(result.error());
  return net::Response::Json(kEmptyObject);
}

struct LogMetricInput {
  std::string run_id;
  std::vector<tracking::MetricPoint> points;
};

base::Result<LogMetricInput> ReadMetric(const Request& request) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LogMetricCall>(request));
  LogMetricInput input;
  YARD_ASSIGN_OR_RETURN(input.run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(auto point, PointOf(call));
  input.points.push_back(std::move(point));
  return input;
}

void LogMetric(const Request& request, net::Responder responder, RunService& runs) {
  auto input = ReadMetric(request);
  if (!input.ok()) return responder.Send(ErrorResponse(input.error()));
  runs.LogMetricsAsync(std::move(input->run_id), std::move(input->points),
                       [responder = std::move(responder)](const base::Result<void>& result) {
                         responder.Send(Acknowledged(result));
                       });
}

struct LogBatchInput {
  std::string run_id;
  tracking::RunBatch batch;
};

base::Result<LogBatchInput> ReadBatch(const Request& request) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LogBatchCall>(request));
  LogBatchInput input;
  YARD_ASSIGN_OR_RETURN(input.run_id, Need(std::move(call.run_id), "run_id"));
  YARD_ASSIGN_OR_RETURN(auto metrics, AllOf(std::move(call.metrics), "metrics"));
  YARD_ASSIGN_OR_RETURN(auto params, AllOf(std::move(call.params), "params"));
  YARD_ASSIGN_OR_RETURN(auto tags, AllOf(std::move(call.tags), "tags"));
  input.batch.metrics.reserve(metrics.size());
  for (WireMetric& metric : metrics) {
    YARD_ASSIGN_OR_RETURN(auto point, PointOf(metric));
    input.batch.metrics.push_back(std::move(point));
  }
  YARD_ASSIGN_OR_RETURN(input.batch.params, TrackingTags(std::move(params)));
  YARD_ASSIGN_OR_RETURN(input.batch.tags, TrackingTags(std::move(tags)));
  return input;
}

void LogBatch(const Request& request, net::Responder responder, RunService& runs) {
  auto input = ReadBatch(request);
  if (!input.ok()) return responder.Send(ErrorResponse(input.error()));
  runs.LogBatchAsync(std::move(input->run_id), std::move(input->batch),
                     [responder = std::move(responder)](const base::Result<void>& result) {
                       responder.Send(Acknowledged(result));
                     });
}

base::Result<std::string> LogParam(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<KeyValueCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(auto key, Need(std::move(call.key), "key"));
  auto logged = runs.LogParam(run_id, {std::move(key), call.value.value_or("")});
  if (!logged.ok()) return std::move(logged).error().With({"run_id", run_id});
  return std::string(kEmptyObject);
}

base::Result<std::string> SetTag(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<KeyValueCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(auto key, Need(std::move(call.key), "key"));
  return EmptyObject(runs.SetTag(run_id, {std::move(key), call.value.value_or("")}));
}

base::Result<std::string> DeleteTag(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<KeyValueCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(const auto key, Need(call.key, "key"));
  return EmptyObject(runs.DeleteTag(run_id, key));
}

base::Result<tracking::DatasetInput> DatasetInputOf(WireDatasetInput input) {
  tracking::DatasetInput converted;
  YARD_ASSIGN_OR_RETURN(auto dataset, Need(std::move(input.dataset), "dataset"));
  YARD_ASSIGN_OR_RETURN(converted.dataset.name, Need(std::move(dataset.name), "name"));
  YARD_ASSIGN_OR_RETURN(converted.dataset.digest, Need(std::move(dataset.digest), "digest"));
  YARD_ASSIGN_OR_RETURN(converted.dataset.source_type,
                        Need(std::move(dataset.source_type), "source_type"));
  YARD_ASSIGN_OR_RETURN(converted.dataset.source, Need(std::move(dataset.source), "source"));
  converted.dataset.schema = std::move(dataset.schema);
  converted.dataset.profile = std::move(dataset.profile);
  YARD_ASSIGN_OR_RETURN(converted.tags, TrackingTags(std::move(input.tags), "tags"));
  return converted;
}

base::Result<std::string> LogInputs(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LogInputsCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, Need(call.run_id, "run_id"));
  tracking::RunInputs inputs;
  YARD_ASSIGN_OR_RETURN(auto datasets, AllOf(std::move(call.datasets), "datasets"));
  for (WireDatasetInput& input : datasets) {
    YARD_ASSIGN_OR_RETURN(auto dataset, DatasetInputOf(std::move(input)));
    inputs.datasets.push_back(std::move(dataset));
  }
  YARD_ASSIGN_OR_RETURN(auto models, AllOf(std::move(call.models), "models"));
  for (WireModel& model : models) {
    YARD_ASSIGN_OR_RETURN(auto model_id, Need(std::move(model.model_id), "model_id"));
    inputs.model_ids.push_back(std::move(model_id));
  }
  return EmptyObject(runs.LogInputs(run_id, inputs));
}

base::Result<std::string> LogOutputs(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LogOutputsCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, Need(call.run_id, "run_id"));
  std::vector<tracking::ModelOutput> outputs;
  YARD_ASSIGN_OR_RETURN(auto models, AllOf(std::move(call.models), "models"));
  for (WireModel& model : models) {
    YARD_ASSIGN_OR_RETURN(auto model_id, Need(std::move(model.model_id), "model_id"));
    outputs.push_back({std::move(model_id), model.step});
  }
  return EmptyObject(runs.LogOutputs(run_id, outputs));
}

}  // namespace

void AddLoggingRoutes(ApiRoutes& routes, RunService& runs) {
  const auto on = [&runs](auto call) {
    return [&runs, call](const Request& request) { return call(request, runs); };
  };
  const auto at_once = [&runs](auto call) {
    return [&runs, call](const std::shared_ptr<const Request>& request, net::Responder responder) {
      call(*request, std::move(responder), runs);
    };
  };
  routes.PostAsync("runs/log-metric", at_once(LogMetric));
  routes.PostAsync("runs/log-batch", at_once(LogBatch));
  routes.Post("runs/log-parameter", on(LogParam));
  routes.Post("runs/set-tag", on(SetTag));
  routes.Post("runs/delete-tag", on(DeleteTag));
  routes.Post("runs/log-inputs", on(LogInputs));
  routes.Post("runs/outputs", on(LogOutputs));
}

}  // namespace yard::protocols::mlflow
