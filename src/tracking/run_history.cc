// The points of a series: page by page, or thinned out for charts.
#include <algorithm>
#include <string>
#include <tuple>

#include "tracking/metrics/bytes.h"
#include "tracking/metrics/history.h"
#include "tracking/page_token.h"
#include "tracking/run_service.h"
#include "tracking/run_store.h"
#include "tracking/tracking_parts.h"

namespace yard::tracking {
namespace {

using Parts = TrackingStore::Parts;

bool ComesEarlier(const StoredPoint& a, const StoredPoint& b) {
  if (a.time != b.time) return a.time < b.time;
  if (a.step != b.step) return a.step < b.step;
  return CompareValues(a.value, b.value) < 0;
}

std::string Position(const StoredPoint& point) {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.Signed(point.time);
  writer.Signed(point.step);
  writer.Fixed64(std::bit_cast<uint64_t>(point.value));
  return bytes;
}

base::Result<StoredPoint> PointAt(std::string_view position) {
  ByteReader reader(position);
  StoredPoint point;
  point.time = reader.Signed();
  point.step = reader.Signed();
  point.value = WithOneNan(std::bit_cast<double>(reader.Fixed64()));
  if (!reader.ok() || !reader.at_end()) return BadPageToken();
  return point;
}

std::string RequestText(const HistoryRequest& request) {
  return "history\n" + request.run_id + "\n" + request.key;
}

base::Result<std::optional<StoredPoint>> After(const HistoryRequest& request) {
  if (request.page_token.empty()) return std::optional<StoredPoint>();
  YARD_ASSIGN_OR_RETURN(const std::string position,
                        ReadPageToken(RequestText(request), request.page_token));
  YARD_ASSIGN_OR_RETURN(const StoredPoint point, PointAt(position));
  return std::optional<StoredPoint>(point);
}

// Which series: absent when there is no such run or key.
using SeriesKey = std::optional<std::pair<RunNumber, NameId>>;

base::Result<SeriesKey> FindSeries(Parts& parts, storage::Snapshot& snapshot,
                                   std::string_view run_id, std::string_view key) {
  YARD_ASSIGN_OR_RETURN(const auto run,
                        snapshot.QueryOne("SELECT id FROM run WHERE uuid = ?", run_id));
  if (!run) return SeriesKey();
  YARD_ASSIGN_OR_RETURN(const auto name, parts.names.Find(snapshot, key));
  if (!name) return SeriesKey();
  return SeriesKey({run->Integer(0), *name});
}

void AppendTail(const Parts& parts, RunNumber run, NameId key, const SeriesRange& range,
                std::vector<StoredPoint>& points) {
  for (const StoredPoint& point : parts.tail.Series(run, key)) {
    if (range.Holds(point)) points.push_back(point);
  }
}

base::Result<std::vector<StoredPoint>> ReadFrom(Parts& parts, const HistoryRequest& request,
                                                const std::optional<StoredPoint>& after) {
  SeriesRange range;
  if (after) range.min_time = after->time;
  return parts.ReadWithTail(
      [&](storage::Snapshot& snapshot) -> base::Result<std::vector<StoredPoint>> {
        YARD_ASSIGN_OR_RETURN(const SeriesKey series,
                              FindSeries(parts, snapshot, request.run_id, request.key));
        if (!series) return std::vector<StoredPoint>();
        YARD_ASSIGN_OR_RETURN(auto points,
                              ReadMergedPoints(snapshot, series->first, series->second, range));
        AppendTail(parts, series->first, series->second, range, points);
        return points;
      });
}

MetricHistory PageOf(const HistoryRequest& request, std::vector<StoredPoint> points) {
  MetricHistory page;
  const size_t limit =
      request.max_results ? static_cast<size_t>(*request.max_results) : points.size();
  const size_t count = std::min(limit, points.size());
  page.points.reserve(count);
  for (size_t i = 0; i < count; ++i) page.points.push_back(ToSeriesPoint(points[i]));
  if (count < points.size()) {
    page.next_page_token = MakePageToken(RequestText(request), Position(points[count - 1]));
  }
  return page;
}

base::Error BadMaxResults(std::string limit) {
  return base::InvalidArgument("the number of results is out of range", {"limit", std::move(limit)})
      .WithReason("bad_max_results");
}

base::Result<std::optional<SampledSeries>> SampleRun(Parts& parts, storage::Snapshot& snapshot,
                                                     const RunId& run_id,
                                                     const SampleRequest& request) {
  SeriesRange range;
  if (request.step_range) std::tie(range.min_step, range.max_step) = *request.step_range;
  YARD_ASSIGN_OR_RETURN(const SeriesKey series, FindSeries(parts, snapshot, run_id, request.key));
  if (!series) return std::optional<SampledSeries>();
  YARD_ASSIGN_OR_RETURN(auto points,
                        ReadMergedOutline(snapshot, series->first, series->second, range));
  AppendTail(parts, series->first, series->second, range, points);
  SortAndDeduplicate(points);
  SampledSeries sampled{run_id, request.key, {}};
  for (const StoredPoint& point : ThinOut(points, static_cast<size_t>(request.max_points))) {
    sampled.points.push_back(ToSeriesPoint(point));
  }
  return std::optional<SampledSeries>(std::move(sampled));
}

}  // namespace

base::Result<MetricHistory> RunService::History(const HistoryRequest& request) {
  if (request.max_results && *request.max_results < 1) return BadMaxResults("at least 1");
  YARD_ASSIGN_OR_RETURN(const auto after, After(request));
  YARD_ASSIGN_OR_RETURN(auto points, ReadFrom(store_.parts(), request, after));
  if (!std::is_sorted(points.begin(), points.end(), ComesEarlier)) {
    std::sort(points.begin(), points.end(), ComesEarlier);
  }
  points.erase(std::unique(points.begin(), points.end(), IsSamePoint), points.end());
  if (after) {
    const auto first = std::upper_bound(points.begin(), points.end(), *after, ComesEarlier);
    points.erase(points.begin(), first);
  }
  return PageOf(request, std::move(points));
}

base::Result<std::vector<SampledSeries>> RunService::Sample(const SampleRequest& request) {
  if (request.run_ids.size() > SampleRequest::kMaxRuns) {
    return base::InvalidArgument("too many runs in one call", {"field", "run_ids"},
                                 {"limit", std::to_string(SampleRequest::kMaxRuns)})
        .WithReason("too_many");
  }
  if (request.max_points < 1 || request.max_points > SampleRequest::kMaxPoints) {
    return BadMaxResults("1 to " + std::to_string(SampleRequest::kMaxPoints));
  }
  Parts& parts = store_.parts();
  return parts.ReadWithTail(
      [&](storage::Snapshot& snapshot) -> base::Result<std::vector<SampledSeries>> {
        std::vector<SampledSeries> all;
        for (const RunId& run : request.run_ids) {
          YARD_ASSIGN_OR_RETURN(auto sampled, SampleRun(parts, snapshot, run, request));
          if (sampled && !sampled->points.empty()) all.push_back(*std::move(sampled));
        }
        return all;
      });
}

base::Result<std::vector<DatasetSummary>> RunService::SearchDatasets(
    std::span<const ExperimentId> ids) {
  constexpr size_t kMaxSummaries = 1000;
  return store_.parts().database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<std::vector<DatasetSummary>> {
        std::vector<DatasetSummary> summaries;
        for (const ExperimentId id : ids) {
          YARD_RETURN_IF_ERROR(snapshot.ForEach(
              "SELECT DISTINCT d.name, d.digest, COALESCE(t.value, '') FROM dataset d "
              "JOIN run_dataset i ON i.dataset = d.id "
              "LEFT JOIN run_dataset_tag t ON t.input = i.id AND t.key = 'mlflow.data.context' "
              "WHERE d.experiment = ? ORDER BY 1, 2, 3 LIMIT 1000",
              [&](const storage::Row& row) -> base::Result<void> {
                if (summaries.size() == kMaxSummaries) return {};
                summaries.push_back({id, std::string(row.Text(0)), std::string(row.Text(1)),
                                     std::string(row.Text(2))});
                return {};
              },
              id));
        }
        return summaries;
      });
}

}  // namespace yard::tracking
