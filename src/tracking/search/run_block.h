#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/dirty_runs.h"
#include "tracking/metrics/tail.h"
#include "tracking/search/column.h"
#include "tracking/search/run_values.h"

namespace yard::tracking {

/// Up to kChunkRuns runs of one experiment, seen as columns.
class RunBlock {
 public:
  virtual ~RunBlock() = default;
  virtual size_t size() const = 0;
  /// The run's place in its experiment.
  virtual int64_t OrdinalAt(size_t slot) const = 0;
  /// A column that no run of the block has may be empty.
  virtual base::Result<NumberColumn> Numbers(const ColumnKey& key) = 0;
  virtual base::Result<TextColumn> Texts(const ColumnKey& key) = 0;
};

/// A chunk of the search file.
std::unique_ptr<RunBlock> MakeColumnBlock(storage::Snapshot& search, ExperimentId experiment,
                                          int64_t chunk);

/// Runs read from rows and the tail. Call within ReadWithTail.
base::Result<std::unique_ptr<RunBlock>> MakeRowBlock(storage::Snapshot& truth, const Tail& tail,
                                                     std::span<const RunRef> runs);

}  // namespace yard::tracking
