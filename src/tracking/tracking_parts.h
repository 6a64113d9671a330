#pragma once

#include <memory>
#include <type_traits>

#include "tracking/dirty_runs.h"
#include "tracking/group_log.h"
#include "tracking/metrics/merger.h"
#include "tracking/metrics/tail.h"
#include "tracking/name_table.h"
#include "tracking/run_cache.h"
#include "tracking/search/column_keeper.h"
#include "tracking/tracking_store.h"

namespace yard::tracking {

/// What TrackingStore holds, for the sources of this room.
struct TrackingStore::Parts {
  Parts(storage::Database& database_, const base::Clock& clock_, const base::EventBus& events_,
        TrackingOptions options_)
      : database(database_),
        clock(clock_),
        events(events_),
        options(std::move(options_)),
        log(names, runs, tail, dirty) {}

  /// Runs `function(Snapshot&)`, which may look into the tail too, until no point left the tail
  /// meanwhile: it has then seen every durable point.
  template <typename Function>
  auto ReadWithTail(Function&& function) -> std::invoke_result_t<Function&, storage::Snapshot&> {
    constexpr int kFreeTries = 4;
    for (int tries = 0; tries < kFreeTries; ++tries) {
      const uint64_t epoch = tail.epoch();
      auto result = database.Read(function);
      if (!result.ok() || tail.epoch() == epoch) return result;
    }
    const auto held = tail.Hold();
    return database.Read(function);
  }

  storage::Database& database;
  const base::Clock& clock;
  const base::EventBus& events;
  const TrackingOptions options;

  NameTable names;
  RunCache runs;  // the writer's
  Tail tail;
  DirtyRuns dirty;
  GroupLog log;  // the writer's

  std::unique_ptr<storage::Database> search;  // null: search reads rows
  std::unique_ptr<ColumnKeeper> keeper;
  std::unique_ptr<Merger> merger;
};

}  // namespace yard::tracking
