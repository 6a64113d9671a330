#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/telemetry.h"
#include "serving/prediction_log.h"
#include "serving/servable.h"
#include "serving/serving_metrics.h"
#include "serving/traffic.h"

namespace yard::serving {

/// One arm as requests see it.
struct ActiveArm {
  std::string name;
  double weight = 0;
  std::shared_ptr<const Servable> servable;        // null: nothing serves yet
  std::shared_ptr<const PredictionSource> source;  // set when servable is
  std::shared_ptr<ArmTraffic> traffic;             // never null
  base::Counter* predictions = nullptr;  // set when servable is; live as long as telemetry
  base::Histogram* durations = nullptr;
};

/// Makes the arm that serves `servable` for `endpoint`.
ActiveArm MakeActiveArm(const std::string& endpoint, std::string arm, double weight,
                        std::shared_ptr<const Servable> servable,
                        std::shared_ptr<ArmTraffic> traffic, ServingMetrics& metrics);

/// Where the requests of one endpoint go at one moment. Immutable: a request takes the routes once
/// and keeps them until it is answered, so a swap never touches a request that is under way, and
/// the models of old routes are freed by the last such request.
class Routes {
 public:
  Routes(std::string endpoint, std::string salt, std::vector<ActiveArm> arms);

  const std::string& endpoint() const { return endpoint_; }
  const std::vector<ActiveArm>& arms() const { return arms_; }

  /// The arm of `key` by hash. When nothing serves on it, the heaviest arm that serves; null when
  /// none does.
  const ActiveArm* ArmOf(std::string_view key) const;

  /// Microseconds that one row takes on the slowest arm.
  double row_microseconds() const { return row_microseconds_; }
  /// The most columns that an arm's model takes.
  size_t column_count() const { return column_count_; }

 private:
  std::string endpoint_;
  std::string salt_;
  std::vector<ActiveArm> arms_;
  std::vector<double> shares_;
  size_t fallback_ = 0;  // arms_.size(): none
  double row_microseconds_ = 0;
  size_t column_count_ = 0;
};

}  // namespace yard::serving
