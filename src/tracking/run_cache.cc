#include "tracking/run_cache.h"

namespace yard::tracking {
namespace {

constexpr size_t kMaxEntries = 20'000;

}  // namespace

base::Result<RunEntry> RunCache::Find(storage::Transaction& transaction, std::string_view id) {
  if (const auto found = entries_.find(id); found != entries_.end()) return found->second;
  YARD_ASSIGN_OR_RETURN(
      const auto row,
      transaction.QueryOne("SELECT id, experiment, ordinal, stage FROM run WHERE uuid = ?", id));
  if (!row) return RunNotFound(id);
  const RunEntry entry{{row->Integer(0), row->Integer(1), row->Integer(2)},
                       static_cast<LifecycleStage>(row->Integer(3))};
  if (entries_.size() >= kMaxEntries) entries_.clear();
  entries_.emplace(id, entry);
  return entry;
}

void RunCache::Forget(std::string_view id) {
  has_changed_ = true;
  if (const auto found = entries_.find(id); found != entries_.end()) entries_.erase(found);
}

void RunCache::ForgetAll() {
  has_changed_ = true;
  entries_.clear();
}

void RunCache::Rewind() {
  if (has_changed_) entries_.clear();
}

void RunCache::Finish(bool committed) {
  if (!committed) entries_.clear();
}

base::Error RunNotFound(std::string_view id) {
  return base::NotFound("no such run", {"run_id", std::string(id.substr(0, 300))})
      .WithReason("run_not_found");
}

base::Result<void> RequireActive(const RunEntry& run, std::string_view id) {
  if (run.stage == LifecycleStage::kActive) return {};
  return base::FailedPrecondition("the run must be active: restore it first",
                                  {"run_id", std::string(id)})
      .WithReason("run_not_active");
}

}  // namespace yard::tracking
