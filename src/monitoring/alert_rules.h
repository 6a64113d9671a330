#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "monitoring/alert.h"
#include "monitoring/pane.h"
#include "monitoring/settings.h"

namespace yard::monitoring {

/// 16 hex digits that stay the same for every alert of that endpoint and feature.
std::string FingerprintOf(std::string_view endpoint, std::string_view feature);

/// What the newest closed panes mean for an endpoint's alerts.
struct AlertStep {
  std::vector<Alert> changed;        // new or in another state: to be stored
  std::vector<std::string> dropped;  // ids of pending alerts that came to nothing
};

/// One step of the state machine (see AlertState). `newest_panes` is newest first, all closed;
/// `active` are the endpoint's pending and firing alerts. A feature that drifted in `panes_needed`
/// of the `panes_watched` newest panes fires; one that fires stays so until no watched pane
/// drifted. Running the step twice changes nothing the second time.
AlertStep NextAlerts(std::string_view endpoint, const MonitorSettings& settings,
                     std::span<const PaneReport> newest_panes, std::span<const Alert> active,
                     const base::Clock& clock);

}  // namespace yard::monitoring
