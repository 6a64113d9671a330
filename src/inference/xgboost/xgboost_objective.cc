#include "inference/xgboost/xgboost_objective.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

namespace yard::inference::xgboost {
namespace {

using Link = Objective::Link;

float Sigmoid(float margin) {
  constexpr float kLargestExponent = 88.7F;  // beyond it float32's exp overflows
  constexpr float kTiny = 1e-16F;
  const float exponent = std::min(-margin, kLargestExponent);
  const float denominator = std::exp(exponent) + 1.0F + kTiny;
  return 1.0F / denominator;
}

void Softmax(std::span<float> row) {
  const float largest = *std::max_element(row.begin(), row.end());
  double sum = 0;
  for (float& value : row) {
    value = std::exp(value - largest);
    sum += static_cast<double>(value);
  }
  for (float& value : row) value /= static_cast<float>(sum);
}

}  // namespace

base::Result<Objective> FindObjective(std::string_view name) {
  constexpr Objective kIdentity = {};
  constexpr Objective kLog = {Link::kExponential, Link::kExponential, OutputKind::kValue};
  static const std::unordered_map<std::string_view, Objective> kObjectives = {
      {"binary:logistic", {Link::kLogistic, Link::kLogistic, OutputKind::kProbability}},
      {"binary:logitraw", kIdentity},
      {"binary:hinge", {Link::kHinge, Link::kIdentity, OutputKind::kClass}},
      {"reg:logistic", {Link::kLogistic, Link::kLogistic, OutputKind::kValue}},
      {"reg:squarederror", kIdentity},
      {"reg:linear", kIdentity},
      {"reg:squaredlogerror", kIdentity},
      {"reg:absoluteerror", kIdentity},
      {"reg:pseudohubererror", kIdentity},
      {"reg:quantileerror", kIdentity},
      {"reg:expectileerror", kIdentity},
      {"reg:gamma", kLog},
      {"reg:tweedie", kLog},
      {"count:poisson", kLog},
      {"survival:cox", kLog},
      {"survival:aft", kLog},
      {"multi:softprob", {Link::kSoftmax, Link::kIdentity, OutputKind::kProbabilities}},
      {"multi:softmax", {Link::kSoftmax, Link::kIdentity, OutputKind::kClass}},
      {"rank:pairwise", kIdentity},
      {"rank:ndcg", kIdentity},
      {"rank:map", kIdentity},
  };
  const auto found = kObjectives.find(name);
  if (found != kObjectives.end()) return found->second;
  return base::Unimplemented("the XGBoost objective is not known", {"objective", std::string(name)})
      .WithReason("unsupported_objective");
}

float BaseMargin(Link link, float base_score) {
  switch (link) {
    case Link::kLogistic:
      return -std::log(1.0F / base_score - 1.0F);
    case Link::kExponential:
      return std::log(base_score);
    default:
      return base_score;
  }
}

void ApplyLink(Link link, size_t group_count, std::span<float> values) {
  switch (link) {
    case Link::kIdentity:
      return;
    case Link::kLogistic:
      std::transform(values.begin(), values.end(), values.begin(), Sigmoid);
      return;
    case Link::kExponential:
      std::transform(values.begin(), values.end(), values.begin(),
                     [](float margin) { return std::exp(margin); });
      return;
    case Link::kHinge:
      std::transform(values.begin(), values.end(), values.begin(),
                     [](float margin) { return margin > 0 ? 1.0F : 0.0F; });
      return;
    case Link::kSoftmax:
      for (size_t i = 0; i + group_count <= values.size(); i += group_count)
        Softmax(values.subspan(i, group_count));
      return;
  }
}

}  // namespace yard::inference::xgboost
