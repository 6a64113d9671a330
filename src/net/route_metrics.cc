#include "net/route_metrics.h"

#include <algorithm>
#include <string>

namespace yard::net {

RouteMetrics::RouteMetrics(base::Telemetry& telemetry, size_t route_count)
    : requests_(telemetry.CounterFamily("yard_http_requests_total", "Answers sent, by route.",
                                        {"route", "method", "status_class"})),
      durations_(telemetry.HistogramFamily(
          "yard_http_request_duration_seconds",
          "Time from the end of a request's head to the start of its answer.", {"route"},
          base::LatencyBuckets())),
      open_connections_(
          telemetry.GaugeFamily("yard_http_open_connections", "Open client connections.").With({})),
      route_count_(route_count),
      series_(new Series[route_count]) {}

void RouteMetrics::Record(const Router::Match& match, Method method, int status, double seconds) {
  if (match.route < route_count_) {
    Series& series = series_[match.route];
    CounterOf(series, match.pattern, method, status).Add();
    DurationOf(series, match.pattern).Observe(seconds);
    return;
  }
  Series none;
  CounterOf(none, "unmatched", method, status).Add();
  DurationOf(none, "unmatched").Observe(seconds);
}

base::Counter& RouteMetrics::CounterOf(Series& series, std::string_view route, Method method,
                                       int status) {
  // HEAD shares GET's routes; its rare answers are looked up each time.
  const int status_class = std::clamp(status / 100, 0, 5);
  auto& slot = series.by_status_class[static_cast<size_t>(status_class)];
  base::Counter* counter = method == Method::kHead ? nullptr : slot.load(std::memory_order_acquire);
  if (counter != nullptr) return *counter;
  counter = &requests_.With(
      {std::string(route), std::string(MethodName(method)), std::to_string(status_class) + "xx"});
  if (method != Method::kHead) slot.store(counter, std::memory_order_release);
  return *counter;
}

base::Histogram& RouteMetrics::DurationOf(Series& series, std::string_view route) {
  base::Histogram* duration = series.duration.load(std::memory_order_acquire);
  if (duration != nullptr) return *duration;
  duration = &durations_.With({std::string(route)});
  series.duration.store(duration, std::memory_order_release);
  return *duration;
}

}  // namespace yard::net
