#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/metrics/tail.h"
#include "tracking/name_table.h"
#include "tracking/run.h"
#include "tracking/run_store.h"
#include "tracking/search/column.h"

namespace yard::tracking {

/// Everything about one run that a search can look at, read from rows and the tail.
struct RunValues {
  RunRef ref;
  RunId id;
  std::map<ColumnKey, double> numbers;
  std::map<ColumnKey, std::string> texts;
};

/// The attributes only. Absent when there is no such run.
base::Result<std::optional<RunValues>> ReadRunAttributes(storage::Snapshot& snapshot,
                                                         RunNumber run);

/// Everything; call within ReadWithTail. Absent when there is no such run.
base::Result<std::optional<RunValues>> ReadRunValues(storage::Snapshot& snapshot, const Tail& tail,
                                                     RunNumber run);

}  // namespace yard::tracking
