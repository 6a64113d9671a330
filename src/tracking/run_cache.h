#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "storage/database.h"
#include "tracking/dirty_runs.h"
#include "tracking/lifecycle.h"

namespace yard::tracking {

/// What a write must know of its run.
struct RunEntry {
  RunRef ref;
  LifecycleStage stage = LifecycleStage::kActive;
};

/// The runs that were written to lately, so that a logged metric costs no query. Belongs to the
/// writer; bounded.
class RunCache {
 public:
  /// Errors: kNotFound "run_not_found".
  base::Result<RunEntry> Find(storage::Transaction& transaction, std::string_view id);

  /// The stage of these runs changes in the running function.
  void Forget(std::string_view id);
  void ForgetAll();

  void Mark() { has_changed_ = false; }
  void Rewind();
  void Finish(bool committed);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, RunEntry, Hash, std::equal_to<>> entries_;
  bool has_changed_ = false;
};

/// kNotFound "run_not_found".
base::Error RunNotFound(std::string_view id);

/// kFailedPrecondition "run_not_active" for a deleted run.
base::Result<void> RequireActive(const RunEntry& run, std::string_view id);

}  // namespace yard::tracking
