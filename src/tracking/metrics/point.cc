#include "tracking/metrics/point.h"

#include <algorithm>

namespace yard::tracking {

void SortAndDeduplicate(std::vector<StoredPoint>& points) {
  if (!std::is_sorted(points.begin(), points.end(), ComesBefore)) {
    std::sort(points.begin(), points.end(), ComesBefore);
  }
  points.erase(std::unique(points.begin(), points.end(), IsSamePoint), points.end());
}

StoredPoint LatestOf(std::span<const StoredPoint> points) {
  return *std::max_element(points.begin(), points.end(), ComesBefore);
}

}  // namespace yard::tracking
