#pragma once

#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

// sklearn.preprocessing._function_transformer.FunctionTransformer of no function, check_array, or a
// known numpy ufunc (computed with the C library, so log1p and its like may differ from numpy's
// vector code by one ULP). Any other function is code and is never run.
base::Result<TransformerPtr> ReadFunctionTransformer(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
