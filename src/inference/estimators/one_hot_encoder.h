#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.preprocessing._encoders.OneHotEncoder: drop, handle_unknown (error, ignore,
// infrequent_if_exist, warn), min_frequency and max_categories, None and NaN as categories. The
// result is dense: a model cannot tell.
base::Result<TransformerPtr> ReadOneHotEncoder(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
