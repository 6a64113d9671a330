#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.linear_model._logistic: LogisticRegression and LogisticRegressionCV; one-vs-rest or
// multinomial as the release that wrote the file decided.
base::Result<PredictorPtr> ReadLogisticRegression(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
