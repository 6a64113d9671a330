#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.model_selection: GridSearchCV, RandomizedSearchCV and the halving searches: their
// `best_estimator_`.
base::Result<PredictorPtr> ReadSearch(const formats::Object& estimator, Reading& reading);

}  // namespace yard::inference::estimators
