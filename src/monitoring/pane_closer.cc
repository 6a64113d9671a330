#include "monitoring/pane_closer.h"

#include <algorithm>

#include "monitoring/monitor_store.h"
#include "monitoring/pane_judge.h"
#include "storage/database.h"

namespace yard::monitoring {
namespace {

constexpr size_t kRecountedPanes = 24;

}  // namespace

void PaneCloser::Touch(const std::string& endpoint, const std::set<int64_t>& event_times_ms) {
  const auto work = WorkOf(endpoint);
  const std::lock_guard lock(mutex_);
  work->touched_ms.insert(event_times_ms.begin(), event_times_ms.end());
}

base::Result<void> PaneCloser::Advance(const std::string& endpoint, const MonitorSettings& settings,
                                       std::optional<base::Millis> until, Recount recount) {
  const auto work = WorkOf(endpoint);
  const std::lock_guard judging(work->judging);
  YARD_ASSIGN_OR_RETURN(const auto extent, predictions_.ExtentOf(endpoint));
  if (!extent) return {};
  std::set<int64_t> touched = TakeTouchedPanes(*work, settings.window);
  if (recount == Recount::kYes) {
    YARD_ASSIGN_OR_RETURN(const auto grown, GrownPanes(endpoint, settings.window));
    touched.insert(grown.begin(), grown.end());
  }
  YARD_ASSIGN_OR_RETURN(const base::Millis closed, ClosedUntil(endpoint, settings.window));
  const base::Millis newest_pane = PaneOf(settings.window, extent->newest).start;
  const base::Millis limit = std::max(until.value_or(newest_pane), newest_pane);
  YARD_RETURN_IF_ERROR(CloseBetween(endpoint, settings, std::max(closed, extent->oldest), limit));
  for (const int64_t start : touched) {
    if (start >= closed.value) break;  // just closed, or still open
    const PaneSpan span = PaneOf(settings.window, base::Millis(start));
    YARD_RETURN_IF_ERROR(judge_.Close(endpoint, settings, span));
  }
  return {};
}

base::Result<int64_t> PaneCloser::CountRows(std::string_view endpoint, const PaneSpan& span) {
  int64_t rows = 0;
  YARD_RETURN_IF_ERROR(
      predictions_.Scan(endpoint, span.start, span.end,
                        [&rows](const serving::PredictionRecord&) -> base::Result<void> {
                          ++rows;
                          return {};
                        }));
  return rows;
}

std::shared_ptr<PaneCloser::Work> PaneCloser::WorkOf(const std::string& endpoint) {
  const std::lock_guard lock(mutex_);
  auto& work = work_[endpoint];
  if (work == nullptr) work = std::make_shared<Work>();
  return work;
}

// Their starts, in order.
std::set<int64_t> PaneCloser::TakeTouchedPanes(Work& work, Window window) {
  std::set<int64_t> times;
  {
    const std::lock_guard lock(mutex_);
    times.swap(work.touched_ms);
  }
  std::set<int64_t> starts;
  for (const int64_t time : times) starts.insert(PaneOf(window, base::Millis(time)).start.value);
  return starts;
}

base::Result<base::Millis> PaneCloser::ClosedUntil(std::string_view endpoint, Window window) {
  YARD_ASSIGN_OR_RETURN(const auto newest, database_.Read([&](storage::Snapshot& snapshot) {
    return NewestPanes(snapshot, endpoint, window, 1);
  }));
  return newest.empty() ? base::Millis(INT64_MIN) : newest[0].span.end;
}

base::Result<void> PaneCloser::CloseBetween(const std::string& endpoint,
                                            const MonitorSettings& settings, base::Millis from,
                                            base::Millis until) {
  while (from < until) {
    YARD_ASSIGN_OR_RETURN(const auto next, NextEvent(endpoint, from, until));
    if (!next) return {};
    const PaneSpan span = PaneOf(settings.window, *next);
    if (span.end > until) return {};
    YARD_RETURN_IF_ERROR(judge_.Close(endpoint, settings, span));
    from = span.end;
  }
  return {};
}

// The first event time in [from, until), so that empty panes cost nothing.
base::Result<std::optional<base::Millis>> PaneCloser::NextEvent(std::string_view endpoint,
                                                                base::Millis from,
                                                                base::Millis until) {
  std::optional<base::Millis> found;
  const auto scanned = predictions_.Scan(
      endpoint, from, until, [&](const serving::PredictionRecord& record) -> base::Result<void> {
        found = record.event_time;
        return base::Aborted("the first row is enough");
      });
  if (!scanned.ok() && !found) return scanned.error();
  return found;
}

base::Result<std::set<int64_t>> PaneCloser::GrownPanes(std::string_view endpoint, Window window) {
  YARD_ASSIGN_OR_RETURN(const auto panes, database_.Read([&](storage::Snapshot& snapshot) {
    return NewestPanes(snapshot, endpoint, window, kRecountedPanes);
  }));
  std::set<int64_t> grown;
  for (const PaneReport& pane : panes) {
    YARD_ASSIGN_OR_RETURN(const int64_t rows, CountRows(endpoint, pane.span));
    if (rows != pane.rows) grown.insert(pane.span.start.value);
  }
  return grown;
}

}  // namespace yard::monitoring
