#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <span>
#include <unordered_map>
#include <vector>

#include "tracking/metrics/latest.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// The points that are durable in segments but not merged into packs and chunks yet, by series.
/// Thread-safe.
///
/// A reader joins what it finds here with a snapshot of the database. When nothing left the tail
/// while it did so (epoch() is the same before and after) no point is missing; what it finds twice
/// falls out as an exact repeat.
class Tail {
 public:
  /// Above this many points the merger works without pause.
  static constexpr size_t kUrgentPoints = 1'000'000;
  /// Above this many points nothing more is taken.
  static constexpr size_t kMaxPoints = 4'000'000;

  /// Adds the points of a committed segment. Segments come in order of their ids.
  void Append(int64_t segment, std::span<const LoggedPoint> points);

  std::vector<StoredPoint> Series(RunNumber run, NameId key) const;
  /// The greatest point per key among those in the tail.
  LatestByKey Latest(RunNumber run) const;
  std::optional<StoredPoint> Latest(RunNumber run, NameId key) const;

  size_t point_count() const { return point_count_.load(std::memory_order_relaxed); }
  /// Changes whenever points leave.
  uint64_t epoch() const { return epoch_.load(); }
  /// No point leaves as long as the lock is held: for readers that were too slow several times.
  std::shared_lock<std::shared_mutex> Hold() const { return std::shared_lock(leaving_); }

  /// The points of the oldest segments, at least `min_points` of them if there are so many.
  struct Batch {
    int64_t through_segment = 0;
    std::unordered_map<RunNumber, std::vector<std::pair<NameId, std::vector<StoredPoint>>>> runs;
  };
  std::optional<Batch> OldestBatch(size_t min_points) const;
  /// Forgets what that batch held.
  void Drop(const Batch& batch);

 private:
  struct Series {
    std::vector<StoredPoint> points;
    std::vector<int64_t> segments;  // of each point, ascending
    StoredPoint latest;
  };
  using RunSeries = std::unordered_map<NameId, struct Series>;
  struct SegmentSize {
    int64_t id;
    size_t points;
  };

  const struct Series* Find(RunNumber run, NameId key) const;

  mutable std::shared_mutex leaving_;  // taken before mutex_
  mutable std::shared_mutex mutex_;
  std::unordered_map<RunNumber, RunSeries> runs_;
  std::deque<SegmentSize> segments_;
  std::atomic<size_t> point_count_{0};
  std::atomic<uint64_t> epoch_{0};
};

}  // namespace yard::tracking
