#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "monitoring/baseline.h"
#include "monitoring/pane.h"
#include "monitoring/prediction_history.h"
#include "monitoring/settings.h"

namespace yard::monitoring {

/// What the evaluation of a pane needs to know beyond the predictions.
struct PaneContext {
  std::string endpoint;
  MonitorSettings settings;
  PaneSpan span;
  /// The baseline of a version, or null.
  base::FunctionRef<base::Result<std::shared_ptr<const Baseline>>(std::string_view model,
                                                                  std::string_view version)>
      baseline_of;
  /// The label of a request, or nothing.
  base::FunctionRef<base::Result<std::optional<std::string>>(std::string_view request_id)> label_of;
};

/// Reads the pane's predictions twice (who predicted, then every value) and compares them: features
/// of all arms with the baseline of the reference version, predictions of that version with its
/// predictions on the training data and of every other version with those of the reference, labels
/// with predictions. Memory is bounded by kSampleLimit values a feature and a pane's labelled
/// scores.
base::Result<PaneReport> EvaluatePane(PredictionHistory& history, const PaneContext& context);

}  // namespace yard::monitoring
