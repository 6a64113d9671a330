#include "monitoring/webhook.h"

#include <algorithm>
#include <chrono>

#include "base/json/writer.h"
#include "monitoring/window.h"
#include "net/client.h"

namespace yard::monitoring {
namespace {

using base::json::Writer;

constexpr std::string_view kAlertName = "FeatureDrift";
constexpr std::string_view kNotEnded = "0001-01-01T00:00:00Z";

class HttpSender final : public WebhookSender {
 public:
  base::Result<void> Post(const std::string& url, const std::string& body) override {
    net::ClientRequest request;
    request.method = net::Method::kPost;
    request.url = url;
    request.headers.Add("Content-Type", "application/json");
    request.headers.Add("User-Agent", "Modelyard");
    request.body = body;
    request.timeout = std::chrono::seconds(10);
    request.answer_limit_bytes = 64 * 1024;
    YARD_ASSIGN_OR_RETURN(const net::Response response, net::Fetch(request));
    if (response.status / 100 == 2) return {};
    const base::Detail status{"status", std::to_string(response.status)};
    const bool is_refusal =
        response.status / 100 == 4 && response.status != 408 && response.status != 429;
    if (is_refusal) return base::FailedPrecondition("the webhook refused the message", status);
    return base::Unavailable("the webhook did not accept the message", status);
  }
};

std::string_view StatusOf(const Alert& alert) {
  return alert.state == AlertState::kResolved ? "resolved" : "firing";
}

void WriteAlert(Writer& writer, const Alert& alert) {
  writer.BeginObject().Member("status", StatusOf(alert));
  writer.Key("labels").BeginObject();
  writer.Member("alertname", kAlertName)
      .Member("endpoint", alert.endpoint)
      .Member("feature", alert.feature)
      .Member("severity", "warning");
  writer.EndObject();
  writer.Key("annotations").BeginObject();
  writer.Member("summary", alert.summary).Member("pane", alert.pane).EndObject();
  writer.Member("startsAt", TimeText(alert.started));
  if (alert.resolved) {
    writer.Member("endsAt", TimeText(*alert.resolved));
  } else {
    writer.Member("endsAt", kNotEnded);
  }
  writer.Member("generatorURL", "").Member("fingerprint", alert.fingerprint).EndObject();
}

void WriteGroup(Writer& writer, std::string_view endpoint, std::span<const Alert> alerts) {
  writer.Key("groupLabels").BeginObject();
  writer.Member("alertname", kAlertName).Member("endpoint", endpoint).EndObject();
  writer.Key("commonLabels").BeginObject();
  writer.Member("alertname", kAlertName).Member("endpoint", endpoint).Member("severity", "warning");
  if (alerts.size() == 1) writer.Member("feature", alerts[0].feature);
  writer.EndObject();
  writer.Key("commonAnnotations").BeginObject();
  if (alerts.size() == 1) writer.Member("summary", alerts[0].summary);
  writer.EndObject();
}

}  // namespace

std::unique_ptr<WebhookSender> HttpWebhooks() { return std::make_unique<HttpSender>(); }

std::string WebhookMessage(std::string_view endpoint, std::span<const Alert> alerts) {
  const bool any_firing = std::any_of(alerts.begin(), alerts.end(), [](const Alert& alert) {
    return alert.state != AlertState::kResolved;
  });
  std::string body;
  Writer writer(body);
  writer.BeginObject().Member("receiver", "modelyard");
  writer.Member("status", any_firing ? "firing" : "resolved");
  writer.Key("alerts").BeginArray();
  for (const Alert& alert : alerts) WriteAlert(writer, alert);
  writer.EndArray();
  WriteGroup(writer, endpoint, alerts);
  writer.Member("externalURL", "").Member("version", "4");
  writer.Member("groupKey",
                "{}:{alertname=\"FeatureDrift\", endpoint=\"" + std::string(endpoint) + "\"}");
  writer.Member("truncatedAlerts", 0).EndObject();
  return body;
}

}  // namespace yard::monitoring
