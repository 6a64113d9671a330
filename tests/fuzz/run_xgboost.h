#pragma once

#include <limits>
#include <vector>

#include "inference/xgboost/xgboost_model.h"

namespace yard::fuzz {

/// Predicts a few rows with a model that loaded: no checked model may read out of bounds or loop.
inline void RunXgboost(const inference::xgboost::XgboostModel& model) {
  using inference::xgboost::TreeRange;
  constexpr size_t kMaxValues = 1 << 16;
  if (model.feature_count() > kMaxValues || model.group_count() > kMaxValues) return;
  for (const float value : {0.0F, -1e30F, 3.5F, std::numeric_limits<float>::quiet_NaN()}) {
    const std::vector<float> row(model.feature_count(), value);
    std::vector<float> margins(model.group_count());
    model.Margins(row, TreeRange::kAll, margins);
    model.Margins(row, TreeRange::kBestIteration, margins);
    model.Transform(margins);
  }
}

}  // namespace yard::fuzz
