#pragma once

#include <memory>
#include <mutex>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/background_loop.h"
#include "tracking/metrics/tail.h"

namespace yard::tracking {

/// Moves points out of segments, batch by batch from the oldest: a series with enough points gets
/// chunks of its own, the thin ones of a run share a pack. The work is done on its own thread; the
/// writer only stores the results and deletes the segments, in one transaction.
class Merger {
 public:
  Merger(storage::Database& database, Tail& tail);

  /// There is something to merge. Called on the writer; cheap.
  void Notify();

  void Stop() { loop_.Stop(); }

  /// Merges until the tail is empty. Also for tests; one at a time.
  base::Result<void> MergeAll();

 private:
  base::Result<void> MergeBatch(const Tail::Batch& batch);

  storage::Database& database_;
  Tail& tail_;
  std::mutex merging_;
  BackgroundLoop loop_;
};

}  // namespace yard::tracking
