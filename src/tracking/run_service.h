#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "tracking/dataset.h"
#include "tracking/run.h"
#include "tracking/search/search.h"

namespace yard::tracking {

class TrackingStore;

struct HistoryRequest {
  RunId run_id;
  std::string key;
  /// Absent: the whole series. Otherwise at least 1.
  std::optional<int> max_results;
  std::string page_token;
};

struct SampleRequest {
  static constexpr size_t kMaxRuns = 100;
  static constexpr int kMaxPoints = 2500;

  std::vector<RunId> run_ids;
  std::string key;
  /// Both ends belong to the range.
  std::optional<std::pair<int64_t, int64_t>> step_range;
  /// Per run, 1 to kMaxPoints.
  int max_points = 320;
};

/// The rules of a run's life: it is created active, collects params, tags and metrics, ends, may be
/// deleted and restored.
///
/// Every method returns after its effect is durable (the asynchronous ones call `done` then) and
/// may be called from any thread; all but the asynchronous ones may block.
/// Errors common to all: kNotFound "run_not_found"; kUnavailable when the write queue is full or
/// too many points wait to be merged. Writing to a deleted run: kFailedPrecondition
/// "run_not_active". A key that is no good: kInvalidArgument "bad_key" (details: key).
class RunService {
 public:
  using Done = std::function<void(base::Result<void>)>;

  /// In one call of LogMetrics, and in one batch together with params and tags.
  static constexpr size_t kMaxPointsPerCall = 1000;
  static constexpr size_t kMaxParamsPerCall = 100;
  static constexpr size_t kMaxTagsPerCall = 100;
  /// Longer values of params and tags are cut at this many characters.
  static constexpr size_t kMaxParamCharacters = 6000;
  static constexpr size_t kMaxTagCharacters = 8000;
  static constexpr size_t kMaxKeyCharacters = 250;

  explicit RunService(TrackingStore& store) : store_(store) {}

  /// The name and the tag mlflow.runName are one thing. Errors: kNotFound "experiment_not_found";
  /// kFailedPrecondition "experiment_not_active"; kInvalidArgument "run_name_conflict" when name
  /// and tag differ.
  base::Result<Run> Create(const NewRun& run);

  /// Finds deleted runs too.
  base::Result<Run> Get(const RunId& id);
  base::Result<RunInfo> GetInfo(const RunId& id);

  base::Result<RunInfo> Update(const RunId& id, const RunUpdate& update);
  /// Idempotent.
  base::Result<void> Delete(const RunId& id);
  base::Result<void> Restore(const RunId& id);

  /// Appends points; exact repeats (same key, step, time and value) are kept once. A point with a
  /// model_id also goes to that model (kNotFound "logged_model_not_found").
  base::Result<void> LogMetrics(const RunId& id, std::span<const MetricPoint> points);
  /// The same without blocking: `done` is called once, here for a bad point, otherwise on the
  /// writer's thread; it must be quick.
  void LogMetricsAsync(RunId id, std::vector<MetricPoint> points, Done done);

  /// The same value again changes nothing. Errors: kInvalidArgument "param_changed" (details: key,
  /// old, new).
  base::Result<void> LogParam(const RunId& id, const Param& param);
  base::Result<void> SetTag(const RunId& id, const Tag& tag);
  /// Errors: kNotFound "tag_not_found".
  base::Result<void> DeleteTag(const RunId& id, std::string_view key);

  /// All or nothing. Errors: those above; kInvalidArgument "too_many" (details: limit) and
  /// "duplicate_param" (details: key).
  base::Result<void> LogBatch(const RunId& id, const RunBatch& batch);
  void LogBatchAsync(RunId id, RunBatch batch, Done done);

  /// Datasets and models that the run read; what is known already stays as it is.
  base::Result<void> LogInputs(const RunId& id, const RunInputs& inputs);
  /// A model that is listed already stays as it is.
  base::Result<void> LogOutputs(const RunId& id, std::span<const ModelOutput> outputs);

  /// Every point of one series in order of time. A run or key that is not there has no points.
  /// Errors: kInvalidArgument "bad_page_token" or "bad_max_results".
  base::Result<MetricHistory> History(const HistoryRequest& request);
  /// One series of several runs, each thinned to `max_points`. Runs that are not there are left
  /// out. Errors: kInvalidArgument "too_many" or "bad_max_results".
  base::Result<std::vector<SampledSeries>> Sample(const SampleRequest& request);

  /// Errors: kInvalidArgument "bad_filter", "bad_order_by", "bad_page_token" or "bad_max_results".
  /// You read your own writes.
  base::Result<RunPage> Search(const RunSearch& search);

  /// The datasets used in those experiments, each once per context; at most 1000.
  base::Result<std::vector<DatasetSummary>> SearchDatasets(std::span<const ExperimentId> ids);

 private:
  TrackingStore& store_;
};

}  // namespace yard::tracking
