#include "monitoring/webhook.h"

#include <vector>

#include <gtest/gtest.h>

#include "base/json/value.h"

namespace yard::monitoring {
namespace {

Alert Example(AlertState state) {
  Alert alert;
  alert.endpoint = "churn";
  alert.feature = "tenure_days";
  alert.state = state;
  alert.started = base::Millis(875'577'600'000);
  alert.summary = "it drifted";
  alert.fingerprint = "0123456789abcdef";
  if (state == AlertState::kResolved) alert.resolved = base::Millis(875'577'601'000);
  return alert;
}

TEST(WebhookMessage, HasTheFormOfAlertmanagerVersionFour) {
  const std::vector<Alert> alerts = {Example(AlertState::kFiring), Example(AlertState::kResolved)};
  const auto message = base::json::Parse(WebhookMessage("churn", alerts)).value();
  EXPECT_EQ(message["version"].string_or(""), "4");
  EXPECT_EQ(message["status"].string_or(""), "firing");
  EXPECT_EQ(message["groupLabels"]["alertname"].string_or(""), "FeatureDrift");
  EXPECT_EQ(message["truncatedAlerts"].integer_or(-1), 0);
  const auto& sent = *message["alerts"].as_array();
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0]["endsAt"].string_or(""), "0001-01-01T00:00:00Z");
  EXPECT_EQ(sent[0]["labels"]["feature"].string_or(""), "tenure_days");
  EXPECT_EQ(sent[0]["startsAt"].string_or(""), "1997-09-30T00:00:00.000Z");
  EXPECT_EQ(sent[1]["status"].string_or(""), "resolved");
  EXPECT_EQ(sent[1]["endsAt"].string_or(""), "1997-09-30T00:00:01.000Z");
}

TEST(WebhookMessage, IsResolvedWhenEveryAlertIs) {
  const std::vector<Alert> alerts = {Example(AlertState::kResolved)};
  const auto message = base::json::Parse(WebhookMessage("churn", alerts)).value();
  EXPECT_EQ(message["status"].string_or(""), "resolved");
  EXPECT_EQ(message["commonLabels"]["feature"].string_or(""), "tenure_days");
}

}  // namespace
}  // namespace yard::monitoring
