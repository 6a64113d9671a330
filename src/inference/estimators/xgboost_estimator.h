#pragma once

#include "inference/estimators/reading.h"
#include "inference/xgboost/xgboost_model.h"

namespace yard::inference::estimators {

/// How a bare Booster's default answer looks; its labels are the same as the wrapper's.
enum class BoosterApi {
  kScikitLearn,  // XGBClassifier and XGBRegressor: labels, best iteration
  kBooster,      // xgboost.core.Booster: the objective's output, every tree
};

/// A predictor around an XGBoost model. `missing` is the wrapper's missing value (NaN: none besides
/// NaN). Classes are 0 … K-1 unless `classes` says otherwise; without classes it is a regressor.
PredictorPtr MakeXgboostPredictor(xgboost::XgboostModel model, BoosterApi api, double missing,
                                  std::optional<Classes> classes);

/// The classes 0 … K-1 of a classification objective; nullopt for all others, and for several
/// labels at once.
std::optional<Classes> XgboostClasses(const xgboost::XgboostModel& model);

// xgboost.sklearn: XGBClassifier, XGBRFClassifier, XGBRegressor, XGBRFRegressor, XGBRanker inside
// pickles and skops files. The wrapper's Booster is read from its own model bytes.
base::Result<PredictorPtr> ReadXgboostEstimator(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
