#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.ensemble._hist_gradient_boosting. Features stay double; NaN and unknown categories go the
// way that training gave missing values. From 1.4 a ColumnTransformer (`_preprocessor`) encodes
// categories first.
base::Result<PredictorPtr> ReadHistGradientBoostingClassifier(const formats::Object& estimator,
                                                              Reading& reading);
base::Result<PredictorPtr> ReadHistGradientBoostingRegressor(const formats::Object& estimator,
                                                             Reading& reading);

}  // namespace yard::inference::estimators
