#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/events.h"
#include "base/result.h"
#include "serving/endpoint.h"
#include "serving/endpoint_config.h"
#include "serving/endpoint_journal.h"
#include "serving/endpoint_status.h"
#include "serving/predictor.h"
#include "serving/published.h"
#include "serving/routes.h"
#include "serving/serving_metrics.h"
#include "serving/version_loader.h"

namespace yard::base {
class Telemetry;
}
namespace yard::storage {
class Database;
}

namespace yard::serving {

struct ServingOptions {
  ExampleReader examples;  // reads input examples for the warm-up; may be empty
  /// How long Create and Update wait for the versions of the arms to be loaded.
  std::chrono::milliseconds load_wait{30'000};
};

/// What Update changes; what is empty stays.
struct EndpointChange {
  std::optional<std::vector<ArmConfig>> arms;
  std::optional<std::chrono::minutes> bake_time;
};

struct RolledBack {
  std::string arm;
  std::string from;  // versions
  std::string to;
  EndpointStatus endpoint;
};

/// One point of a traffic chart.
struct ArmTrafficPoint {
  std::string arm;
  TrafficSlot slot;
};

/// Endpoints: named addresses whose arms serve model versions and follow the registry.
///
/// Find is the hot path and takes no lock that anything slow holds. Everything else may block.
/// Endpoints are stored in modelyard.db and serve again after a start as soon as their models are
/// loaded. Thread-safe. Error common to all that take a name: kNotFound, reason
/// "endpoint_not_found", detail "endpoint".
class ServingService {
 public:
  struct Neighbours {
    storage::Database& database;  // modelyard.db
    ModelSource& models;
    const base::Clock& clock;
    base::EventBus& events;
    base::Telemetry& telemetry;
    PredictionLog* log = nullptr;  // null: predictions are not logged
  };
  /// Brings the tables up to date, reads the endpoints and starts to load their models. Everything
  /// passed must outlive the service.
  static base::Result<std::unique_ptr<ServingService>> Open(const Neighbours& neighbours,
                                                            ServingOptions options);
  /// Stops loading. Requests must have ended.
  ~ServingService();
  ServingService(const ServingService&) = delete;
  ServingService& operator=(const ServingService&) = delete;

  // Requests.

  /// Where the requests of an endpoint go now; null when there is no such endpoint.
  std::shared_ptr<const Routes> Find(std::string_view name) const;
  const Predictor& predictor() const { return predictor_; }
  /// Null when predictions are not logged.
  PredictionLog* log() const { return neighbours_.log; }

  // Endpoints.

  /// Stores the endpoint and waits until its versions serve or failed to load; a version that
  /// cannot be loaded is no error here, the status says it. Errors: kInvalidArgument
  /// "invalid_endpoint", kAlreadyExists "endpoint_exists", and those of ModelSource::Resolve.
  base::Result<EndpointStatus> Create(const EndpointConfig& config);
  /// Errors: as Create.
  base::Result<EndpointStatus> Update(const std::string& name, const EndpointChange& change);
  base::Result<void> Delete(const std::string& name);
  base::Result<EndpointStatus> Get(std::string_view name) const;
  /// In order of name.
  std::vector<EndpointStatus> List() const;

  /// Swaps the arm to its previous version at once, and makes the alias that it follows name that
  /// version; an arm that named its version exactly is pinned to the previous one. `arm` may be
  /// empty when only one arm can go back. Errors: kNotFound "arm_not_found", kFailedPrecondition
  /// "no_previous_version" or "arm_not_named"; kUnavailable "alias_not_moved" when traffic was
  /// swapped but the registry failed.
  base::Result<RolledBack> Rollback(const std::string& name, const std::string& arm);

  /// Newest first; also of an endpoint that was deleted.
  base::Result<std::vector<EndpointEvent>> History(const std::string& name, size_t limit) const;

  /// The traffic of the last `minutes` in order of time: a point a second up to 5 minutes, a point
  /// a minute beyond, up to a day; only points with traffic.
  base::Result<std::vector<ArmTrafficPoint>> Traffic(std::string_view name, int minutes) const;

 private:
  using Directory = std::map<std::string, std::shared_ptr<Endpoint>, std::less<>>;

  ServingService(const Neighbours& neighbours, ServingOptions options);
  base::Result<void> Start();
  void Subscribe();
  void FollowModel(const std::string& model);
  base::Result<std::shared_ptr<Endpoint>> Require(std::string_view name) const;
  base::Result<void> CheckModels(const std::vector<ArmConfig>& arms) const;
  void FollowAll(const std::shared_ptr<Endpoint>& endpoint);
  void PutInDirectory(const std::string& name, std::shared_ptr<Endpoint> endpoint);
  base::Result<void> PointRegistryAt(Endpoint& endpoint, const Endpoint::Swap& swap);
  void RunUpkeep();

  const Neighbours neighbours_;
  const ServingOptions options_;
  ServingMetrics metrics_;
  Predictor predictor_;
  EndpointJournal journal_;
  VersionLoader loader_;
  Published<Directory> directory_;

  // Held by the methods that change endpoints, also while they write to the database: they are
  // rare, and two of them on one endpoint must not mix. Requests never take it.
  std::mutex control_;

  std::vector<base::EventBus::Subscription> subscriptions_;
  std::mutex upkeep_mutex_;
  std::condition_variable upkeep_wakes_;
  bool is_stopping_ = false;
  std::thread upkeep_;
};

}  // namespace yard::serving
