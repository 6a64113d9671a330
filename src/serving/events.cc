#include "serving/events.h"

namespace yard::serving {

std::string_view EndpointActionName(EndpointAction action) {
  switch (action) {
    case EndpointAction::kCreated:
      return "created";
    case EndpointAction::kDeleted:
      return "deleted";
    case EndpointAction::kArmSwitched:
      return "arm_switched";
    case EndpointAction::kRolledBack:
      return "rolled_back";
    case EndpointAction::kWeightsChanged:
      return "weights_changed";
    case EndpointAction::kLoadFailed:
      return "load_failed";
  }
  return "unknown";
}

}  // namespace yard::serving
