// The history of metrics: whole, in pages, and thinned out for charts.

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "tracking/run_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using tracking::RunService;
using tracking::SampleRequest;
using tracking::SeriesPoint;

struct HistoryCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<std::string> metric_key;
  std::optional<int64_t> max_results;
  std::optional<std::string> page_token;
};
YARD_DESCRIBE(HistoryCall, run_id, run_uuid, metric_key, max_results, page_token)

struct BulkCall {
  std::vector<std::string> run_id;
  std::optional<std::string> metric_key;
  std::optional<int64_t> max_results;
};
YARD_DESCRIBE(BulkCall, run_id, metric_key, max_results)

struct IntervalCall {
  std::vector<std::string> run_ids;
  std::optional<std::string> metric_key;
  std::optional<int64_t> start_step;
  std::optional<int64_t> end_step;
  std::optional<int64_t> max_results;
};
YARD_DESCRIBE(IntervalCall, run_ids, metric_key, start_step, end_step, max_results)

void WritePoint(base::json::Writer& writer, std::string_view key, const SeriesPoint& point) {
  writer.Member("key", key)
      .Member("value", point.value)
      .Member("timestamp", point.timestamp.value)
      .Member("step", point.step);
}

void WritePointOfRun(base::json::Writer& writer, std::string_view key, std::string_view run_id,
                     const SeriesPoint& point) {
  writer.BeginObject();
  WritePoint(writer, key, point);
  writer.Member("run_id", run_id).EndObject();
}

std::string HistoryJson(const std::string& key, const tracking::MetricHistory& history) {
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject();
  if (!history.points.empty()) {
    writer.Key("metrics").BeginArray();
    for (const SeriesPoint& point : history.points) {
      writer.BeginObject();
      WritePoint(writer, key, point);
      writer.EndObject();
    }
    writer.EndArray();
  }
  if (!history.next_page_token.empty()) writer.Member("next_page_token", history.next_page_token);
  writer.EndObject();
  return json;
}

base::Result<std::string> History(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<HistoryCall>(request));
  tracking::HistoryRequest history;
  YARD_ASSIGN_OR_RETURN(history.run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(history.key, Need(call.metric_key, "metric_key"));
  if (call.max_results) {
    YARD_ASSIGN_OR_RETURN(history.max_results,
                          PageSize(call.max_results, 1, std::numeric_limits<int>::max()));
  }
  history.page_token = call.page_token.value_or("");
  YARD_ASSIGN_OR_RETURN(const auto page, runs.History(history));
  return HistoryJson(history.key, page);
}

base::Result<void> CheckRuns(const std::vector<std::string>& run_ids, std::string_view parameter) {
  if (run_ids.empty()) return base::json::MissingField(parameter);
  if (run_ids.size() <= SampleRequest::kMaxRuns) return {};
  return base::InvalidArgument("at most 100 runs can be asked for at once");
}

// The first points of each run, up to a number of points in all.
base::Result<std::string> Bulk(const Request& request, RunService& runs) {
  constexpr int kMaxPoints = 25'000;
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<BulkCall>(request));
  YARD_RETURN_IF_ERROR(CheckRuns(call.run_id, "run_id"));
  YARD_ASSIGN_OR_RETURN(const auto key, Need(call.metric_key, "metric_key"));
  YARD_ASSIGN_OR_RETURN(const int limit,
                        PageSize(call.max_results, kMaxPoints, std::numeric_limits<int>::max()));
  int left = std::min(limit, kMaxPoints);
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Key("metrics").BeginArray();
  for (const std::string& run_id : call.run_id) {
    if (left == 0) break;
    YARD_ASSIGN_OR_RETURN(const auto page, runs.History({run_id, key, left, ""}));
    left -= static_cast<int>(page.points.size());
    for (const SeriesPoint& point : page.points) WritePointOfRun(writer, key, run_id, point);
  }
  writer.EndArray().EndObject();
  return json;
}

base::Result<SampleRequest> ReadInterval(const Request& request) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<IntervalCall>(request));
  YARD_RETURN_IF_ERROR(CheckRuns(call.run_ids, "run_ids"));
  SampleRequest sample;
  YARD_ASSIGN_OR_RETURN(sample.key, Need(std::move(call.metric_key), "metric_key"));
  YARD_ASSIGN_OR_RETURN(sample.max_points,
                        PageSize(call.max_results, 320, SampleRequest::kMaxPoints));
  sample.run_ids = std::move(call.run_ids);
  if (call.start_step.has_value() != call.end_step.has_value())
    return base::InvalidArgument("start_step and end_step must be given together");
  if (call.start_step && *call.start_step > *call.end_step)
    return base::InvalidArgument("end_step must not be before start_step");
  if (call.start_step) sample.step_range = {*call.start_step, *call.end_step};
  return sample;
}

base::Result<std::string> Interval(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto sample, ReadInterval(request));
  YARD_ASSIGN_OR_RETURN(const auto series, runs.Sample(sample));
  const bool is_empty =
      std::all_of(series.begin(), series.end(), [](const auto& one) { return one.points.empty(); });
  if (is_empty) return std::string(kEmptyObject);
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Key("metrics").BeginArray();
  for (const tracking::SampledSeries& one : series) {
    for (const SeriesPoint& point : one.points) WritePointOfRun(writer, one.key, one.run_id, point);
  }
  writer.EndArray().EndObject();
  return json;
}

}  // namespace

void AddMetricRoutes(ApiRoutes& routes, RunService& runs) {
  const auto on = [&runs](auto call) {
    return [&runs, call](const Request& request) { return call(request, runs); };
  };
  routes.Get("metrics/get-history", on(History));
  routes.Get("metrics/get-history-bulk", on(Bulk));
  routes.Get("metrics/get-history-bulk-interval", on(Interval));
}

}  // namespace yard::protocols::mlflow
