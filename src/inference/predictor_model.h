#pragma once

#include <memory>

#include "inference/estimators/estimator.h"
#include "inference/model.h"

namespace yard::inference {

/// What PredictMethod::kDefault means for one model.
enum class DefaultAnswer {
  kPredict,
  kPredictProba,
  kObjectiveOutput,  // of a bare XGBoost Booster
};

/// A model over a root predictor. Rows are computed in blocks that stay in the cache; intermediate
/// values live in memory that each thread keeps from call to call.
class PredictorModel final : public Model {
 public:
  PredictorModel(estimators::PredictorPtr root, Signature signature, Description description,
                 DefaultAnswer default_answer);

  const Signature& signature() const override { return signature_; }
  const Description& description() const override { return description_; }
  base::Result<Predictions> Predict(const Frame& frame, PredictMethod method) const override;
  double estimated_row_microseconds() const override { return row_microseconds_; }

 private:
  enum class Answer { kLabelsOrValues, kProbabilities, kObjectiveOutput };

  Answer AnswerTo(PredictMethod method) const;
  base::Result<estimators::Matrix> Compute(const estimators::Table& table, Answer answer,
                                           estimators::Scratch& scratch) const;
  /// The table in the order of the model's feature names, where both sides have names.
  base::Result<estimators::Table> InFittedOrder(const estimators::Table& table,
                                                estimators::Scratch& scratch) const;
  bool AnswersClasses(Answer answer) const;

  estimators::PredictorPtr root_;
  Signature signature_;
  Description description_;
  DefaultAnswer default_answer_;
  double row_microseconds_;
};

}  // namespace yard::inference
