#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// Which part of a series is wanted; both ends belong to a range.
struct SeriesRange {
  int64_t min_step = std::numeric_limits<int64_t>::min();
  int64_t max_step = std::numeric_limits<int64_t>::max();
  int64_t min_time = std::numeric_limits<int64_t>::min();

  bool Holds(const StoredPoint& point) const {
    return point.step >= min_step && point.step <= max_step && point.time >= min_time;
  }
};

/// The merged points of one series within `range`, in no order, exact repeats possible.
base::Result<std::vector<StoredPoint>> ReadMergedPoints(storage::Snapshot& snapshot, RunNumber run,
                                                        NameId key, const SeriesRange& range);

/// The same for a chart: a long series is read from the headers of its chunks alone, which hold the
/// ends and the extremes of every 4096 points.
base::Result<std::vector<StoredPoint>> ReadMergedOutline(storage::Snapshot& snapshot, RunNumber run,
                                                         NameId key, const SeriesRange& range);

/// At most `max_points` of `points`, which are in order: both ends, the least and the greatest
/// value, and the first point of each of `max_points` equal shares.
std::vector<StoredPoint> ThinOut(const std::vector<StoredPoint>& points, size_t max_points);

}  // namespace yard::tracking
