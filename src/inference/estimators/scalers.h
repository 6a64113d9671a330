#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.preprocessing._data: scalers that work cell by cell, in double. NaN passes through.
base::Result<TransformerPtr> ReadStandardScaler(const formats::Object& estimator, Reading&);
base::Result<TransformerPtr> ReadMinMaxScaler(const formats::Object& estimator, Reading&);
base::Result<TransformerPtr> ReadMaxAbsScaler(const formats::Object& estimator, Reading&);
base::Result<TransformerPtr> ReadRobustScaler(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
