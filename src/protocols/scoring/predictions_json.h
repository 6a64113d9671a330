#pragma once

#include <cstddef>

#include "base/json/writer.h"
#include "inference/model.h"

namespace yard::protocols::scoring {

/// Writes one value of `predictions`: a number in its shortest form, a boolean or a label.
void WriteValue(base::json::Writer& writer, const inference::Predictions& predictions,
                size_t index);

/// Writes all rows as a list, each row of a matrix as a list of its own.
void WriteRows(base::json::Writer& writer, const inference::Predictions& predictions);

}  // namespace yard::protocols::scoring
