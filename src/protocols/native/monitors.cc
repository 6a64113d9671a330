// What the routes take and give is described in docs/monitoring.md. No rule of the domain lives
// here.
#include "protocols/native/monitors.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json/described.h"
#include "base/json/reader.h"
#include "monitoring/baseline.h"
#include "monitoring/monitor_service.h"
#include "net/router.h"
#include "protocols/native/monitor_json.h"
#include "protocols/native/native_json.h"

namespace yard::protocols::native {

struct MonitorChange {
  std::optional<std::string> window;
  std::optional<double> alpha;
  std::optional<double> minimum_effect;
  std::optional<int64_t> minimum_rows;
  std::optional<int> panes_needed;
  std::optional<int> panes_watched;
  std::optional<std::string> webhook_url;
};
YARD_DESCRIBE(MonitorChange, window, alpha, minimum_effect, minimum_rows, panes_needed,
              panes_watched, webhook_url)

struct CloseRequest {
  std::optional<int64_t> until;
};
YARD_DESCRIBE(CloseRequest, until)

namespace {

using base::json::Element;
using base::json::Kind;
using monitoring::Label;
using monitoring::MonitorService;
using monitoring::MonitorSettings;

constexpr int64_t kMostPanes = 10'000;
constexpr uint64_t kLargestBaseline = uint64_t{512} << 20;

// Labels are classes or numbers: 1, "spam", true.
base::Result<std::string> LabelText(Element element) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, element.kind());
  if (kind == Kind::kString) {
    YARD_ASSIGN_OR_RETURN(const auto text, element.String());
    return std::string(text);
  }
  if (kind == Kind::kNumber || kind == Kind::kBool) {
    YARD_ASSIGN_OR_RETURN(const auto text, element.Raw());
    return std::string(text);
  }
  return base::InvalidArgument("a label is a string, a number or a boolean", {"parameter", "label"})
      .WithReason("wrong_type");
}

base::Error MissingField(std::string name) {
  return base::InvalidArgument("missing field", {"parameter", std::move(name)})
      .WithReason("missing_field");
}

base::Result<Label> ReadLabel(Element element) {
  std::optional<std::string> request_id, text;
  YARD_RETURN_IF_ERROR(
      element.ForEachField([&](std::string_view key, Element value) -> base::Result<void> {
        if (key == "request_id") {
          YARD_ASSIGN_OR_RETURN(const auto id, value.String());
          request_id = std::string(id);
        } else if (key == "label") {
          YARD_ASSIGN_OR_RETURN(text, LabelText(value));
        }
        return {};
      }));
  if (!request_id) return MissingField("request_id");
  if (!text) return MissingField("label");
  return Label{*std::move(request_id), *std::move(text)};
}

base::Result<std::vector<Label>> ReadLabels(std::string_view body) {
  std::optional<std::vector<Label>> labels;
  YARD_RETURN_IF_ERROR(base::json::Read(body, [&](Element root) {
    return root.ForEachField([&](std::string_view key, Element value) -> base::Result<void> {
      if (key != "labels") return {};
      labels.emplace();
      return value.ForEachItem([&](Element item) -> base::Result<void> {
        if (labels->size() >= MonitorService::kMaxLabelsPerCall) {
          return base::InvalidArgument("too many labels in one call",
                                       {"limit", std::to_string(MonitorService::kMaxLabelsPerCall)})
              .WithReason("too_many");
        }
        YARD_ASSIGN_OR_RETURN(labels->emplace_back(), ReadLabel(item));
        return {};
      });
    });
  }));
  if (!labels) return MissingField("labels");
  return *std::move(labels);
}

base::Result<MonitorSettings> Changed(MonitorSettings settings, const MonitorChange& change) {
  if (change.window) {
    YARD_ASSIGN_OR_RETURN(settings.window, monitoring::ParseWindow(*change.window));
  }
  settings.alpha = change.alpha.value_or(settings.alpha);
  settings.minimum_effect = change.minimum_effect.value_or(settings.minimum_effect);
  settings.minimum_rows = change.minimum_rows.value_or(settings.minimum_rows);
  settings.panes_needed = change.panes_needed.value_or(settings.panes_needed);
  settings.panes_watched = change.panes_watched.value_or(settings.panes_watched);
  settings.webhook_url = change.webhook_url.value_or(settings.webhook_url);
  return settings;
}

