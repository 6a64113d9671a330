#include "stats/samples.h"

#include <algorithm>
#include <cmath>

namespace yard::stats {

Sample SortedSample(std::span<const double> values) {
  Sample sample;
  sample.values.reserve(values.size());
  for (const double value : values) {
    if (!std::isnan(value)) sample.values.push_back(value);
  }
  sample.dropped = values.size() - sample.values.size();
  std::sort(sample.values.begin(), sample.values.end());
  return sample;
}

Moments MomentsOf(std::span<const double> values) {
  Moments moments;
  double squares = 0;
  for (const double value : values) {
    ++moments.count;
    const double delta = value - moments.mean;
    moments.mean += delta / static_cast<double>(moments.count);
    squares += delta * (value - moments.mean);
  }
  if (moments.count > 1) moments.variance = squares / static_cast<double>(moments.count - 1);
  return moments;
}

}  // namespace yard::stats
