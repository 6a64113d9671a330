#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// All points of one group commit as bytes (metrics/README.md has the format).
std::string EncodeSegment(std::span<const LoggedPoint> points);

/// Errors: kDataLoss "damaged_segment".
base::Result<std::vector<LoggedPoint>> DecodeSegment(std::string_view bytes);

}  // namespace yard::tracking
