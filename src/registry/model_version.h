#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "registry/tag.h"

namespace yard::registry {

/// The deprecated way to say what a version is for; aliases replace it.
enum class Stage { kNone, kStaging, kProduction, kArchived };

/// "None", "Staging", "Production" or "Archived".
std::string_view StageName(Stage stage);
/// Reads a name in any case. Errors: kInvalidArgument, reason "unknown_stage".
base::Result<Stage> ParseStage(std::string_view name);

/// What a client asks to register.
struct NewModelVersion {
  std::string name;      // of the registered model, which must exist
  std::string source;    // where the files are: see SourceValidator for what is accepted
  std::string run_id;    // may be empty; inherited from the source where that says it
  std::string model_id;  // of the logged model; needed when the source names one
  std::string run_link;
  std::string description;
  std::vector<Tag> tags;
};

/// One version of a registered model. Versions count from 1 and a number is never used twice.
struct ModelVersion {
  std::string name;
  int64_t version = 0;
  base::Millis created;
  base::Millis updated;
  Stage stage = Stage::kNone;
  std::string description;
  std::string source;            // as the client gave it, `latest` and aliases resolved
  std::string storage_location;  // the artifact URI where the files really are
  std::string run_id;            // empty when unknown
  std::string model_id;          // empty when the version did not come from a logged model
  std::string run_link;
  std::vector<Tag> tags;             // sorted by key
  std::vector<std::string> aliases;  // sorted
};

/// A file of a version as it was when the version was created.
struct PinnedFile {
  std::string path;  // relative to the version's folder
  uint64_t size_bytes = 0;
  std::string sha256;  // 64 lower-case hex digits

  friend bool operator==(const PinnedFile&, const PinnedFile&) = default;
};

}  // namespace yard::registry
