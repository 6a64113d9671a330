#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace yard::stats {

/// A sample without NaN, sorted ascending.
struct Sample {
  std::vector<double> values;
  size_t dropped = 0;  // how many NaN there were
};

Sample SortedSample(std::span<const double> values);

struct Moments {
  size_t count = 0;
  double mean = 0;
  double variance = 0;  // with n - 1; 0 for fewer than two values
};

/// Mean and variance by Welford's method. NaN is not allowed.
Moments MomentsOf(std::span<const double> values);

}  // namespace yard::stats
