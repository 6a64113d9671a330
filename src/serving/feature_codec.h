#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "inference/model.h"
#include "serving/prediction_log.h"

namespace yard::serving {

// The features of a logged row as bytes, cell after cell in the order of the source's features. A
// cell is a tag byte and its value: missing; a number as 8 bytes (little-endian IEEE 754); a whole
// number below 2^28 as a zigzag varint; text as a varint length and its bytes.

/// Packs row `row` of `frame`, whose columns are in the order of the source's features.
std::string PackFeatures(const inference::Frame& frame, size_t row);

/// Reads what PackFeatures wrote. Errors: kDataLoss when the bytes are no packed row of
/// `feature_count` cells.
base::Result<FeatureRow> UnpackFeatures(std::string_view packed, size_t feature_count);

}  // namespace yard::serving
