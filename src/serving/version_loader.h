#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"
#include "serving/endpoint.h"
#include "serving/endpoint_journal.h"
#include "serving/model_source.h"
#include "serving/servable.h"
#include "serving/serving_metrics.h"

namespace yard::serving {

/// Makes arms follow what their model URIs name: resolves, loads beside what serves, warms up and
/// swaps, one version after the other on a thread of its own. Thread-safe.
class VersionLoader {
 public:
  struct Neighbours {
    ModelSource& models;
    EndpointJournal& journal;
    ServingMetrics& metrics;
    const base::Clock& clock;
    ExampleReader examples;
  };
  explicit VersionLoader(Neighbours neighbours);
  /// Finishes the load that runs and forgets the rest.
  ~VersionLoader();

  /// Looks soon whether `arm` should serve another version. Calls that come before the look count
  /// as one.
  void Follow(const std::shared_ptr<Endpoint>& endpoint, const std::string& arm);

  /// Loads the last previous version of `arm` on the calling thread, unless it is loaded: after a
  /// start only the current version is read at once. Versions that cannot be read are forgotten.
  void LoadPrevious(Endpoint& endpoint, const std::string& arm);

  /// Stops taking work; finishes what runs. Idempotent.
  void Stop();

 private:
  void FollowNow(const std::shared_ptr<Endpoint>& endpoint, const std::string& arm);
  void Load(Endpoint& endpoint, const std::string& arm, const Endpoint::LoadTicket& ticket,
            const ModelKey& wanted);
  void LoadLastServed(Endpoint& endpoint, const std::string& arm,
                      const Endpoint::LoadTicket& ticket, const base::Error& why);
  void Adopt(Endpoint& endpoint, const std::string& arm, const Endpoint::LoadTicket& ticket,
             std::shared_ptr<const Servable> servable);
  void Fail(Endpoint& endpoint, const std::string& arm, const Endpoint::LoadTicket& ticket,
            const std::string& version, const base::Error& error);
  base::Result<std::shared_ptr<const Servable>> Prepare(const ModelKey& key);
  void RecordSwitch(Endpoint& endpoint, const std::string& arm, const std::string& from,
                    const ModelKey& to);
  void RecordFailure(Endpoint& endpoint, const std::string& arm, const std::string& from,
                     const std::string& version, const base::Error& error);

  Neighbours neighbours_;
  std::mutex mutex_;
  bool is_stopping_ = false;
  std::set<std::pair<const Endpoint*, std::string>> waiting_;
  base::Executor executor_;  // last: its thread uses the rest
};

}  // namespace yard::serving
