#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "inference/formats/document.h"

namespace yard::inference::xgboost {

/// The gblinear booster: one weight a feature and output, then the biases. Sums in float32, feature
/// by feature; missing values add nothing.
class LinearModel {
 public:
  LinearModel() = default;

  /// From gradient_booster.model. Errors: kInvalidArgument (reason "malformed_xgboost").
  static base::Result<LinearModel> Read(const formats::DocumentValue& model, size_t feature_count,
                                        size_t group_count);

  void AddTo(std::span<const float> rows, std::span<float> margins) const;

 private:
  size_t feature_count_ = 0;
  size_t group_count_ = 1;
  std::vector<float> weights_;  // [feature][group], the biases last
};

}  // namespace yard::inference::xgboost
