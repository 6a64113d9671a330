#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "inference/estimators/estimator.h"
#include "inference/formats/object.h"

namespace yard::inference::estimators {

/// The positions that a fitted selector means: a position or a name, a list or array of either, a
/// boolean mask, or a slice. Negative positions count from the end. Errors: kInvalidArgument for a
/// position out of range or an unknown name, kUnimplemented for a callable.
base::Result<std::vector<size_t>> SelectColumns(const formats::Object& selector,
                                                const FittedColumns& columns);

}  // namespace yard::inference::estimators
