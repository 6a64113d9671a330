#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "tracking/experiment.h"
#include "tracking/lifecycle.h"

namespace yard::tracking {

/// "m-" and 32 lower-case hex digits.
using LoggedModelId = std::string;

/// The numbers are those that a search filter compares with.
enum class LoggedModelStatus { kPending = 1, kReady = 2, kUploadFailed = 3 };

/// A metric of a logged model: which run measured it, and on which dataset (empty: none).
struct LoggedModelMetric {
  std::string key;
  double value = 0;
  int64_t step = 0;
  base::Millis timestamp;
  std::string run_id;
  std::string dataset_name;
  std::string dataset_digest;
};

/// A model file that a run (or nobody) saved, before and apart from its registration.
struct LoggedModel {
  LoggedModelId id;
  ExperimentId experiment_id = 0;
  std::string name;
  std::string artifact_location;
  LoggedModelStatus status = LoggedModelStatus::kPending;
  std::string status_message;
  LifecycleStage stage = LifecycleStage::kActive;
  std::string model_type;
  std::string source_run_id;
  base::Millis created;
  base::Millis updated;
  std::vector<Param> params;
  std::vector<Tag> tags;
  std::vector<LoggedModelMetric> metrics;
};

struct NewLoggedModel {
  ExperimentId experiment_id = 0;
  /// Empty: a readable random name. At most 500 characters; no "/", ":", ".", "%", quotes.
  std::string name;
  std::string model_type;
  std::string source_run_id;
  std::vector<Param> params;
  std::vector<Tag> tags;
};

}  // namespace yard::tracking
