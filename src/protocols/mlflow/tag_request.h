#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/described.h"
#include "base/result.h"
#include "protocols/mlflow/bounded_list.h"
#include "registry/tag.h"
#include "tracking/lifecycle.h"

namespace yard::protocols::mlflow {

/// A param or a tag in a list of a request.
struct WireTag {
  std::optional<std::string> key;
  std::optional<std::string> value;
};
YARD_DESCRIBE(WireTag, key, value)

using WireTags = BoundedList<WireTag, 1000>;

/// Params or tags, as `kind` says. Errors: kInvalidArgument, reason "missing_field" for an entry
/// without a key, "batch_too_large" for too many.
base::Result<std::vector<tracking::KeyText>> TrackingTags(WireTags tags, std::string_view kind);
base::Result<std::vector<tracking::KeyText>> TrackingTags(std::vector<WireTag> tags);
base::Result<std::vector<registry::Tag>> RegistryTags(WireTags tags);

}  // namespace yard::protocols::mlflow
