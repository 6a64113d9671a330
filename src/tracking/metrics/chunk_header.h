#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// What a chart needs of a chunk without reading its body: real points of the series.
struct ChunkExtremes {
  StoredPoint first;
  StoredPoint last;
  // Among the values that are numbers; equal to `first` when there are none.
  StoredPoint least;
  StoredPoint greatest;
};

/// `points` in order, not empty.
ChunkExtremes ExtremesOf(std::span<const StoredPoint> points);

std::string EncodeExtremes(const ChunkExtremes& extremes);
/// Errors: kDataLoss "damaged_chunk".
base::Result<ChunkExtremes> DecodeExtremes(std::string_view bytes);

}  // namespace yard::tracking
