#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace yard::inference::formats {

enum class Compression { kNone, kZlib, kGzip, kBzip2, kXz, kLzma, kLz4, kAncientJoblib };

/// The compression whose magic bytes stand at the front.
Compression DetectCompression(std::string_view bytes);

/// Bounds against decompression bombs: at most `max_bytes`, and at most `max_ratio` bytes for every
/// compressed one beyond the first `free_bytes`.
struct DecompressLimits {
  size_t max_bytes = size_t{4} << 30;
  size_t max_ratio = 256;
  size_t free_bytes = size_t{64} << 20;
};

/// The whole content. Errors: kInvalidArgument for damaged data, kResourceExhausted over a limit,
/// kUnimplemented for lz4 and the format of joblib before 0.10.
base::Result<std::string> Decompress(std::string_view bytes, Compression compression,
                                     const DecompressLimits& limits = {});

/// A raw DEFLATE stream of a zip member; it must give exactly `size` bytes.
base::Result<std::string> Inflate(std::string_view bytes, size_t size);

}  // namespace yard::inference::formats