base::Result<std::string> List(MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const auto summaries, monitors.List());
  return MonitorsJson(summaries);
}

base::Result<std::string> Get(const net::Request& request, MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const int64_t panes,
                        IntegerParameter(request, "panes", 200, 1, kMostPanes));
  YARD_ASSIGN_OR_RETURN(const auto monitor, monitors.Get(request.path_parameter("endpoint"),
                                                         static_cast<size_t>(panes)));
  return MonitorJson(monitor);
}

base::Result<std::string> Change(const net::Request& request, MonitorService& monitors) {
  const std::string_view endpoint = request.path_parameter("endpoint");
  YARD_ASSIGN_OR_RETURN(const auto change, ReadBody<MonitorChange>(request));
  // An endpoint that nobody called yet starts from the defaults.
  const auto known = monitors.Get(endpoint, 1);
  if (!known.ok() && known.error().code() != base::Code::kNotFound) return known.error();
  YARD_ASSIGN_OR_RETURN(const auto settings,
                        Changed(known.ok() ? known->settings : MonitorSettings(), change));
  YARD_RETURN_IF_ERROR(monitors.ChangeSettings(endpoint, settings));
  return Get(request, monitors);
}

base::Result<std::string> GetPane(const net::Request& request, MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const auto pane, monitors.GetPane(request.path_parameter("endpoint"),
                                                          request.path_parameter("id")));
  return PaneJson(pane);
}

base::Result<std::string> Close(const net::Request& request, MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const auto body, ReadBody<CloseRequest>(request));
  const auto until = body.until ? std::optional(base::Millis(*body.until)) : std::nullopt;
  YARD_RETURN_IF_ERROR(monitors.Close(request.path_parameter("endpoint"), until));
  return Get(request, monitors);
}

base::Result<std::string> AddLabels(const net::Request& request, MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const auto labels, ReadLabels(request.body));
  YARD_ASSIGN_OR_RETURN(const auto outcome,
                        monitors.AddLabels(request.path_parameter("endpoint"), labels));
  return "{\"accepted\":" + std::to_string(outcome.accepted) +
         ",\"unknown\":" + std::to_string(outcome.unknown) + "}";
}

base::Result<std::string> Alerts(MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(const auto alerts, monitors.Alerts());
  return AlertsJson(alerts);
}

base::Result<std::string> GetBaseline(const net::Request& request, MonitorService& monitors) {
  YARD_ASSIGN_OR_RETURN(
      const auto baseline,
      monitors.GetBaseline(request.path_parameter("name"), request.path_parameter("version")));
  return BaselineJson(baseline);
}

base::Result<std::string> PutBaseline(const net::Request& request, MonitorService& monitors) {
  YARD_RETURN_IF_ERROR(monitors.SetBaseline(request.path_parameter("name"),
                                            request.path_parameter("version"),
                                            std::string_view(request.body)));
  return GetBaseline(request, monitors);
}

}  // namespace

void AddMonitorRoutes(net::Router& router, MonitorService& monitors) {
  using net::Request;
  router.Get("/api/v1/monitors", [&monitors](const Request&) { return Reply(List(monitors)); });
  router.Get("/api/v1/monitors/{endpoint}",
             [&monitors](const Request& request) { return Reply(Get(request, monitors)); });
  router.Put("/api/v1/monitors/{endpoint}",
             [&monitors](const Request& request) { return Reply(Change(request, monitors)); });
  router.Get("/api/v1/monitors/{endpoint}/panes/{id}",
             [&monitors](const Request& request) { return Reply(GetPane(request, monitors)); });
  router.Post("/api/v1/monitors/{endpoint}/close",
              [&monitors](const Request& request) { return Reply(Close(request, monitors)); });
  router.Post("/api/v1/endpoints/{endpoint}/labels",
              [&monitors](const Request& request) { return Reply(AddLabels(request, monitors)); });
  router.Get("/api/v1/alerts", [&monitors](const Request&) { return Reply(Alerts(monitors)); });
  router.Get("/api/v1/models/{name}/versions/{version}/baseline",
             [&monitors](const Request& request) { return Reply(GetBaseline(request, monitors)); });
  router.Handle(
      net::Method::kPut, "/api/v1/models/{name}/versions/{version}/baseline",
      [&monitors](const Request& request) { return Reply(PutBaseline(request, monitors)); },
      {.body_limit_bytes = kLargestBaseline});
}

}  // namespace yard::protocols::native
