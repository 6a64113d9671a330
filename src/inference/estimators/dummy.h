#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.dummy: DummyClassifier (strategies prior, most_frequent and constant; the random ones are
// not predictions) and DummyRegressor. They answer the same for every row.
base::Result<PredictorPtr> ReadDummyClassifier(const formats::Object& estimator, Reading&);
base::Result<PredictorPtr> ReadDummyRegressor(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
