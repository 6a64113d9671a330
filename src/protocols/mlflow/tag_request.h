#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json/described.h"
#include "base/result.h"
#include "registry/tag.h"
#include "tracking/lifecycle.h"

namespace yard::protocols::mlflow {

/// A param or a tag in a list of a request.
struct WireTag {
  std::optional<std::string> key;
  std::optional<std::string> value;
};
YARD_DESCRIBE(WireTag, key, value)

/// Errors: kInvalidArgument, reason "missing_field", for an entry without a key.
base::Result<std::vector<tracking::KeyText>> TrackingTags(std::vector<WireTag> tags);
base::Result<std::vector<registry::Tag>> RegistryTags(std::vector<WireTag> tags);

}  // namespace yard::protocols::mlflow
