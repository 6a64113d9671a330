#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tracking/experiment.h"
#include "tracking/lifecycle.h"

namespace yard::tracking {

/// A dataset as the client describes it. Unique by (experiment, name, digest): the first
/// description of a digest is kept.
struct Dataset {
  std::string name;                    ///< 1 to 500 characters
  std::string digest;                  ///< 1 to 36 characters
  std::string source_type;             ///< at most 500 characters
  std::string source;                  ///< at most 65,535 characters
  std::optional<std::string> schema;   ///< at most 1,048,575 characters
  std::optional<std::string> profile;  ///< at most 16,777,215 characters
};

/// A dataset that went into a run. The first mention of a dataset by a run sets the tags.
struct DatasetInput {
  Dataset dataset;
  /// Such as mlflow.data.context = training. Keys at most 255, values at most 500 characters.
  std::vector<Tag> tags;
};

/// One use of a dataset in an experiment, by context.
struct DatasetSummary {
  ExperimentId experiment_id = 0;
  std::string name;
  std::string digest;
  std::string context;
};

}  // namespace yard::tracking
