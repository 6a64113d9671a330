#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.ensemble._gb. The raw score starts at the init estimator's prediction (through the link
// of the loss for classifiers); every stage adds learning_rate * leaf. Init estimators other than
// the default are read like any other part.
base::Result<PredictorPtr> ReadGradientBoostingClassifier(const formats::Object& estimator,
                                                          Reading& reading);
base::Result<PredictorPtr> ReadGradientBoostingRegressor(const formats::Object& estimator,
                                                         Reading& reading);

}  // namespace yard::inference::estimators
