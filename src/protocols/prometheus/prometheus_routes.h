#pragma once

#include <string>

#include "protocols/prometheus/accept.h"

namespace yard::base {
class Telemetry;
}
namespace yard::net {
class Router;
}

namespace yard::protocols::prometheus {

/// GET /metrics: everything that `telemetry` holds, yard_build_info and process_*, as plain text
/// 0.0.4 or OpenMetrics 1.0. `telemetry` must outlive the router.
void AddPrometheusRoutes(net::Router& router, base::Telemetry& telemetry);

/// The body of the answer.
std::string MetricsText(const base::Telemetry& telemetry, TextFormat format);

}  // namespace yard::protocols::prometheus
