#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.tree._classes: DecisionTree and ExtraTree, classifiers of one output and regressors.
base::Result<PredictorPtr> ReadDecisionTreeClassifier(const formats::Object& estimator, Reading&);
base::Result<PredictorPtr> ReadDecisionTreeRegressor(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
