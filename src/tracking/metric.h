#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace yard::tracking {

/// One measured value of a series. NaN, infinities and -0.0 are ordinary values and kept to the bit
/// (every NaN counts as the same NaN).
struct MetricPoint {
  std::string key;
  double value = 0;
  int64_t step = 0;
  base::Millis timestamp;
  /// Set when the value also belongs to a logged model ("m-…"), and to a dataset of that model.
  std::string model_id;
  std::string dataset_name;
  std::string dataset_digest;
};

/// A point without its key.
struct SeriesPoint {
  int64_t step = 0;
  base::Millis timestamp;
  double value = 0;
};

/// The current value of one key of a run: the greatest by (step, timestamp, value), which does not
/// depend on the order of arrival.
struct LatestMetric {
  std::string key;
  SeriesPoint point;
};

/// Page of one series in order of (timestamp, step, value).
struct MetricHistory {
  std::vector<SeriesPoint> points;
  /// Empty on the last page.
  std::string next_page_token;
};

/// A series thinned out for a chart: both ends of the range and the extremes are kept.
struct SampledSeries {
  std::string run_id;
  std::string key;
  /// In order of (step, timestamp).
  std::vector<SeriesPoint> points;
};

}  // namespace yard::tracking
