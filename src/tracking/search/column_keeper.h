#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/events.h"
#include "base/result.h"
#include "storage/database.h"
#include "tracking/background_loop.h"
#include "tracking/dirty_runs.h"
#include "tracking/group_log.h"
#include "tracking/metrics/tail.h"
#include "tracking/name_table.h"
#include "tracking/search/run_values.h"

namespace yard::tracking {

/// Keeps the search columns up to date with the truth, on its own thread and in its own file, and
/// tells the house which runs were logged to.
///
/// A generation at a time: all dirty runs are read from rows, their values go into the columns, and
/// only then do they stop being dirty. A missing or foreign search file is built anew; until then
/// the runs that are not in it are read from rows.
class ColumnKeeper {
 public:
  struct Sources {
    storage::Database& truth;
    storage::Database* search;  // null: nothing to keep, only events
    NameTable& names;
    Tail& tail;
    DirtyRuns& dirty;
    GroupLog& log;
    const base::EventBus& events;
  };
  explicit ColumnKeeper(const Sources& sources);

  /// Checks the search file against the truth; what is missing becomes dirty. Call once, before
  /// Start.
  base::Result<void> Resume();
  void Start();
  void Stop();
  /// There are dirty runs. Called on the writer; cheap.
  void Notify();

  /// Brings the columns up to date. Also for tests; one at a time.
  base::Result<void> ApplyAll();

  /// Runs with a greater number are not in the columns yet, unless they came later and were
  /// applied; only meaningful while is_built() is false.
  bool is_built() const { return is_built_.load(); }
  int64_t built_through() const { return built_through_.load(); }

 private:
  base::Result<void> ApplyGeneration();
  base::Result<void> Build();
  base::Result<std::vector<RunValues>> ReadValues(std::span<const RunRef> runs);
  base::Result<void> Store(const std::vector<RunValues>& values, int64_t change,
                           int64_t built_through, bool is_built);
  base::Result<void> TrimLog();
  void PublishLogged(const std::vector<RunValues>& values);

  Sources sources_;
  std::mutex applying_;
  std::atomic<bool> is_built_{false};
  std::atomic<int64_t> built_through_{0};
  std::atomic<int64_t> applied_change_{0};
  int64_t trimmed_change_ = 0;
  std::unique_ptr<BackgroundLoop> loop_;
};

}  // namespace yard::tracking
