#include "inference/estimators/estimator.h"

#include <cmath>

namespace yard::inference::estimators {
namespace {

size_t ArgMax(std::span<const double> scores) {
  size_t best = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) return i;
    if (scores[i] > scores[best]) best = i;
  }
  return best;
}

}  // namespace

base::Result<Matrix> Predictor::PredictProba(const Table&, Scratch&) const {
  return base::Unimplemented("this model has no probabilities: ask for predict")
      .WithReason("no_probabilities");
}

Matrix ArgMaxOfRows(const Matrix& scores, Scratch& scratch) {
  const size_t row_count = scores.values.size() / scores.width;
  const auto positions = scratch.Allocate<double>(row_count);
  for (size_t row = 0; row < row_count; ++row) {
    positions[row] =
        static_cast<double>(ArgMax(scores.values.subspan(row * scores.width, scores.width)));
  }
  return {positions, 1, false};
}

}  // namespace yard::inference::estimators
