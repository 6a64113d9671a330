#include "tracking/metrics/merge_plan.h"

#include <algorithm>
#include <map>
#include <span>

#include "tracking/metrics/latest.h"
#include "tracking/metrics/series_codec.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

// A series of this many points leaves the pack for chunks of its own.
constexpr size_t kChunkAt = 1024;
// A pack is rewritten at each merge of its run, so it must stay small: above this many points its
// longest series leave it.
constexpr size_t kMaxPackPoints = 65'536;

using PointsByKey = std::map<NameId, std::vector<StoredPoint>>;

base::Result<PointsByKey> ReadPack(storage::Snapshot& snapshot, RunNumber run) {
  PointsByKey points;
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot.QueryOne("SELECT data FROM metric_pack WHERE run = ?", run));
  if (!row) return points;
  YARD_ASSIGN_OR_RETURN(auto packed, DecodePack(row->Bytes(0)));
  for (PackedSeries& series : packed) points[series.key] = std::move(series.points);
  return points;
}

base::Result<LatestByKey> ReadLatest(storage::Snapshot& snapshot, RunNumber run) {
  YARD_ASSIGN_OR_RETURN(const auto row,
                        snapshot.QueryOne("SELECT data FROM metric_latest WHERE run = ?", run));
  if (!row) return LatestByKey();
  return DecodeLatest(row->Bytes(0));
}

NewChunk MakeChunk(NameId key, std::span<const StoredPoint> points) {
  const auto by_time = [](const StoredPoint& a, const StoredPoint& b) { return a.time < b.time; };
  const auto [first, last] = std::minmax_element(points.begin(), points.end(), by_time);
  return {key,
          static_cast<int64_t>(points.size()),
          first->time,
          last->time,
          ExtremesOf(points),
          EncodeChunk(points)};
}

void CutChunks(NameId key, std::span<const StoredPoint> points, std::vector<NewChunk>& chunks) {
  for (size_t start = 0; start < points.size(); start += kMaxChunkPoints) {
    const size_t count = std::min(kMaxChunkPoints, points.size() - start);
    chunks.push_back(MakeChunk(key, points.subspan(start, count)));
  }
}

size_t TotalPoints(const PointsByKey& series) {
  size_t total = 0;
  for (const auto& [key, points] : series) total += points.size();
  return total;
}

void MoveToChunks(PointsByKey& series, PointsByKey::iterator which, std::vector<NewChunk>& chunks) {
  CutChunks(which->first, which->second, chunks);
  series.erase(which);
}

void CutLongSeries(PointsByKey& series, std::vector<NewChunk>& chunks) {
  for (auto next = series.begin(); next != series.end();) {
    const auto current = next++;
    if (current->second.size() >= kChunkAt) MoveToChunks(series, current, chunks);
  }
  const auto by_size = [](const auto& a, const auto& b) {
    return a.second.size() < b.second.size();
  };
  for (size_t total = TotalPoints(series); total > kMaxPackPoints;) {
    const auto longest = std::max_element(series.begin(), series.end(), by_size);
    total -= longest->second.size();
    MoveToChunks(series, longest, chunks);
  }
}

std::vector<PackedSeries> ForPack(PointsByKey series) {
  std::vector<PackedSeries> packed;
  packed.reserve(series.size());
  for (auto& [key, points] : series) packed.push_back({key, std::move(points)});
  return packed;
}

base::Result<void> StoreChunk(storage::Transaction& transaction, RunNumber run,
                              const NewChunk& chunk) {
  const storage::Blob extremes{EncodeExtremes(chunk.extremes)};
  YARD_ASSIGN_OR_RETURN(
      const int64_t id,
      FirstInteger(transaction.QueryOne(
          "INSERT INTO metric_chunk (run, key, count, first_step, last_step, first_time, "
          "last_time, extremes) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
          run, chunk.key, chunk.count, chunk.extremes.first.step, chunk.extremes.last.step,
          chunk.first_time, chunk.last_time, extremes)));
  const storage::Blob body{chunk.body};
  return WithoutCount(
      transaction.Run("INSERT INTO metric_chunk_body (id, data) VALUES (?, ?)", id, body));
}

base::Result<void> StorePack(storage::Transaction& transaction, const MergePlan& plan) {
  if (plan.pack.empty()) {
    return WithoutCount(transaction.Run("DELETE FROM metric_pack WHERE run = ?", plan.run));
  }
  const storage::Blob pack{plan.pack};
  return WithoutCount(transaction.Run(
      "INSERT INTO metric_pack (run, points, data) VALUES (?, ?, ?) ON CONFLICT (run) DO UPDATE "
      "SET points = excluded.points, data = excluded.data",
      plan.run, plan.pack_points, pack));
}

}  // namespace

base::Result<MergePlan> PlanMerge(storage::Snapshot& snapshot, RunNumber run,
                                  const std::vector<SeriesPoints>& added) {
  MergePlan plan;
  plan.run = run;
  YARD_ASSIGN_OR_RETURN(PointsByKey series, ReadPack(snapshot, run));
  YARD_ASSIGN_OR_RETURN(LatestByKey latest, ReadLatest(snapshot, run));
  for (const auto& [key, points] : added) {
    auto& merged = series[key];
    merged.insert(merged.end(), points.begin(), points.end());
    SortAndDeduplicate(merged);
    RaiseLatest(latest, key, merged.back());
  }
  CutLongSeries(series, plan.chunks);
  plan.pack_points = static_cast<int64_t>(TotalPoints(series));
  if (!series.empty()) plan.pack = EncodePack(ForPack(std::move(series)));
  plan.latest = EncodeLatest(latest);
  return plan;
}

base::Result<void> StorePlan(storage::Transaction& transaction, const MergePlan& plan) {
  for (const NewChunk& chunk : plan.chunks) {
    YARD_RETURN_IF_ERROR(StoreChunk(transaction, plan.run, chunk));
  }
  YARD_RETURN_IF_ERROR(StorePack(transaction, plan));
  const storage::Blob latest{plan.latest};
  return WithoutCount(
      transaction.Run("INSERT INTO metric_latest (run, data) VALUES (?, ?) ON CONFLICT (run) DO "
                      "UPDATE SET data = excluded.data",
                      plan.run, latest));
}

}  // namespace yard::tracking
