#pragma once

#include <string>

#include "base/telemetry.h"
#include "serving/model_source.h"

namespace yard::serving {

/// The metrics of this room.
struct ServingMetrics {
  explicit ServingMetrics(base::Telemetry& telemetry);

  base::Family<base::Counter>& predictions;    // endpoint, model, version, arm: rows answered
  base::Family<base::Histogram>& durations;    // endpoint, arm: requests answered
  base::Family<base::Counter>& errors;         // endpoint, reason: requests refused or failed
  base::Family<base::Counter>& load_failures;  // endpoint, arm
  base::Family<base::Counter>& switches;       // endpoint, arm
  base::Family<base::Gauge>& arms_serving;     // endpoint, arm: 1 while a version serves

  /// Forgets an endpoint that was deleted.
  void Remove(const std::string& endpoint);
};

}  // namespace yard::serving
