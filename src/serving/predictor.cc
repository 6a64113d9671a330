#include "serving/predictor.h"

#include <limits>
#include <utility>

#include "serving/feature_codec.h"

namespace yard::serving {

namespace {

using inference::Predictions;
using inference::PredictMethod;

LoggedRow MakeRow(const ActiveArm& arm, const inference::Frame& frame, const Scored& scored,
                  size_t row, RowIdentity identity) {
  const Predictions& labels = scored.labels;
  LoggedRow logged;
  logged.source = arm.source;
  logged.request_id = std::move(identity.request_id);
  logged.event_time = identity.event_time;
  logged.key = std::move(identity.key);
  logged.value = labels.values[row * labels.width];
  if (labels.kind == Predictions::Kind::kText) {
    logged.text = labels.labels[static_cast<size_t>(logged.value)];
    logged.value = std::numeric_limits<double>::quiet_NaN();
  }
  logged.score = scored.ScoreOf(*arm.servable, row);
  // A model without names may take frames of any width; only the expected one can be named.
  if (frame.columns.size() == arm.source->features.size()) {
    logged.packed_features = PackFeatures(frame, row);
  } else {
    logged.packed_features.assign(arm.source->features.size(), '\0');
  }
  return logged;
}

base::Result<std::optional<Predictions>> Probabilities(const Servable& servable,
                                                       const inference::Frame& frame) {
  using Found = std::optional<Predictions>;
  if (!servable.has_probabilities()) return Found();
  YARD_ASSIGN_OR_RETURN(Predictions probabilities,
                        servable.model().Predict(frame, PredictMethod::kPredictProba));
  return Found(std::move(probabilities));
}

}  // namespace

std::optional<double> Scored::ConfidenceOf(const Servable& servable, size_t row) const {
  if (!probabilities) return std::nullopt;
  const auto column = servable.ClassOf(labels, row);
  if (!column || *column >= probabilities->width) return std::nullopt;
  return probabilities->values[row * probabilities->width + *column];
}

std::optional<double> Scored::ScoreOf(const Servable& servable, size_t row) const {
  if (probabilities && probabilities->width == 2) return probabilities->values[row * 2 + 1];
  return ConfidenceOf(servable, row);
}

base::Result<Scored> Score(const Servable& servable, const inference::Frame& frame) {
  Scored scored;
  YARD_ASSIGN_OR_RETURN(scored.labels, servable.model().Predict(frame, PredictMethod::kPredict));
  YARD_ASSIGN_OR_RETURN(scored.probabilities, Probabilities(servable, frame));
  return scored;
}

base::Result<Scored> ScoreAround(const Servable& servable, const inference::Frame& frame,
                                 Predictions answer) {
  if (answer.is_matrix) {
    Scored scored;
    YARD_ASSIGN_OR_RETURN(scored.labels, servable.model().Predict(frame, PredictMethod::kPredict));
    const bool has_classes = servable.has_probabilities() && answer.width == servable.class_count();
    if (has_classes) scored.probabilities = std::move(answer);
    return scored;
  }
  Scored scored{std::move(answer), {}};
  YARD_ASSIGN_OR_RETURN(scored.probabilities, Probabilities(servable, frame));
  return scored;
}

void Predictor::CountAnswer(const ActiveArm& arm, size_t row_count,
                            std::chrono::steady_clock::time_point started) const {
  const auto took = clock_.Steady() - started;
  arm.predictions->Add(static_cast<double>(row_count));
  arm.durations->Observe(std::chrono::duration<double>(took).count());
  arm.traffic->RecordAnswer(clock_.Now(), took);
}

void Predictor::LogRows(const ActiveArm& arm, const inference::Frame& frame, const Scored& scored,
                        std::vector<RowIdentity> rows) const {
  if (log_ == nullptr) return;
  if (rows.size() == 1) {
    log_->Append(MakeRow(arm, frame, scored, 0, std::move(rows.front())));
    return;
  }
  std::vector<LoggedRow> logged;
  logged.reserve(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    logged.push_back(MakeRow(arm, frame, scored, i, std::move(rows[i])));
  }
  log_->AppendAll(std::move(logged));
}

void Predictor::CountError(std::string_view endpoint, const ActiveArm* arm,
                           const base::Error& error) const {
  const std::string reason =
      error.reason().empty() ? std::string(base::CodeName(error.code())) : error.reason();
  metrics_.errors.With({std::string(endpoint), reason}).Add();
  if (arm != nullptr) arm->traffic->RecordError(clock_.Now());
}

}  // namespace yard::serving
