#include "protocols/prometheus/prometheus_routes.h"

#include <utility>

#include "base/telemetry.h"
#include "net/router.h"
#include "protocols/prometheus/exposition.h"
#include "protocols/prometheus/process_metrics.h"

namespace yard::protocols::prometheus {
namespace {

net::Response Metrics(const net::Request& request, const base::Telemetry& telemetry) {
  const TextFormat format = ChooseFormat(request.headers.Get("Accept").value_or(""));
  net::Response response;
  response.headers.Set("Content-Type", std::string(ContentTypeOf(format)));
  response.body = MetricsText(telemetry, format);
  return response;
}

}  // namespace

std::string MetricsText(const base::Telemetry& telemetry, TextFormat format) {
  Exposition exposition(format);
  exposition.Single("yard_build_info", "Version of the program; always 1.",
                    base::MetricType::kGauge, 1, {{"version", YARD_VERSION}});
  WriteProcessMetrics(exposition);
  for (const auto& family : telemetry.Families()) exposition.Family(family);
  return exposition.Take();
}

void AddPrometheusRoutes(net::Router& router, base::Telemetry& telemetry) {
  router.Get("/metrics",
             [&telemetry](const net::Request& request) { return Metrics(request, telemetry); });
}

}  // namespace yard::protocols::prometheus
