#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "monitoring/prediction_history.h"
#include "monitoring/settings.h"

namespace yard::storage {
class Database;
}

namespace yard::monitoring {

class PaneJudge;

/// Finds the panes of an endpoint that are due and has them judged: in order of time, each once,
/// and again when late rows or labels touched it. Thread-safe: one thread at a time works on an
/// endpoint.
class PaneCloser {
 public:
  PaneCloser(storage::Database& database, PredictionHistory& predictions, PaneJudge& judge)
      : database_(database), predictions_(predictions), judge_(judge) {}

  /// Predictions of those event times came or got labels.
  void Touch(const std::string& endpoint, const std::set<int64_t>& event_times_ms);

  enum class Recount {
    kNo,
    kYes,  // counts the rows of the newest closed panes, to find late ones that nobody spoke of
  };
  /// Closes every pane that ended at or before `until`, or before the pane of the newest event
  /// time; then judges anew the closed panes that were touched.
  base::Result<void> Advance(const std::string& endpoint, const MonitorSettings& settings,
                             std::optional<base::Millis> until, Recount recount);

  base::Result<int64_t> CountRows(std::string_view endpoint, const PaneSpan& span);

 private:
  struct Work {
    std::mutex judging;
    std::set<int64_t> touched_ms;  // guarded by mutex_
  };

  std::shared_ptr<Work> WorkOf(const std::string& endpoint);
  std::set<int64_t> TakeTouchedPanes(Work& work, Window window);
  base::Result<base::Millis> ClosedUntil(std::string_view endpoint, Window window);
  base::Result<void> CloseBetween(const std::string& endpoint, const MonitorSettings& settings,
                                  base::Millis from, base::Millis until);
  base::Result<std::optional<base::Millis>> NextEvent(std::string_view endpoint, base::Millis from,
                                                      base::Millis until);
  base::Result<std::set<int64_t>> GrownPanes(std::string_view endpoint, Window window);

  storage::Database& database_;
  PredictionHistory& predictions_;
  PaneJudge& judge_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Work>> work_;
};

}  // namespace yard::monitoring
