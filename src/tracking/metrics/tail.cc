#include "tracking/metrics/tail.h"

#include <algorithm>
#include <mutex>

namespace yard::tracking {
namespace {

// How many points of an ascending list of segments lie in segments up to `through`.
size_t CountThrough(const std::vector<int64_t>& segments, int64_t through) {
  return static_cast<size_t>(std::upper_bound(segments.begin(), segments.end(), through) -
                             segments.begin());
}

}  // namespace

void Tail::Append(int64_t segment, std::span<const LoggedPoint> points) {
  if (points.empty()) return;
  std::unique_lock lock(mutex_);
  segments_.push_back({segment, points.size()});
  for (const LoggedPoint& logged : points) {
    struct Series& series = runs_[logged.run][logged.key];
    if (series.points.empty() || ComesBefore(series.latest, logged.point)) {
      series.latest = logged.point;
    }
    series.points.push_back(logged.point);
    series.segments.push_back(segment);
  }
  point_count_.fetch_add(points.size(), std::memory_order_relaxed);
}

const struct Tail::Series* Tail::Find(RunNumber run, NameId key) const {
  const auto in_run = runs_.find(run);
  if (in_run == runs_.end()) return nullptr;
  const auto in_series = in_run->second.find(key);
  return in_series == in_run->second.end() ? nullptr : &in_series->second;
}

std::vector<StoredPoint> Tail::Series(RunNumber run, NameId key) const {
  std::shared_lock lock(mutex_);
  const auto* series = Find(run, key);
  return series == nullptr ? std::vector<StoredPoint>() : series->points;
}

LatestByKey Tail::Latest(RunNumber run) const {
  LatestByKey latest;
  std::shared_lock lock(mutex_);
  const auto in_run = runs_.find(run);
  if (in_run == runs_.end()) return latest;
  for (const auto& [key, series] : in_run->second) latest.emplace(key, series.latest);
  return latest;
}

std::optional<StoredPoint> Tail::Latest(RunNumber run, NameId key) const {
  std::shared_lock lock(mutex_);
  const auto* series = Find(run, key);
  if (series == nullptr) return std::nullopt;
  return series->latest;
}

std::optional<Tail::Batch> Tail::OldestBatch(size_t min_points) const {
  std::shared_lock lock(mutex_);
  if (segments_.empty()) return std::nullopt;
  Batch batch;
  size_t points = 0;
  for (const SegmentSize& segment : segments_) {
    batch.through_segment = segment.id;
    points += segment.points;
    if (points >= min_points) break;
  }
  for (const auto& [run, series_of_run] : runs_) {
    for (const auto& [key, series] : series_of_run) {
      const size_t count = CountThrough(series.segments, batch.through_segment);
      if (count == 0) continue;
      batch.runs[run].emplace_back(
          key,
          std::vector<StoredPoint>(series.points.begin(),
                                   series.points.begin() + static_cast<std::ptrdiff_t>(count)));
    }
  }
  return batch;
}

void Tail::Drop(const Batch& batch) {
  std::unique_lock leaving(leaving_);
  std::unique_lock lock(mutex_);
  epoch_.fetch_add(1);
  size_t dropped = 0;
  while (!segments_.empty() && segments_.front().id <= batch.through_segment) {
    dropped += segments_.front().points;
    segments_.pop_front();
  }
  for (const auto& [run, series_of_run] : batch.runs) {
    const auto in_run = runs_.find(run);
    if (in_run == runs_.end()) continue;
    for (const auto& [key, merged] : series_of_run) {
      struct Series& series = in_run->second[key];
      const auto count = static_cast<std::ptrdiff_t>(merged.size());
      series.points.erase(series.points.begin(), series.points.begin() + count);
      series.segments.erase(series.segments.begin(), series.segments.begin() + count);
      if (series.points.empty()) {
        in_run->second.erase(key);
      } else {
        series.latest = LatestOf(series.points);
      }
    }
    if (in_run->second.empty()) runs_.erase(in_run);
  }
  point_count_.fetch_sub(dropped, std::memory_order_relaxed);
}

}  // namespace yard::tracking
