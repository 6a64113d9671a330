#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "tracking/dataset.h"
#include "tracking/experiment.h"
#include "tracking/lifecycle.h"
#include "tracking/metric.h"

namespace yard::tracking {

/// 32 lower-case hex digits that sort by time of creation.
using RunId = std::string;

enum class RunStatus { kRunning = 1, kScheduled = 2, kFinished = 3, kFailed = 4, kKilled = 5 };

/// "RUNNING", "SCHEDULED", "FINISHED", "FAILED" or "KILLED".
std::string_view RunStatusName(RunStatus status);
std::optional<RunStatus> ParseRunStatus(std::string_view name);

struct RunInfo {
  RunId id;
  ExperimentId experiment_id = 0;
  std::string name;
  std::string user;
  RunStatus status = RunStatus::kRunning;
  LifecycleStage stage = LifecycleStage::kActive;
  base::Millis start_time;
  /// Stays when a finished run is resumed.
  std::optional<base::Millis> end_time;
  std::string artifact_location;
};

/// A model that a run made. A model is listed once per run.
struct ModelOutput {
  std::string model_id;
  int64_t step = 0;
};

/// A run with all that belongs to it, but for the history of its metrics. Lists are in order of
/// key, inputs and outputs in order of arrival.
struct Run {
  RunInfo info;
  std::vector<LatestMetric> metrics;
  std::vector<Param> params;
  std::vector<Tag> tags;
  std::vector<DatasetInput> datasets;
  std::vector<std::string> model_inputs;
  std::vector<ModelOutput> model_outputs;
};

struct NewRun {
  ExperimentId experiment_id = 0;
  /// Empty: the tag mlflow.runName, else a readable random name.
  std::string name;
  std::string user;
  base::Millis start_time;
  std::vector<Tag> tags;
};

/// What to change; absent fields stay.
struct RunUpdate {
  std::optional<RunStatus> status;
  std::optional<base::Millis> end_time;
  /// Empty counts as absent.
  std::optional<std::string> name;
};

/// Params, metrics and tags that are written together or not at all.
struct RunBatch {
  std::vector<MetricPoint> metrics;
  std::vector<Param> params;
  std::vector<Tag> tags;
};

/// What a run read.
struct RunInputs {
  std::vector<DatasetInput> datasets;
  std::vector<std::string> model_ids;
};

}  // namespace yard::tracking
