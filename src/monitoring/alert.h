#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace yard::monitoring {

/// The life of an alert: it is pending while a feature drifted in some, but not yet enough, of the
/// watched panes; it fires; it is resolved when no watched pane drifted any more. A feature that
/// drifts again after that gets a new alert.
enum class AlertState { kPending, kFiring, kResolved };
/// "pending", "firing" or "resolved".
std::string_view AlertStateName(AlertState state);

/// How the newest message about an alert fared.
struct DeliveryStatus {
  std::string url;
  int64_t attempts = 0;
  bool is_delivered = false;
  std::string last_error;
};

struct Alert {
  std::string id;
  std::string endpoint;
  std::string feature;  // "prediction" for the predictions, "prediction of challenger/2" for an arm
  AlertState state = AlertState::kPending;
  base::Millis since;                    // when the state began
  base::Millis started;                  // when the alert began to fire
  std::optional<base::Millis> resolved;  // when it ended
  std::string summary;
  std::string pane;         // the pane that brought it into this state
  std::string fingerprint;  // 16 hex digits: the same for every alert of endpoint and feature
  std::optional<DeliveryStatus> delivery;
};

}  // namespace yard::monitoring
