#pragma once

#include <cstdint>
#include <functional>
#include <unordered_set>
#include <vector>

#include "storage/database.h"
#include "tracking/dirty_runs.h"
#include "tracking/metrics/tail.h"
#include "tracking/name_table.h"
#include "tracking/run_cache.h"

namespace yard::tracking {

/// Gathers what the functions of one group commit log: metric points, written as one segment, and
/// the runs whose search columns grow old, written as one row of run_change. After the commit the
/// points enter the tail and the runs become dirty. Belongs to the writer.
class GroupLog final : public storage::GroupParticipant {
 public:
  GroupLog(NameTable& names, RunCache& runs, Tail& tail, DirtyRuns& dirty)
      : names_(names), runs_(runs), tail_(tail), dirty_(dirty) {}

  /// Called on the writer after a commit that brought points or dirty runs.
  void OnCommit(std::function<void()> listener) { on_commit_ = std::move(listener); }
  /// The ids to go on from after a start.
  void Resume(int64_t last_segment, int64_t last_change);

  // Within a writing function:
  void Append(RunNumber run, NameId key, const StoredPoint& point);
  void Touch(const RunRef& run);
  /// Every dirty run so far becomes one generation. Returns the last change that belongs to it; a
  /// snapshot taken after this function's commit shows the generation's values.
  int64_t StartGeneration();

  void Mark() override;
  void Rewind() override;
  base::Result<void> Flush(storage::Transaction& transaction) override;
  void Finish(bool committed) override;

 private:
  void ForgetTouched(size_t from);

  NameTable& names_;
  RunCache& runs_;
  Tail& tail_;
  DirtyRuns& dirty_;
  std::function<void()> on_commit_;

  std::vector<LoggedPoint> points_;
  std::vector<RunRef> touched_;
  size_t marked_points_ = 0;
  size_t marked_touched_ = 0;
  // Runs of this generation that have their row in run_change, or will have with this commit.
  std::unordered_set<RunNumber> known_dirty_;
  int64_t last_segment_ = 0;
  int64_t last_change_ = 0;
};

}  // namespace yard::tracking
