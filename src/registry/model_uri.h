#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "registry/model_version.h"

namespace yard::registry {

// What a "models:/" URI names.
struct LoggedModelRef {  // models:/m-<32 hex>
  std::string model_id;
};
struct VersionRef {  // models:/churn/3
  std::string name;
  int64_t version = 0;
};
struct AliasRef {  // models:/churn@champion
  std::string name;
  std::string alias;
};
struct StageRef {  // models:/churn/Production
  std::string name;
  Stage stage = Stage::kNone;
};
struct LatestRef {  // models:/churn/latest
  std::string name;
};
using ModelRef = std::variant<LoggedModelRef, VersionRef, AliasRef, StageRef, LatestRef>;

/// Reads a models:/ URI. Errors: kInvalidArgument, reason "invalid_model_uri", for another scheme,
/// a host, a name alone and anything else that is none of the forms above.
base::Result<ModelRef> ParseModelUri(std::string_view uri);

}  // namespace yard::registry
