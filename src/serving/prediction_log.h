#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function_ref.h"
#include "base/result.h"

namespace yard::base {
class EventBus;
class Telemetry;
}  // namespace yard::base
namespace yard::storage {
class Database;
}

namespace yard::serving {

enum class FeatureKind { kNumber, kText };

struct Feature {
  std::string name;
  FeatureKind kind = FeatureKind::kNumber;

  friend bool operator==(const Feature&, const Feature&) = default;
};

/// Who predicts: everything that the predictions of one model version on one arm share. Stored
/// once.
struct PredictionSource {
  std::string endpoint;
  std::string arm;
  std::string model;    // registered name
  std::string version;  // "3"
  bool is_classifier = false;
  std::vector<std::string> classes;  // as text; classes[1] is the positive one of a binary model
  std::vector<Feature> features;     // in the model's order

  friend bool operator==(const PredictionSource&, const PredictionSource&) = default;
};

/// The feature values of one row, aligned with PredictionSource::features.
struct FeatureRow {
  std::vector<double> numbers;  // NaN where the number is missing, and for text features
  std::vector<std::optional<std::string>>
      texts;  // empty when no feature is text; nullopt: missing, or a number
};

/// One prediction that was answered.
struct PredictionRecord {
  std::shared_ptr<const PredictionSource> source;
  std::string request_id;
  base::Millis event_time;
  std::string key;   // entity key; may be empty
  double value = 0;  // the prediction as a number; NaN when it is text
  std::string text;  // the predicted label when labels are text, else empty
  /// Classifiers that give probabilities: that of the positive class for two classes, of the
  /// predicted class for more.
  std::optional<double> score;
  FeatureRow features;

  /// The prediction as text: the label, or the shortest form of the number.
  std::string PredictionText() const;
};

/// What the hot path hands over: as PredictionRecord, with the features already packed (see
/// feature_codec.h).
struct LoggedRow {
  std::shared_ptr<const PredictionSource> source;
  std::string request_id;
  base::Millis event_time;
  std::string key;
  double value = 0;
  std::string text;
  std::optional<double> score;
  std::string packed_features;
};

struct PredictionLogOptions {
  size_t queue_limit = 200'000;                    // rows that may wait for the writer
  size_t batch_limit = 20'000;                     // rows of one transaction
  std::chrono::milliseconds gather_time{50};       // how long the writer lets a batch grow
  std::chrono::hours retention{24 * 400};          // 0: keep for ever
  std::chrono::minutes retention_check_every{60};  // the check also runs at the first batch
};

/// The predictions that were answered, in a database of their own, for monitoring and for people.
///
/// Append never blocks: rows go into a bounded queue and one thread writes them in batches; rows
/// that find the queue full are dropped and counted (yard_prediction_log_dropped_total). A
/// prediction is therefore answered before it is logged: a crash may lose the rows of the last
/// moments, never an answer. Thread-safe.
///
/// Time is the event time of the prediction, which the client may set, so a replay of old data
/// lands in its own past. Retention removes a row when both its event time and the time when it was
/// logged are older than the limit.
class PredictionLog {
 public:
  /// `database` is the log's own file, predictions/predictions.db. Publishes PredictionsLogged.
  /// Everything passed must outlive the log.
  static base::Result<std::unique_ptr<PredictionLog>> Open(storage::Database& database,
                                                           const base::Clock& clock,
                                                           const base::EventBus& events,
                                                           base::Telemetry& telemetry,
                                                           PredictionLogOptions options = {});
  /// Writes what is queued, then stops the writer.
  ~PredictionLog();
  PredictionLog(const PredictionLog&) = delete;
  PredictionLog& operator=(const PredictionLog&) = delete;

  /// Queues one row; false when it was dropped.
  bool Append(LoggedRow row);
  /// Queues the rows of one request: all or none.
  bool AppendAll(std::vector<LoggedRow> rows);

  /// Returns after everything that was appended before the call is written and its events are
  /// published. Must not be called from a listener of PredictionsLogged.
  void Flush();

  /// Rows dropped since the start.
  uint64_t dropped() const;

  using Visit = base::FunctionRef<base::Result<void>(const PredictionRecord&)>;

  /// The rows of `endpoint` with from <= event time < until, in order of event time and, within one
  /// millisecond, of logging. The record is valid during the call only. An error of `visit` ends
  /// the scan and is returned.
  base::Result<void> Scan(std::string_view endpoint, base::Millis from, base::Millis until,
                          Visit visit) const;

  /// For each id the newest row of that request id, or nothing, in the order of `request_ids`.
  base::Result<std::vector<std::optional<PredictionRecord>>> Find(
      std::span<const std::string> request_ids) const;

  /// The rows of `endpoint` that were logged last by event time, newest first.
  base::Result<std::vector<PredictionRecord>> Newest(std::string_view endpoint, size_t limit) const;

  struct Extent {
    base::Millis oldest;
    base::Millis newest;
  };
  /// First and last event time of `endpoint`; nothing when it has no rows.
  base::Result<std::optional<Extent>> ExtentOf(std::string_view endpoint) const;

  /// Applies the retention setting now; returns the number of rows removed.
  base::Result<int64_t> RemoveExpired();

 private:
  class Impl;
  explicit PredictionLog(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yard::serving
