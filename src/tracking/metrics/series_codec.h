#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// Points of one series in one chunk.
inline constexpr size_t kMaxChunkPoints = 4096;

/// A piece of one series as compressed bytes: steps and times as differences of differences, values
/// as decimals where they are bit-exactly integer / 10^k (k <= 6) and as raw doubles otherwise, all
/// split into byte planes and packed by zstd. At most kMaxChunkPoints points.
std::string EncodeChunk(std::span<const StoredPoint> points);

/// Errors: kDataLoss "damaged_chunk".
base::Result<std::vector<StoredPoint>> DecodeChunk(std::string_view bytes);

/// One key of a pack.
struct PackedSeries {
  NameId key = 0;
  std::vector<StoredPoint> points;
};

/// The thin series of one run in one compressed piece.
std::string EncodePack(std::span<const PackedSeries> series);

/// Errors: kDataLoss "damaged_chunk".
base::Result<std::vector<PackedSeries>> DecodePack(std::string_view bytes);

}  // namespace yard::tracking
