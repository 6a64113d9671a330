#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "tracking/lifecycle.h"

namespace yard::tracking {

/// Experiments are numbered from 0; number 0 is "Default" and exists from the first start.
using ExperimentId = int64_t;

struct Experiment {
  ExperimentId id = 0;
  std::string name;
  std::string artifact_location;
  LifecycleStage stage = LifecycleStage::kActive;
  base::Millis created;
  /// Changed by rename, delete and restore only.
  base::Millis updated;
  /// In order of key.
  std::vector<Tag> tags;
};

struct NewExperiment {
  /// 1 to 500 characters, unique among all experiments, deleted ones included.
  std::string name;
  /// Empty: the artifact root followed by the new id.
  std::string artifact_location;
  std::vector<Tag> tags;
};

}  // namespace yard::tracking
