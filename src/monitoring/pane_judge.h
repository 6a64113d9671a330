#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "monitoring/pane.h"
#include "monitoring/prediction_history.h"
#include "monitoring/settings.h"

namespace yard::base {
class Clock;
class EventBus;
}  // namespace yard::base
namespace yard::storage {
class Database;
}

namespace yard::monitoring {

class AlertDeliverer;
class BaselineKeeper;
class MonitorMetrics;

/// Evaluates panes, one at a time, and draws the consequences. Thread-safe.
class PaneJudge {
 public:
  struct Neighbours {
    storage::Database& database;
    PredictionHistory& predictions;
    BaselineKeeper& baselines;
    AlertDeliverer& deliverer;
    MonitorMetrics& metrics;
    const base::Clock& clock;
    const base::EventBus& events;
  };
  explicit PaneJudge(const Neighbours& neighbours) : neighbours_(neighbours) {}

  /// The pane as it stands, without consequences. Baselines that are missing are made from training
  /// data first, where there is some.
  base::Result<PaneReport> Evaluate(std::string_view endpoint, const MonitorSettings& settings,
                                    const PaneSpan& span);
  /// Evaluates the pane as closed, stores the report, moves the endpoint's alerts, exports the
  /// numbers and publishes DriftDetected and AlertChanged. A pane without rows leaves no trace.
  base::Result<void> Close(std::string_view endpoint, const MonitorSettings& settings,
                           const PaneSpan& span);

 private:
  base::Result<PaneReport> EvaluateOnce(std::string_view endpoint, const MonitorSettings& settings,
                                        const PaneSpan& span);
  base::Result<void> MoveAlerts(std::string_view endpoint, const MonitorSettings& settings);

  Neighbours neighbours_;
  std::mutex evaluating_;  // one pane at a time: bounds memory and database readers
};

}  // namespace yard::monitoring
