#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/events.h"
#include "base/result.h"
#include "storage/database.h"
#include "tracking/experiment.h"

namespace yard::tracking {

struct TrackingOptions {
  /// Where artifacts live: an experiment's location is this, "/" and its id.
  std::string artifact_root = "mlflow-artifacts:/";
  /// The derived file of the search columns. Empty: search reads rows only (slower, same answers).
  std::string search_path;
};

/// Where the artifacts of an experiment live: "mlflow-artifacts:/" and 7 make
/// "mlflow-artifacts:/7".
std::string ExperimentLocation(std::string_view root, ExperimentId id);

/// What the services of this room share: the database, the tail of metric points that are not
/// merged yet, the search columns, and the two background threads that keep them. One per process.
class TrackingStore {
 public:
  /// Migrates the schema, creates the experiment "Default" at the first start, reads the points
  /// that were not merged, and starts the background threads. Call before the first write to
  /// `database`. The references must outlive the store; destroy the store after
  /// `database.StopWriter()` or let it call that itself.
  static base::Result<std::unique_ptr<TrackingStore>> Open(storage::Database& database,
                                                           const base::Clock& clock,
                                                           const base::EventBus& events,
                                                           TrackingOptions options = {});
  ~TrackingStore();
  TrackingStore(const TrackingStore&) = delete;
  TrackingStore& operator=(const TrackingStore&) = delete;

  /// The parts, for the services of this room.
  struct Parts;
  Parts& parts() { return *parts_; }

 private:
  explicit TrackingStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace yard::tracking
