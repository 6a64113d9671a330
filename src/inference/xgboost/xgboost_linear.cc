#include "inference/xgboost/xgboost_linear.h"

#include <cmath>

namespace yard::inference::xgboost {

base::Result<LinearModel> LinearModel::Read(const formats::DocumentValue& model,
                                            size_t feature_count, size_t group_count) {
  const formats::DocumentValue* weights = model.Find("weights");
  const bool fits =
      weights != nullptr && weights->numbers.size() == (feature_count + 1) * group_count;
  if (!fits) {
    return base::InvalidArgument("a linear model has not the weights that it needs",
                                 {"member", "weights"})
        .WithReason("malformed_xgboost");
  }
  LinearModel linear;
  linear.feature_count_ = feature_count;
  linear.group_count_ = group_count;
  for (const double weight : weights->numbers)
    linear.weights_.push_back(static_cast<float>(weight));
  return linear;
}

void LinearModel::AddTo(std::span<const float> rows, std::span<float> margins) const {
  const float* biases = weights_.data() + feature_count_ * group_count_;
  for (size_t i = 0; i < margins.size(); ++i) {
    const size_t group = i % group_count_;
    const float* row = rows.data() + (i / group_count_) * feature_count_;
    float sum = biases[group] + margins[i];
    for (size_t feature = 0; feature < feature_count_; ++feature) {
      if (std::isnan(row[feature])) continue;
      sum += row[feature] * weights_[feature * group_count_ + group];
    }
    margins[i] = sum;
  }
}

}  // namespace yard::inference::xgboost
