#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "serving/endpoint_status.h"
#include "serving/endpoint_store.h"
#include "serving/published.h"
#include "serving/routes.h"
#include "serving/serving_metrics.h"

namespace yard::serving {

/// The arms of one endpoint and the rules by which versions replace one another. No input or output
/// happens here: ServingService loads models and stores rows, this class decides.
///
/// Life of a version on an arm: it is loaded beside the current one, adopted (the routes are
/// swapped), kept as "previous" when the next one is adopted, and let go after the bake time; the
/// last previous version is kept in any case. A roll-back swaps to it at once.
///
/// Each arm has an epoch that a roll-back and a changed configuration move on: a load that began in
/// an older epoch is not adopted. Thread-safe; readers of routes() never wait for anything here.
class Endpoint {
 public:
  Endpoint(EndpointRow row, ServingMetrics& metrics);

  std::shared_ptr<const Routes> routes() const { return routes_.Get(); }

  // Loading.

  struct LoadTicket {
    std::string model;  // the URI to resolve
    uint64_t epoch = 0;
    std::optional<ModelKey> current;      // what serves now
    std::optional<ModelKey> last_served;  // what served before the process started
  };
  /// Starts a load; nothing when the arm is gone or waits for a roll-back to finish.
  std::optional<LoadTicket> BeginLoad(std::string_view arm);

  /// A version of this arm that is loaded already, current or previous.
  std::shared_ptr<const Servable> Loaded(std::string_view arm, const ModelKey& key) const;

  enum class Adoption { kSwitched, kStale };
  /// Puts `servable` into service; EndLoad then ends the load.
  Adoption Adopt(std::string_view arm, uint64_t epoch, std::shared_ptr<const Servable> servable,
                 base::Millis now);
  /// Ends a load: what the URI names serves, and that is stored.
  void EndLoad(std::string_view arm, uint64_t epoch);
  /// Ends a load that failed; what serves goes on serving.
  void FailLoad(std::string_view arm, uint64_t epoch, std::string error);

  /// A previous version whose files must be read again after a start of the process.
  std::optional<ModelKey> PreviousToLoad(std::string_view arm) const;
  void KeepPrevious(std::string_view arm, std::shared_ptr<const Servable> servable);
  void ForgetPrevious(std::string_view arm, const ModelKey& key);

  /// Waits until no arm is loading or `timeout` is over.
  void AwaitLoads(std::chrono::milliseconds timeout);

  // Rolling back.

  struct Swap {
    std::string arm;
    std::string model;  // the arm's URI
    ModelKey from;
    ModelKey to;
  };
  /// Swaps `arm` (the only one that can, when empty) to its last previous version and holds off
  /// loads until EndRollback. Errors: kNotFound "arm_not_found", kFailedPrecondition
  /// "no_previous_version" or "arm_not_named".
  base::Result<Swap> BeginRollback(std::string_view arm);
  /// `pinned_model` replaces the arm's URI when the old one does not name the version.
  void EndRollback(std::string_view arm, std::optional<std::string> pinned_model);

  // Configuration and upkeep.

  /// Takes new arms and bake time; arms of the same name keep what they serve.
  void Configure(const EndpointConfig& config, base::Millis now);
  /// Ends an endpoint that was deleted: loads that are under way are thrown away.
  void Retire();
  /// Lets go of previous versions whose bake time is over.
  void LetGo(base::Millis now);
  /// When the next previous version is due; nothing when none is.
  std::optional<base::Millis> NextLetGo() const;

  EndpointRow Row() const;
  std::optional<ArmRow> Row(std::string_view arm) const;
  EndpointStatus Status(base::Millis now) const;
  std::vector<std::string> ArmNames() const;
  /// The arms whose model URI names the registered model `name`.
  std::vector<std::string> ArmsOfModel(std::string_view name) const;

 private:
  struct Previous {
    ModelKey key;
    base::Millis replaced;
    std::shared_ptr<const Servable> servable;  // null until it is read again after a start
  };
  struct Arm {
    ArmConfig config;
    std::shared_ptr<const Servable> current;
    std::vector<Previous> previous;  // newest first
    std::optional<ModelKey> last_served;
    std::string error;
    bool is_loading = true;
    bool is_held = false;
    uint64_t epoch = 0;
    std::shared_ptr<ArmTraffic> traffic = std::make_shared<ArmTraffic>();
  };

  Arm* Find(std::string_view name);
  const Arm* Find(std::string_view name) const;
  Arm* FindForRollback();
  Arm* FindLoading(std::string_view name, uint64_t epoch);
  void Replace(Arm& arm, std::shared_ptr<const Servable> next, base::Millis now);
  void LetGoLocked(base::Millis now);
  void Publish();
  static ArmRow RowOf(const Arm& arm);
  static ArmStatus StatusOf(const Arm& arm);
  RecentTraffic TrafficLocked(base::Millis now) const;

  const std::string name_;
  const std::string salt_;
  const base::Millis created_;
  ServingMetrics& metrics_;
  Published<Routes> routes_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable settled_;
  std::chrono::minutes bake_time_;
  base::Millis updated_;
  std::vector<Arm> arms_;
};

}  // namespace yard::serving
