#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"
#include "inference/formats/pickle_machine.h"
#include "inference/formats/pickle_reader.h"

namespace yard::inference::formats {

/// Reads one file of pickle opcodes, arrays stored either way. Bytes behind STOP are ignored, as
/// Python ignores them.
base::Result<ObjectGraph> ReadPickleStream(std::string_view bytes, const PickleLimits& limits,
                                           ArrayStorage storage);

}  // namespace yard::inference::formats
