#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.compose._column_transformer.ColumnTransformer: columns by name when fitted on names and
// given names, by position otherwise; remainder; results side by side in order.
base::Result<TransformerPtr> ReadColumnTransformer(const formats::Object& estimator,
                                                   Reading& reading);

}  // namespace yard::inference::estimators
