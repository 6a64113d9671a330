#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace yard::registry {

// Facts of this room, published on base::EventBus after they are durable.

/// A version is there and ready.
struct VersionCreated {
  std::string name;
  int64_t version = 0;
  std::string source;
  std::string run_id;            // empty when unknown
  std::string storage_location;  // artifact URI of the files
};

/// An alias points elsewhere. `from` is empty when it is new, `to` when it is gone.
struct AliasChanged {
  std::string name;
  std::string alias;
  std::optional<int64_t> from;
  std::optional<int64_t> to;
};

/// Something else about a model changed: its versions' stages, tags or descriptions too.
struct ModelChanged {
  enum class What { kCreated, kUpdated, kRenamed, kDeleted, kVersionUpdated, kVersionDeleted };
  What what = What::kUpdated;
  std::string name;
  std::string previous_name;  // of a rename
  std::optional<int64_t> version;
};

}  // namespace yard::registry
