#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "inference/formats/document.h"
#include "inference/xgboost/xgboost_objective.h"
#include "inference/xgboost/xgboost_trees.h"

namespace yard::inference::xgboost {

/// Everything of a learner but its trees.
struct LearnerParameters {
  size_t feature_count = 0;
  size_t class_count = 0;          // num_class of the file: 0 unless multi-class
  size_t group_count = 1;          // margins a row
  std::vector<float> base_scores;  // one a group, in the space of predictions
  std::string objective_name;
  Objective objective;
  std::string booster;
  std::string version;
  std::vector<std::string> feature_names;
  std::vector<std::string> feature_types;
  std::optional<int64_t> best_iteration;
};

// Errors of both: kInvalidArgument (reason "malformed_xgboost"), kUnimplemented.

/// From the document's root (with "learner" and "version").
base::Result<LearnerParameters> ReadLearnerParameters(const formats::DocumentValue& root);

/// One element of "trees".
base::Result<TreeLists> ReadTreeLists(const formats::DocumentValue& tree);

/// A member that holds one number, as a number or as text.
base::Result<int64_t> ReadCount(const formats::DocumentValue& object, std::string_view name);

}  // namespace yard::inference::xgboost
