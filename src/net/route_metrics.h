#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/telemetry.h"
#include "net/router.h"

namespace yard::net {

/// Counts answers by route. The series of a route are looked up once, at its first answer, so that
/// routes nobody calls cost nothing and busy ones cost two atomic additions. Thread-safe.
class RouteMetrics {
 public:
  RouteMetrics(base::Telemetry& telemetry, size_t route_count);

  void Record(const Router::Match& match, Method method, int status, double seconds);
  base::Gauge& open_connections() { return open_connections_; }

 private:
  struct Series {
    std::array<std::atomic<base::Counter*>, 6> by_status_class{};
    std::atomic<base::Histogram*> duration{nullptr};
  };

  base::Counter& CounterOf(Series& series, std::string_view route, Method method, int status);
  base::Histogram& DurationOf(Series& series, std::string_view route);

  base::Family<base::Counter>& requests_;
  base::Family<base::Histogram>& durations_;
  base::Gauge& open_connections_;
  size_t route_count_;
  std::unique_ptr<Series[]> series_;  // one a route
};

}  // namespace yard::net
