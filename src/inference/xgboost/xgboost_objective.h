#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "inference/xgboost/xgboost_model.h"

namespace yard::inference::xgboost {

/// How an objective relates margins and predictions.
struct Objective {
  enum class Link { kIdentity, kLogistic, kExponential, kSoftmax, kHinge };
  Link link = Link::kIdentity;       // of predictions
  Link base_link = Link::kIdentity;  // of base_score, which is in the space of predictions
  OutputKind output = OutputKind::kValue;
};

/// Errors: kUnimplemented (detail "objective") for an objective that is not known.
base::Result<Objective> FindObjective(std::string_view name);

/// base_score as a margin, in float32 as XGBoost computes it.
float BaseMargin(Objective::Link link, float base_score);

/// Margins to predictions in place; `group_count` values are one row. The same bits as XGBoost's:
/// float32 exp of libm; softmax sums in double.
void ApplyLink(Objective::Link link, size_t group_count, std::span<float> values);

}  // namespace yard::inference::xgboost
