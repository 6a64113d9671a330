#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "columnar/table.h"
#include "monitoring/alert.h"
#include "monitoring/pane.h"
#include "monitoring/settings.h"

namespace yard::base {
class EventBus;
class Telemetry;
}  // namespace yard::base
namespace yard::storage {
class Database;
}

namespace yard::monitoring {

class ModelPredictor;
class PredictionHistory;
class TrainingData;
class WebhookSender;
struct Baseline;

/// A monitor in a list.
struct MonitorSummary {
  std::string endpoint;
  MonitorSettings settings;
  std::string status;  // of the newest closed pane, or "no_data"
  std::vector<std::string> drifted_features;
  std::string last_pane;  // empty before the first is closed
  int64_t alerts_firing = 0;
};

/// A monitor with its panes, oldest first, in outline: without histograms, and with the features
/// that drifted only. The last one may still be open; its rows are counted, not yet judged.
struct Monitor {
  std::string endpoint;
  MonitorSettings settings;
  std::vector<PaneReport> panes;
};

/// What turned out to be true of one prediction.
struct Label {
  std::string request_id;
  std::string text;  // the class or the number as text: "1", "2.5", "spam", "true"
};
struct LabelsAccepted {
  int64_t accepted = 0;
  int64_t unknown = 0;  // of these, ids that no prediction has (yet): kept until one comes
};

/// Watches what endpoints answer: compares each pane of event time with the baseline of the model
/// that answered, joins labels that come later, and raises alerts.
///
/// A pane closes when a prediction of a later pane has arrived, or by Close; it is then judged and
/// its report is stored. Late predictions and late labels have it judged anew. All heavy work runs
/// on the service's own thread or on the caller's of Close; nothing runs on the path of a
/// prediction. The reference data is read once, when the baseline is made. Thread-safe; every
/// method may block. Errors common to all: kNotFound, reason "monitor_not_found" (detail
/// "endpoint").
class MonitorService {
 public:
  static constexpr size_t kMaxLabelsPerCall = 50'000;
  static constexpr size_t kMaxLabelBytes = 500;

  struct Neighbours {
    storage::Database& database;
    PredictionHistory& predictions;
    TrainingData& training_data;
    ModelPredictor& predictor;
    WebhookSender& webhooks;
    const base::Clock& clock;
    base::EventBus& events;
    base::Telemetry& telemetry;
  };

  /// Subscribes to registry::VersionCreated, serving::PredictionsLogged and
  /// serving::EndpointChanged, takes up panes and deliveries that were left over, and starts the
  /// service's threads. The database must hold MonitoringSchema(). Everything passed must outlive
  /// the service.
  static base::Result<std::unique_ptr<MonitorService>> Start(const Neighbours& neighbours);
  /// Finishes the pane that is being judged, then stops.
  virtual ~MonitorService() = default;

  virtual base::Result<std::vector<MonitorSummary>> List() = 0;
  /// The newest `pane_limit` panes.
  virtual base::Result<Monitor> Get(std::string_view endpoint, size_t pane_limit) = 0;
  base::Result<Monitor> Get(std::string_view endpoint) { return Get(endpoint, kPaneLimit); }
  /// Also makes a monitor for an endpoint that has none yet. A new window starts with new panes,
  /// judged anew from the prediction log. Errors: those of CheckSettings.
  virtual base::Result<MonitorSettings> ChangeSettings(std::string_view endpoint,
                                                       const MonitorSettings& settings) = 0;
  /// A whole pane; one that is still open is judged as it stands, without alerts. Errors:
  /// kNotFound, reason "pane_not_found" (detail "pane"), when it has no rows.
  virtual base::Result<PaneReport> GetPane(std::string_view endpoint, std::string_view pane_id) = 0;
  /// Closes and judges every pane that ended at or before `until` (absent: the newest event time)
  /// and every closed one that got late rows; returns when the reports are stored.
  virtual base::Result<void> Close(std::string_view endpoint,
                                   std::optional<base::Millis> until) = 0;

  /// Labels may arrive before their prediction, after it and more than once: the last one counts.
  /// Panes that the labels belong to are judged anew, in the background. Errors: kInvalidArgument,
  /// reason "too_many" or "bad_label".
  virtual base::Result<LabelsAccepted> AddLabels(std::string_view endpoint,
                                                 std::span<const Label> labels) = 0;

  /// Alerts that fire and the newest that were resolved, newest first.
  virtual base::Result<std::vector<Alert>> Alerts() = 0;

  /// Makes the baseline of a model version from `table` (at least one row), in place of any older.
  virtual base::Result<void> SetBaseline(std::string_view model, std::string_view version,
                                         const columnar::Table& table) = 0;
  /// The same from the bytes of a CSV or Parquet file. Errors: those of columnar::ReadTableBytes.
  base::Result<void> SetBaseline(std::string_view model, std::string_view version,
                                 std::string_view file_bytes);
  /// Errors: kNotFound, reason "baseline_not_found".
  virtual base::Result<Baseline> GetBaseline(std::string_view model, std::string_view version) = 0;

  /// Returns when everything queued so far is judged and every delivery that is due was tried.
  virtual void WaitUntilIdle() = 0;

 private:
  static constexpr size_t kPaneLimit = 200;
};

}  // namespace yard::monitoring
