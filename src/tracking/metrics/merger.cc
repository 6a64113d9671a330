#include "tracking/metrics/merger.h"

#include <algorithm>
#include <chrono>

#include <malloc.h>

#include "base/log.h"
#include "tracking/metrics/merge_plan.h"
#include "tracking/statement_results.h"

namespace yard::tracking {
namespace {

constexpr std::chrono::milliseconds kPause(5'000);
// Small batches keep the writer's slices short; a long tail takes larger ones, because each batch
// looks at every series of the tail.
constexpr size_t kMinBatchPoints = 10'000;
constexpr size_t kBatchShare = 8;
constexpr size_t kHurryAtPoints = 200'000;

// A tail is many small pieces, which the allocator would keep.
void ReturnMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

Merger::Merger(storage::Database& database, Tail& tail)
    : database_(database), tail_(tail), loop_(kPause, [this] {
        const auto outcome = MergeAll();
        if (outcome.ok()) return;
        base::Log(base::LogLevel::kWarning, "metric points could not be merged; trying again later",
                  {{"error", outcome.error().ToString()}});
      }) {}

void Merger::Notify() {
  if (tail_.point_count() > kHurryAtPoints) {
    loop_.Hurry();
  } else {
    loop_.Notify();
  }
}

base::Result<void> Merger::MergeAll() {
  std::lock_guard lock(merging_);
  const bool was_long = tail_.point_count() > kMinBatchPoints;
  while (const auto batch =
             tail_.OldestBatch(std::max(kMinBatchPoints, tail_.point_count() / kBatchShare))) {
    YARD_RETURN_IF_ERROR(MergeBatch(*batch));
    tail_.Drop(*batch);
  }
  if (was_long) ReturnMemory();
  return {};
}

base::Result<void> Merger::MergeBatch(const Tail::Batch& batch) {
  YARD_ASSIGN_OR_RETURN(
      const std::vector<MergePlan> plans,
      database_.Read([&](storage::Snapshot& snapshot) -> base::Result<std::vector<MergePlan>> {
        std::vector<MergePlan> made;
        made.reserve(batch.runs.size());
        for (const auto& [run, series] : batch.runs) {
          YARD_ASSIGN_OR_RETURN(MergePlan plan, PlanMerge(snapshot, run, series));
          made.push_back(std::move(plan));
        }
        return made;
      }));
  return database_.Write([&](storage::Transaction& transaction) -> base::Result<void> {
    for (const MergePlan& plan : plans) YARD_RETURN_IF_ERROR(StorePlan(transaction, plan));
    return WithoutCount(
        transaction.Run("DELETE FROM metric_segment WHERE id <= ?", batch.through_segment));
  });
}

}  // namespace yard::tracking
