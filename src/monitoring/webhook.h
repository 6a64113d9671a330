#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "monitoring/alert.h"

namespace yard::monitoring {

/// Sends a message to a webhook. Thread-safe; blocks.
class WebhookSender {
 public:
  virtual ~WebhookSender() = default;
  /// Errors: kFailedPrecondition when the receiver refuses the message for good (4xx but 408 and
  /// 429); kUnavailable when it cannot be reached or answers anything else but 2xx,
  /// kDeadlineExceeded.
  virtual base::Result<void> Post(const std::string& url, const std::string& body) = 0;
};

/// POST with Content-Type application/json and a deadline of ten seconds. Redirects are not
/// followed.
std::unique_ptr<WebhookSender> HttpWebhooks();

/// The message about alerts of one endpoint that changed, as Alertmanager's webhooks have it
/// (version "4"), so that receivers made for Alertmanager work. Labels: alertname FeatureDrift,
/// endpoint, feature, severity warning. `alerts` must not be empty.
std::string WebhookMessage(std::string_view endpoint, std::span<const Alert> alerts);

}  // namespace yard::monitoring
