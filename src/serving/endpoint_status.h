#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "serving/endpoint_config.h"
#include "serving/events.h"
#include "serving/model_source.h"

namespace yard::serving {

enum class ArmState { kLoading, kServing, kFailed };
/// "loading", "serving" or "failed".
std::string_view ArmStateName(ArmState state);

/// One arm as people see it.
struct ArmStatus {
  ArmConfig config;
  std::optional<ModelKey> serving;  // what answers now
  ArmState state = ArmState::kLoading;
  std::string error;               // why the last load failed; empty when it did not
  std::vector<ModelKey> previous;  // versions to roll back to, newest first
  uint64_t requests = 0;           // since the start, with the errors
  uint64_t errors = 0;
};

/// Latency and load of the last minute.
struct RecentTraffic {
  uint64_t requests = 0;  // since the start
  uint64_t errors = 0;    // since the start
  double requests_per_second = 0;
  double p50_ms = 0;
  double p90_ms = 0;
  double p99_ms = 0;
};

struct EndpointStatus {
  EndpointConfig config;
  std::vector<ArmStatus> arms;
  base::Millis created;
  base::Millis updated;
  RecentTraffic traffic;
};

/// One line of an endpoint's history.
struct EndpointEvent {
  base::Millis time;
  EndpointAction action = EndpointAction::kCreated;
  std::string arm;
  std::string from;
  std::string to;
  std::string reason;
};

}  // namespace yard::serving
