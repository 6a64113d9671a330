#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitoring/pane.h"
#include "serving/prediction_log.h"

namespace yard::monitoring {

/// Do prediction and label mean the same? Numbers compare by value ("1" and "1.0"), true and false
/// as 1 and 0, everything else as text.
bool LabelEquals(std::string_view prediction, std::string_view label);
/// The label as a number: what it says, or 1 and 0 for true and false.
std::optional<double> LabelNumber(std::string_view label);

/// Gathers the labelled predictions of one version on one arm and measures them: accuracy (Wilson's
/// interval), ROC AUC (DeLong), log loss and mean absolute error (normal). Not thread-safe.
class Performance {
 public:
  void Add(const serving::PredictionRecord& prediction, std::string_view label);
  /// Fills the measures and `labelled`.
  void Measure(ArmReport& report) const;

 private:
  size_t labelled_ = 0;
  size_t classified_ = 0;
  size_t correct_ = 0;
  std::vector<double> scores_;     // of the positive class
  std::vector<uint8_t> outcomes_;  // as long as scores_
  std::vector<double> errors_;     // of regressors, absolute
};

}  // namespace yard::monitoring
