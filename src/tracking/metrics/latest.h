#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "tracking/metrics/point.h"

namespace yard::tracking {

/// The current value of each key of one run.
using LatestByKey = std::map<NameId, StoredPoint>;

/// Keeps the greater of both.
inline void RaiseLatest(LatestByKey& latest, NameId key, const StoredPoint& point) {
  const auto [place, is_new] = latest.try_emplace(key, point);
  if (!is_new && ComesBefore(place->second, point)) place->second = point;
}

std::string EncodeLatest(const LatestByKey& latest);

/// Errors: kDataLoss "damaged_latest".
base::Result<LatestByKey> DecodeLatest(std::string_view bytes);

}  // namespace yard::tracking
