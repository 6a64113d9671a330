#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "registry/model_version.h"
#include "registry/tag.h"

namespace yard::registry {

struct NewRegisteredModel {
  std::string name;  // not blank, without "/" and ":", a clean relative path
  std::optional<std::string> description;
  std::vector<Tag> tags;
};

struct ModelAlias {
  std::string alias;
  int64_t version = 0;

  friend bool operator==(const ModelAlias&, const ModelAlias&) = default;
};

/// A name under which versions are collected.
struct RegisteredModel {
  std::string name;
  base::Millis created;
  base::Millis updated;  // of the model itself and of version creation, transition and deletion
  std::optional<std::string> description;
  std::vector<Tag> tags;                      // sorted by key
  std::vector<ModelAlias> aliases;            // sorted by alias
  std::vector<ModelVersion> latest_versions;  // the newest of each stage in use, by version
};

}  // namespace yard::registry
