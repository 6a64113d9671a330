#pragma once

#include <string_view>

#include "base/result.h"
#include "inference/formats/object.h"
#include "inference/formats/pickle_reader.h"

namespace yard::inference::formats {

/// Reads a file of joblib.dump: a pickle whose numpy arrays stand as raw bytes between the opcodes,
/// perhaps compressed (zlib, gzip, bz2, xz, lzma; by magic). A plain pickle reads the same.
/// Errors: those of ReadPickle and Decompress.
base::Result<ObjectGraph> ReadJoblib(std::string_view bytes, const PickleLimits& limits = {});

}  // namespace yard::inference::formats
