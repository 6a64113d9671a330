#pragma once

#include <bit>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tracking/metric.h"
#include "tracking/name_table.h"

namespace yard::tracking {

/// The number of a run in the truth file; grows with time.
using RunNumber = int64_t;

/// A point of a series as it is stored: 24 bytes.
struct StoredPoint {
  int64_t step = 0;
  int64_t time = 0;  // milliseconds since 1970
  double value = 0;  // every NaN is the quiet NaN
};

/// A point with its series, as a segment holds it.
struct LoggedPoint {
  RunNumber run = 0;
  NameId key = 0;
  StoredPoint point;
};

inline double WithOneNan(double value) {
  return std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value;
}

/// A total order of values that keeps -0.0 before 0.0 and NaN above everything.
inline std::strong_ordering CompareValues(double a, double b) {
  const auto rank = [](double value) {
    const auto bits = std::bit_cast<uint64_t>(value);
    return (bits >> 63) != 0 ? ~bits : bits | (uint64_t{1} << 63);
  };
  return rank(WithOneNan(a)) <=> rank(WithOneNan(b));
}

/// By (step, time, value): the greatest is the current value of a series.
inline bool ComesBefore(const StoredPoint& a, const StoredPoint& b) {
  if (a.step != b.step) return a.step < b.step;
  if (a.time != b.time) return a.time < b.time;
  return CompareValues(a.value, b.value) < 0;
}

/// The same point to the bit: logged twice, kept once.
inline bool IsSamePoint(const StoredPoint& a, const StoredPoint& b) {
  return a.step == b.step && a.time == b.time && CompareValues(a.value, b.value) == 0;
}

/// Sorts by (step, time, value) and keeps exact repeats once.
void SortAndDeduplicate(std::vector<StoredPoint>& points);

/// The greatest of `points`, which must not be empty.
StoredPoint LatestOf(std::span<const StoredPoint> points);

inline SeriesPoint ToSeriesPoint(const StoredPoint& point) {
  return {point.step, base::Millis(point.time), point.value};
}

}  // namespace yard::tracking
