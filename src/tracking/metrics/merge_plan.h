#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/metrics/chunk_header.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// A chunk that is ready to be stored.
struct NewChunk {
  NameId key = 0;
  int64_t count = 0;
  int64_t first_time = 0;
  int64_t last_time = 0;
  ChunkExtremes extremes;
  std::string body;
};

/// What merging changes for one run.
struct MergePlan {
  RunNumber run = 0;
  std::vector<NewChunk> chunks;
  int64_t pack_points = 0;
  std::string pack;  // empty: the run needs none
  std::string latest;
};

using SeriesPoints = std::pair<NameId, std::vector<StoredPoint>>;

/// Joins `added` with what the run has in its pack. Errors: kDataLoss when the stored bytes are
/// damaged.
base::Result<MergePlan> PlanMerge(storage::Snapshot& snapshot, RunNumber run,
                                  const std::vector<SeriesPoints>& added);

base::Result<void> StorePlan(storage::Transaction& transaction, const MergePlan& plan);

}  // namespace yard::tracking
