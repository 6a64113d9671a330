#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.preprocessing._encoders.OrdinalEncoder: handle_unknown, unknown_value,
// encoded_missing_value, infrequent categories.
base::Result<TransformerPtr> ReadOrdinalEncoder(const formats::Object& estimator, Reading&);
// sklearn.preprocessing._label.LabelEncoder, of one column.
base::Result<TransformerPtr> ReadLabelEncoder(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
