#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.impute._base.SimpleImputer, every strategy, numbers and text. Columns whose statistic is
// NaN are dropped, as training dropped them; `add_indicator` appends 0/1 columns. None and NaN in
// text columns both count as missing.
base::Result<TransformerPtr> ReadSimpleImputer(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
