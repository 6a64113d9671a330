#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/estimators/estimator.h"
#include "inference/estimators/reading.h"
#include "inference/formats/object.h"

namespace yard::inference::estimators {

using TransformerReader = base::Result<TransformerPtr> (*)(const formats::Object&, Reading&);
using PredictorReader = base::Result<PredictorPtr> (*)(const formats::Object&, Reading&);

/// The closed table of classes that can be read, by qualified name
/// ("sklearn.preprocessing._data.StandardScaler"). Null for every other.
TransformerReader FindTransformerReader(std::string_view class_name);
PredictorReader FindPredictorReader(std::string_view class_name);

}  // namespace yard::inference::estimators
