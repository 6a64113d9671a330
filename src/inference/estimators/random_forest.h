#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.ensemble._forest: RandomForest and ExtraTrees, classifiers of one output and regressors.
// Leaves are added in the order of `estimators_` and divided once at the end, as scikit-learn does
// with n_jobs=1.
base::Result<PredictorPtr> ReadForestClassifier(const formats::Object& estimator, Reading&);
base::Result<PredictorPtr> ReadForestRegressor(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
