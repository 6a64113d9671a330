#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "serving/prediction_log.h"

namespace yard::monitoring {

/// The answered predictions as monitoring reads them. Thread-safe.
class PredictionHistory {
 public:
  using Visit = base::FunctionRef<base::Result<void>(const serving::PredictionRecord&)>;

  virtual ~PredictionHistory() = default;

  /// Makes everything answered so far visible to the reads below. Not from a listener of
  /// serving::PredictionsLogged.
  virtual void Flush() = 0;
  /// The rows with from <= event time < until in order of event time. An error of `visit` ends the
  /// scan and is returned.
  virtual base::Result<void> Scan(std::string_view endpoint, base::Millis from, base::Millis until,
                                  Visit visit) = 0;
  /// For each id the event time of its prediction and the endpoint, or nothing.
  struct Place {
    std::string endpoint;
    base::Millis event_time;
  };
  virtual base::Result<std::vector<std::optional<Place>>> Find(
      std::span<const std::string> request_ids) = 0;
  struct Extent {
    base::Millis oldest;
    base::Millis newest;
  };
  /// First and last event time; nothing when the endpoint has no rows.
  virtual base::Result<std::optional<Extent>> ExtentOf(std::string_view endpoint) = 0;
};

/// Reads the prediction log of serving, which must outlive the history.
std::unique_ptr<PredictionHistory> HistoryOf(serving::PredictionLog& log);

}  // namespace yard::monitoring
