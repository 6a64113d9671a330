#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/telemetry.h"
#include "monitoring/pane.h"

namespace yard::monitoring {

/// What monitoring exports. docs/metrics.md describes every name. Gauges speak of the newest closed
/// pane of an endpoint; those of accuracy of the newest pane with labels. Thread-safe.
class MonitorMetrics {
 public:
  explicit MonitorMetrics(base::Telemetry& telemetry);

  void PaneJudged(std::string_view endpoint, const PaneReport& report);
  void AlertsFiring(std::string_view endpoint, int64_t count);
  void LabelsAccepted(std::string_view endpoint, int64_t count);
  enum class DeliveryOutcome { kDelivered, kFailed };
  void DeliveryTried(DeliveryOutcome outcome);
  /// Forgets a deleted endpoint.
  void Remove(std::string_view endpoint);

 private:
  struct Newest {
    base::Millis drift{INT64_MIN};
    base::Millis labels{INT64_MIN};
  };

  void SetFeature(const std::string& endpoint, const PaneReport& report,
                  const FeatureReport& feature);
  void SetArm(const std::string& endpoint, const ArmReport& arm);
  void SetMeasure(const std::string& endpoint, const ArmReport& arm, const char* name,
                  const Measure& measure);

  base::Family<base::Gauge>& drift_score_;
  base::Family<base::Gauge>& drift_p_value_;
  base::Family<base::Gauge>& drift_detected_;
  base::Family<base::Gauge>& missing_ratio_;
  base::Family<base::Gauge>& drifted_ratio_;
  base::Family<base::Gauge>& metric_;
  base::Family<base::Gauge>& metric_lower_;
  base::Family<base::Gauge>& metric_upper_;
  base::Family<base::Gauge>& coverage_;
  base::Family<base::Gauge>& last_run_;
  base::Family<base::Gauge>& firing_;
  base::Family<base::Counter>& panes_;
  base::Family<base::Counter>& labels_;
  base::Family<base::Counter>& deliveries_;

  std::mutex mutex_;
  std::map<std::string, Newest> newest_;
};

}  // namespace yard::monitoring
