#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/events.h"
#include "registry/model_uri.h"
#include "registry/model_version.h"
#include "registry/registered_model.h"

namespace yard::base {
class Clock;
class EventBus;
}  // namespace yard::base
namespace yard::storage {
class ArtifactStore;
class Database;
}  // namespace yard::storage
namespace yard::tracking {
class LoggedModelService;
class RunService;
}  // namespace yard::tracking

namespace yard::registry {

/// One page of a search. The grammar of `filter` and `order_by` is in docs/registry.md.
struct RegistryQuery {
  std::string filter;
  std::vector<std::string> order_by;
  int64_t max_results = 100;
  std::string page_token;  // of the page before; empty for the first
};

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next_page_token;  // empty on the last page
};

/// What becomes of the other versions of the stage that a version enters.
enum class OthersInStage { kStay, kAreArchived };

/// The rules of registered models, their versions, aliases, stages and tags.
///
/// Every method returns after its effect is durable and may be called from any thread that may
/// block. Events are published after that, on the calling thread. Errors common to all: kNotFound
/// with reason "registered_model_not_found" (detail "name") or "model_version_not_found" (details
/// "name" and "version"), kUnavailable when the database queue is full.
class RegistryService {
 public:
  struct Neighbours {
    storage::Database& database;
    storage::ArtifactStore& artifacts;
    tracking::RunService& runs;
    tracking::LoggedModelService& logged_models;
    const base::EventBus& events;
    const base::Clock& clock;
  };
  /// Brings the schema up to date. The references must outlive the service.
  static base::Result<std::unique_ptr<RegistryService>> Open(const Neighbours& neighbours);
  RegistryService(const RegistryService&) = delete;
  RegistryService& operator=(const RegistryService&) = delete;

  // Models.

  /// Errors: kInvalidArgument for a bad name, kAlreadyExists "registered_model_exists".
  base::Result<RegisteredModel> CreateModel(const NewRegisteredModel& model);
  base::Result<RegisteredModel> GetModel(std::string_view name);
  base::Result<RegisteredModel> UpdateModel(std::string_view name,
                                            std::optional<std::string> description);
  base::Result<RegisteredModel> RenameModel(std::string_view name, std::string_view new_name);
  /// With all versions, tags and aliases. The artifacts stay.
  base::Result<void> DeleteModel(std::string_view name);
  base::Result<void> SetModelTag(std::string_view name, const Tag& tag);
  /// Removing a tag that is not there is no error.
  base::Result<void> DeleteModelTag(std::string_view name, std::string_view key);
  /// Prompts only when the filter asks for them. At most 1,000 results a page.
  base::Result<Page<RegisteredModel>> SearchModels(const RegistryQuery& query);

  // Versions.

  /// Checks the source, finds where its files are, pins their SHA-256 and makes the next version.
  /// Errors: kInvalidArgument, reason "invalid_source" or a more exact one of SourceValidator.
  base::Result<ModelVersion> CreateVersion(const NewModelVersion& version);
  base::Result<ModelVersion> GetVersion(std::string_view name, int64_t version);
  base::Result<ModelVersion> UpdateVersion(std::string_view name, int64_t version,
                                           std::optional<std::string> description);
  /// Errors: kInvalidArgument when others are to be archived and the stage is none of Staging and
  /// Production.
  base::Result<ModelVersion> TransitionStage(std::string_view name, int64_t version, Stage stage,
                                             OthersInStage others);
  /// With its tags and aliases. Its number is never used again.
  base::Result<void> DeleteVersion(std::string_view name, int64_t version);
  base::Result<void> SetVersionTag(std::string_view name, int64_t version, const Tag& tag);
  base::Result<void> DeleteVersionTag(std::string_view name, int64_t version, std::string_view key);
  /// At most 200,000 results a page.
  base::Result<Page<ModelVersion>> SearchVersions(const RegistryQuery& query);
  /// The newest version of each of these stages; of every stage when none is named.
  base::Result<std::vector<ModelVersion>> LatestVersions(std::string_view name,
                                                         const std::vector<Stage>& stages);

  // Aliases.

  /// Errors: kInvalidArgument, reason "invalid_alias" or "reserved_alias" (`latest`, `v3`).
  base::Result<void> SetAlias(std::string_view name, std::string_view alias, int64_t version);
  /// Removing an alias that is not there is no error.
  base::Result<void> DeleteAlias(std::string_view name, std::string_view alias);
  /// `latest` (in any case) is the highest version. Errors: kInvalidArgument, reason
  /// "alias_not_found" (detail "alias"); kNotFound, reason "latest_version_not_found".
  base::Result<ModelVersion> ResolveAlias(std::string_view name, std::string_view alias);

  /// The version that a models:/ URI names now: models:/churn/3, models:/churn@champion,
  /// models:/churn/Production, models:/churn/latest. Errors: as above, and kInvalidArgument,
  /// reason "invalid_model_uri", for any other URI, models:/m-<id> too.
  base::Result<ModelVersion> Resolve(std::string_view uri);
  base::Result<ModelVersion> Resolve(const ModelRef& ref);

  // Files.

  /// The files of a version with their digests, as they were when it was created, by path.
  base::Result<std::vector<PinnedFile>> PinnedFiles(std::string_view name, int64_t version);
  /// The folder of a version's files in the artifact store. Errors: kFailedPrecondition, reason
  /// "not_local", when they are elsewhere.
  base::Result<std::string> StorePath(const ModelVersion& version);
  /// The folder on this machine that holds a version's files. Errors: kFailedPrecondition, reason
  /// "not_local", when its artifacts are elsewhere.
  base::Result<std::filesystem::path> LocalFolder(const ModelVersion& version);

 private:
  explicit RegistryService(const Neighbours& neighbours) : neighbours_(neighbours) {}

  base::Result<void> Changed(base::Result<void> written, ModelChanged event);
  base::Result<std::string> StorePathOf(const std::string& storage_location);
  base::Result<std::vector<PinnedFile>> PinFiles(const std::string& storage_location);
  base::Result<void> LinkToLoggedModel(const ModelVersion& version);

  Neighbours neighbours_;
};

}  // namespace yard::registry
