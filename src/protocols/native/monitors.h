#pragma once

namespace yard::monitoring {
class MonitorService;
}
namespace yard::net {
class Router;
}

namespace yard::protocols::native {

/// Monitors, panes, labels, alerts and baselines:
///   GET  /api/v1/monitors                              every monitor, with the state of its newest
///   pane GET  /api/v1/monitors/{endpoint}?panes=200         settings and panes in outline PUT
///   /api/v1/monitors/{endpoint}                   changes settings; absent ones stay GET
///   /api/v1/monitors/{endpoint}/panes/{id}        one pane with features and histograms POST
///   /api/v1/monitors/{endpoint}/close             {"until": ms}: closes what ended, and waits POST
///   /api/v1/endpoints/{endpoint}/labels           {"labels": [{"request_id", "label"}]} GET
///   /api/v1/alerts GET, PUT /api/v1/models/{name}/versions/{version}/baseline   PUT takes CSV or
///   Parquet
/// `monitors` must outlive the router.
void AddMonitorRoutes(net::Router& router, monitoring::MonitorService& monitors);

}  // namespace yard::protocols::native
