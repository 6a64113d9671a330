#include "tracking/group_log.h"

#include <string>

#include "tracking/metrics/segment.h"
#include "tracking/run_change.h"

namespace yard::tracking {
namespace {

constexpr size_t kMaxKeptCapacity = 4096;

template <typename T>
void ClearKeepingLittle(std::vector<T>& items) {
  if (items.capacity() > kMaxKeptCapacity) {
    items = {};
  } else {
    items.clear();
  }
}

}  // namespace

void GroupLog::Resume(int64_t last_segment, int64_t last_change) {
  last_segment_ = last_segment;
  last_change_ = last_change;
}

void GroupLog::Append(RunNumber run, NameId key, const StoredPoint& point) {
  points_.push_back({run, key, point});
}

void GroupLog::Touch(const RunRef& run) {
  if (known_dirty_.insert(run.run).second) touched_.push_back(run);
}

int64_t GroupLog::StartGeneration() {
  known_dirty_.clear();
  for (const RunRef& ref : touched_) known_dirty_.insert(ref.run);
  dirty_.StartGeneration();
  return last_change_;
}

void GroupLog::Mark() {
  marked_points_ = points_.size();
  marked_touched_ = touched_.size();
  names_.Mark();
  runs_.Mark();
}

void GroupLog::Rewind() {
  points_.resize(marked_points_);
  ForgetTouched(marked_touched_);
  names_.Rewind();
  runs_.Rewind();
}

base::Result<void> GroupLog::Flush(storage::Transaction& transaction) {
  if (!points_.empty()) {
    const storage::Blob data{EncodeSegment(points_)};
    YARD_RETURN_IF_ERROR(
        transaction.Run("INSERT INTO metric_segment (id, points, data) VALUES (?, ?, ?)",
                        last_segment_ + 1, points_.size(), data));
  }
  if (!touched_.empty()) {
    const storage::Blob runs{EncodeRunChange(touched_)};
    YARD_RETURN_IF_ERROR(
        transaction.Run("INSERT INTO run_change (id, runs) VALUES (?, ?)", last_change_ + 1, runs));
  }
  return {};
}

void GroupLog::Finish(bool committed) {
  names_.Finish(committed);
  runs_.Finish(committed);
  const bool has_news = committed && (!points_.empty() || !touched_.empty());
  if (!committed) ForgetTouched(0);
  if (committed && !points_.empty()) tail_.Append(++last_segment_, points_);
  if (committed && !touched_.empty()) {
    ++last_change_;
    dirty_.Add(touched_);
  }
  ClearKeepingLittle(points_);
  ClearKeepingLittle(touched_);
  marked_points_ = 0;
  marked_touched_ = 0;
  if (has_news && on_commit_) on_commit_();
}

void GroupLog::ForgetTouched(size_t from) {
  while (touched_.size() > from) {
    known_dirty_.erase(touched_.back().run);
    touched_.pop_back();
  }
}

}  // namespace yard::tracking
