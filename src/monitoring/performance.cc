#include "monitoring/performance.h"

#include <charconv>
#include <cmath>

#include "stats/classification.h"
#include "stats/distributions.h"
#include "stats/proportions.h"
#include "stats/samples.h"

namespace yard::monitoring {
namespace {

Measure MeasureOf(const stats::Estimate& estimate) {
  return {estimate.value, estimate.lower, estimate.upper};
}

Measure MeanOf(const std::vector<double>& values) {
  if (values.empty()) return {};
  const stats::Moments moments = stats::MomentsOf(values);
  const double half = stats::NormalUpperQuantile(0.025) *
                      std::sqrt(moments.variance / static_cast<double>(moments.count));
  return {moments.mean, std::max(0.0, moments.mean - half), moments.mean + half};
}

bool IsPredicted(const serving::PredictionRecord& prediction, std::string_view label) {
  if (!prediction.text.empty()) return LabelEquals(prediction.text, label);
  const auto number = LabelNumber(label);
  return number && *number == prediction.value;
}

}  // namespace

std::optional<double> LabelNumber(std::string_view label) {
  if (label == "true" || label == "True") return 1;
  if (label == "false" || label == "False") return 0;
  double number = 0;
  const auto [end, failure] = std::from_chars(label.data(), label.data() + label.size(), number);
  if (failure != std::errc() || end != label.data() + label.size()) return std::nullopt;
  return number;
}

bool LabelEquals(std::string_view prediction, std::string_view label) {
  if (prediction == label) return true;
  const auto one = LabelNumber(prediction), two = LabelNumber(label);
  return one && two && *one == *two;
}

void Performance::Add(const serving::PredictionRecord& prediction, std::string_view label) {
  ++labelled_;
  if (!prediction.source->is_classifier) {
    const auto truth = LabelNumber(label);
    if (truth) errors_.push_back(std::abs(*truth - prediction.value));
    return;
  }
  ++classified_;
  correct_ += IsPredicted(prediction, label) ? 1 : 0;
  const auto& classes = prediction.source->classes;
  if (classes.size() != 2 || !prediction.score) return;
  const bool positive = LabelEquals(classes[1], label);
  if (!positive && !LabelEquals(classes[0], label)) return;  // a class the model does not know
  scores_.push_back(*prediction.score);
  outcomes_.push_back(positive ? 1 : 0);
}

void Performance::Measure(ArmReport& report) const {
  report.labelled = static_cast<int64_t>(labelled_);
  report.accuracy = MeasureOf(stats::WilsonInterval(correct_, classified_));
  report.auc = MeasureOf(stats::RocAuc(scores_, outcomes_));
  report.log_loss = MeasureOf(stats::LogLoss(scores_, outcomes_));
  report.mean_absolute_error = MeanOf(errors_);
}

}  // namespace yard::monitoring
