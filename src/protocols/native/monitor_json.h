#pragma once

#include <span>
#include <string>

#include "monitoring/alert.h"
#include "monitoring/monitor_service.h"
#include "monitoring/pane.h"

namespace yard::protocols::native {

// How monitoring's facts are written. Numbers that are not there are null; times are milliseconds.

std::string MonitorsJson(std::span<const monitoring::MonitorSummary> monitors);
std::string MonitorJson(const monitoring::Monitor& monitor);
std::string PaneJson(const monitoring::PaneReport& pane);
std::string AlertsJson(std::span<const monitoring::Alert> alerts);
std::string BaselineJson(const monitoring::Baseline& baseline);

}  // namespace yard::protocols::native
