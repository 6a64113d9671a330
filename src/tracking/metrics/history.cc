#include "tracking/metrics/history.h"

#include <algorithm>
#include <set>

#include "tracking/metrics/chunk_header.h"
#include "tracking/metrics/series_codec.h"

namespace yard::tracking {
namespace {

// A series with more points than this in its chunks is drawn from their headers.
constexpr int64_t kMaxDecodedForChart = 1'000'000;

struct ChunkRow {
  int64_t id = 0;
  int64_t count = 0;
  std::string extremes;
};

base::Result<std::vector<ChunkRow>> FindChunks(storage::Snapshot& snapshot, RunNumber run,
                                               NameId key, const SeriesRange& range) {
  std::vector<ChunkRow> chunks;
  YARD_RETURN_IF_ERROR(snapshot.ForEach(
      "SELECT id, count, extremes FROM metric_chunk WHERE run = ? AND key = ? AND first_step <= ? "
      "AND last_step >= ? AND last_time >= ? ORDER BY first_step",
      [&chunks](const storage::Row& row) -> base::Result<void> {
        chunks.push_back({row.Integer(0), row.Integer(1), std::string(row.Bytes(2))});
        return {};
      },
      run, key, range.max_step, range.min_step, range.min_time));
  return chunks;
}

void AppendWithin(const SeriesRange& range, const std::vector<StoredPoint>& from,
                  std::vector<StoredPoint>& points) {
  std::copy_if(from.begin(), from.end(), std::back_inserter(points),
               [&range](const StoredPoint& point) { return range.Holds(point); });
}

base::Result<void> AppendPacked(storage::Snapshot& snapshot, RunNumber run, NameId key,
                                const SeriesRange& range, std::vector<StoredPoint>& points) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot.QueryOne("SELECT data FROM metric_pack WHERE run = ?", run));
  if (!row) return {};
  YARD_ASSIGN_OR_RETURN(const auto pack, DecodePack(row->Bytes(0)));
  for (const PackedSeries& series : pack) {
    if (series.key == key) AppendWithin(range, series.points, points);
  }
  return {};
}

base::Result<void> AppendChunk(storage::Snapshot& snapshot, int64_t chunk, const SeriesRange& range,
                               std::vector<StoredPoint>& points) {
  YARD_ASSIGN_OR_RETURN(
      const auto row, snapshot.QueryOne("SELECT data FROM metric_chunk_body WHERE id = ?", chunk));
  if (!row) {
    return base::DataLoss("a chunk of metric points has no body", {"chunk", std::to_string(chunk)});
  }
  YARD_ASSIGN_OR_RETURN(const auto decoded, DecodeChunk(row->Bytes(0)));
  AppendWithin(range, decoded, points);
  return {};
}

base::Result<void> AppendOutline(const ChunkRow& chunk, const SeriesRange& range,
                                 std::vector<StoredPoint>& points) {
  YARD_ASSIGN_OR_RETURN(const ChunkExtremes extremes, DecodeExtremes(chunk.extremes));
  AppendWithin(range, {extremes.first, extremes.least, extremes.greatest, extremes.last}, points);
  return {};
}

size_t IndexOfExtreme(const std::vector<StoredPoint>& points, bool (*is_better)(double, double)) {
  size_t best = points.size();
  for (size_t i = 0; i < points.size(); ++i) {
    if (std::isnan(points[i].value)) continue;
    if (best == points.size() || is_better(points[i].value, points[best].value)) best = i;
  }
  return best;
}

// Puts `index` among the chosen ones in the place of its nearest neighbour that may go.
void Force(std::set<size_t>& chosen, size_t index, const std::set<size_t>& fixed) {
  if (chosen.contains(index)) return;
  auto after = chosen.lower_bound(index);
  while (after != chosen.end() && fixed.contains(*after)) ++after;
  if (after == chosen.end()) {
    auto before = chosen.lower_bound(index);
    while (before != chosen.begin() && fixed.contains(*std::prev(before))) --before;
    if (before == chosen.begin()) return;
    after = std::prev(before);
  }
  chosen.erase(after);
  chosen.insert(index);
}

}  // namespace

base::Result<std::vector<StoredPoint>> ReadMergedPoints(storage::Snapshot& snapshot, RunNumber run,
                                                        NameId key, const SeriesRange& range) {
  std::vector<StoredPoint> points;
  YARD_ASSIGN_OR_RETURN(const auto chunks, FindChunks(snapshot, run, key, range));
  for (const ChunkRow& chunk : chunks) {
    YARD_RETURN_IF_ERROR(AppendChunk(snapshot, chunk.id, range, points));
  }
  YARD_RETURN_IF_ERROR(AppendPacked(snapshot, run, key, range, points));
  return points;
}

base::Result<std::vector<StoredPoint>> ReadMergedOutline(storage::Snapshot& snapshot, RunNumber run,
                                                         NameId key, const SeriesRange& range) {
  YARD_ASSIGN_OR_RETURN(const auto chunks, FindChunks(snapshot, run, key, range));
  int64_t total = 0;
  for (const ChunkRow& chunk : chunks) total += chunk.count;
  if (total <= kMaxDecodedForChart) return ReadMergedPoints(snapshot, run, key, range);
  std::vector<StoredPoint> points;
  for (const ChunkRow& chunk : chunks) YARD_RETURN_IF_ERROR(AppendOutline(chunk, range, points));
  YARD_RETURN_IF_ERROR(AppendPacked(snapshot, run, key, range, points));
  return points;
}

std::vector<StoredPoint> ThinOut(const std::vector<StoredPoint>& points, size_t max_points) {
  if (points.size() <= max_points) return points;
  if (max_points == 1) return {points.back()};
  std::set<size_t> chosen;
  for (size_t share = 0; share + 1 < max_points; ++share) {
    chosen.insert(share * points.size() / max_points);
  }
  chosen.insert(points.size() - 1);
  std::set<size_t> fixed = {0, points.size() - 1};
  for (const size_t extreme : {IndexOfExtreme(points, [](double a, double b) { return a < b; }),
                               IndexOfExtreme(points, [](double a, double b) { return a > b; })}) {
    if (extreme == points.size()) continue;
    Force(chosen, extreme, fixed);
    fixed.insert(extreme);
  }
  std::vector<StoredPoint> thinned;
  thinned.reserve(chosen.size());
  for (const size_t index : chosen) thinned.push_back(points[index]);
  return thinned;
}

}  // namespace yard::tracking
