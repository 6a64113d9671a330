#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"

namespace yard::inference::formats {

/// Reads a .npy file (format 1.0, 2.0 and 3.0) of numbers, text, bytes or records. Errors:
/// kInvalidArgument for a damaged file, kUnimplemented for arrays of objects (they are pickles).
base::Result<NumericArray> ReadNpy(std::string_view bytes);

}  // namespace yard::inference::formats
