#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "inference/model.h"
#include "serving/prediction_log.h"
#include "serving/routes.h"
#include "serving/serving_metrics.h"

namespace yard::serving {

/// Whom a row is about.
struct RowIdentity {
  std::string request_id;
  std::string key;  // entity key; may be empty
  base::Millis event_time;
};

/// What a model says of every row of a frame.
struct Scored {
  inference::Predictions labels;  // classes of classifiers, values of regressors
  std::optional<inference::Predictions> probabilities;

  /// Probability of the predicted class; nothing for regressors and classifiers without
  /// probabilities.
  std::optional<double> ConfidenceOf(const Servable& servable, size_t row) const;
  /// Probability of classes[1] for two classes, of the predicted class for more.
  std::optional<double> ScoreOf(const Servable& servable, size_t row) const;
};

/// Labels and, where the model has them, probabilities. Errors: as inference::Model::Predict.
base::Result<Scored> Score(const Servable& servable, const inference::Frame& frame);

/// The same around an answer that was given already: nothing is computed twice.
base::Result<Scored> ScoreAround(const Servable& servable, const inference::Frame& frame,
                                 inference::Predictions answer);

/// Keeps account of predictions after they were answered: log, metrics, traffic. Thread-safe and
/// never blocks.
class Predictor {
 public:
  /// `log` may be null. Everything must outlive the predictor.
  Predictor(const base::Clock& clock, ServingMetrics& metrics, PredictionLog* log)
      : clock_(clock), metrics_(metrics), log_(log) {}

  const base::Clock& clock() const { return clock_; }
  bool is_logging() const { return log_ != nullptr; }

  /// Counts a request that was answered with `row_count` rows of `arm`.
  void CountAnswer(const ActiveArm& arm, size_t row_count,
                   std::chrono::steady_clock::time_point started) const;
  /// Logs the rows of `frame`; `rows` has one entry each.
  void LogRows(const ActiveArm& arm, const inference::Frame& frame, const Scored& scored,
               std::vector<RowIdentity> rows) const;
  /// Counts a request that got `error`; `arm` is null when it failed before an arm was chosen.
  void CountError(std::string_view endpoint, const ActiveArm* arm, const base::Error& error) const;

 private:
  const base::Clock& clock_;
  ServingMetrics& metrics_;
  PredictionLog* log_;
};

}  // namespace yard::serving
