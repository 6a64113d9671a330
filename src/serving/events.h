#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace yard::serving {

/// A batch of predictions of one endpoint is in the prediction log. Published on the log's writer
/// thread after the batch is written.
struct PredictionsLogged {
  std::string endpoint;
  size_t count = 0;
  base::Millis newest_event_time;  // of this batch
};

/// What happened to an endpoint. The texts of EndpointActionName are stored and go out on the wire.
enum class EndpointAction {
  kCreated,
  kDeleted,
  kArmSwitched,     // an arm serves another version than before
  kRolledBack,      // an arm went back to its previous version
  kWeightsChanged,  // arms were added, removed or weighed anew
  kLoadFailed,      // a version could not be loaded; what served before goes on serving
};
std::string_view EndpointActionName(EndpointAction action);

/// Published after the change is stored and takes effect.
struct EndpointChanged {
  std::string endpoint;
  EndpointAction action = EndpointAction::kCreated;
  std::string arm;     // empty when the whole endpoint is meant
  std::string from;    // version before, empty when there was none
  std::string to;      // version after, or the one that failed to load
  std::string reason;  // for people: "alias champion moved", or the error
};

}  // namespace yard::serving
