#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace yard::serving {

inline constexpr size_t kMaxArms = 16;
inline constexpr size_t kMaxEndpointName = 100;

/// One arm of an endpoint as it was asked for.
struct ArmConfig {
  std::string name;     // of the characters A-Z a-z 0-9 . _ -
  std::string model;    // a models:/ URI
  double weight = 100;  // share of the traffic, relative to the other arms; 0: none

  friend bool operator==(const ArmConfig&, const ArmConfig&) = default;
};

/// An endpoint as it was asked for.
struct EndpointConfig {
  std::string name;  // characters as above, at most kMaxEndpointName
  std::vector<ArmConfig> arms;
  /// How long a version stays loaded after it was replaced. The last one stays in any case.
  std::chrono::minutes bake_time{60};
};

/// Errors: kInvalidArgument, reason "invalid_endpoint", detail "parameter".
base::Result<void> CheckConfig(const EndpointConfig& config);

}  // namespace yard::serving
