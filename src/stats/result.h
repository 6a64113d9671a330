#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

namespace yard::stats {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Why a statistic is what it is. Anything but kOk leaves the numbers NaN unless the function says
/// otherwise; a caller with many columns goes on with the next one.
enum class Status {
  kOk,
  kInsufficientData,  // too few values on one side
  kConstant,          // all values are the same, so there is nothing to test
  kUndefined,         // the formula has no value here (0/0, one class only)
};
/// "ok", "insufficient_data", "constant", "undefined".
std::string_view StatusName(Status status);

/// The outcome of a hypothesis test. `p_value` is two-sided and computed from the upper tail, so it
/// stays exact far below 1e-16.
struct TestResult {
  Status status = Status::kOk;
  double statistic = kNaN;
  double p_value = kNaN;
  size_t dropped = 0;  // NaN values that were left out, both samples together
};

/// A value with a confidence interval around it.
struct Estimate {
  Status status = Status::kOk;
  double value = kNaN;
  double lower = kNaN;
  double upper = kNaN;
  size_t count = 0;    // observations it rests on
  size_t dropped = 0;  // observations left out because a number was NaN
};

}  // namespace yard::stats
