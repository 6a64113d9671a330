// The part of RegistryService that is about versions.

#include <algorithm>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/events.h"
#include "registry/model_version_store.h"
#include "registry/names.h"
#include "registry/registered_model_store.h"
#include "registry/registry_service.h"
#include "registry/source_validator.h"
#include "storage/database.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"

namespace yard::registry {
namespace {

using What = ModelChanged::What;

base::Result<void> RequireVersion(storage::Snapshot& snapshot, std::string_view name,
                                  int64_t version) {
  YARD_ASSIGN_OR_RETURN(const bool exists, ModelVersionReader(snapshot).Exists(name, version));
  if (!exists) return ModelVersionNotFound(name, version);
  return {};
}

ModelChanged VersionChanged(What what, std::string_view name, int64_t version) {
  return {what, std::string(name), {}, version};
}

// Looks up through the services of this room and of tracking.
class OwnersInThisServer final : public SourceOwners {
 public:
  OwnersInThisServer(RegistryService& registry, const RegistryService::Neighbours& neighbours)
      : registry_(registry), neighbours_(neighbours) {}

  base::Result<std::string> RunArtifactUri(std::string_view run_id) override {
    YARD_ASSIGN_OR_RETURN(auto run, neighbours_.runs.GetInfo(std::string(run_id)));
    return std::move(run.artifact_location);
  }

  base::Result<LoggedModelFiles> FilesOfLoggedModel(std::string_view model_id) override {
    YARD_ASSIGN_OR_RETURN(auto model, neighbours_.logged_models.Get(std::string(model_id)));
    return LoggedModelFiles{std::move(model.artifact_location), std::move(model.source_run_id)};
  }

  base::Result<ModelVersion> RegisteredVersion(const ModelRef& ref) override {
    YARD_ASSIGN_OR_RETURN(auto version, registry_.Resolve(ref));
    YARD_ASSIGN_OR_RETURN(const bool is_prompt,
                          neighbours_.database.Read([&](storage::Snapshot& snapshot) {
                            return RegisteredModelReader(snapshot).IsPrompt(version.name);
                          }));
    if (!is_prompt) return version;
    return base::InvalidArgument("a prompt cannot be the source of a model version",
                                 {"name", version.name})
        .WithReason("source_is_prompt");
  }

 private:
  RegistryService& registry_;
  const RegistryService::Neighbours& neighbours_;
};

ModelVersion Assemble(const NewModelVersion& request, CheckedSource checked, base::Millis now) {
  ModelVersion version;
  version.name = request.name;
  version.created = now;
  version.updated = now;
  version.description = request.description;
  version.source = std::move(checked.source);
  version.storage_location = std::move(checked.storage_location);
  version.run_id = std::move(checked.run_id);
  version.model_id = std::move(checked.model_id);
  version.run_link = request.run_link;
  version.tags = request.tags;
  std::sort(version.tags.begin(), version.tags.end(),
            [](const Tag& a, const Tag& b) { return a.key < b.key; });
  return version;
}

}  // namespace

base::Result<ModelVersion> RegistryService::CreateVersion(const NewModelVersion& request) {
  YARD_RETURN_IF_ERROR(CheckModelName(request.name));
  for (const Tag& tag : request.tags) YARD_RETURN_IF_ERROR(CheckTag(tag));
  OwnersInThisServer owners(*this, neighbours_);
  YARD_ASSIGN_OR_RETURN(auto checked, SourceValidator(owners).Check(request));
  YARD_ASSIGN_OR_RETURN(const auto files, PinFiles(checked.storage_location));
  ModelVersion version = Assemble(request, std::move(checked), neighbours_.clock.Now());
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(
            version.version,
            RegisteredModelStore(transaction).TakeVersionNumber(version.name, version.created));
        ModelVersionStore store(transaction);
        YARD_RETURN_IF_ERROR(store.Insert(version));
        return store.InsertFiles(version.name, version.version, files);
      }));
  if (!request.model_id.empty()) YARD_RETURN_IF_ERROR(LinkToLoggedModel(version));
  neighbours_.events.Publish(VersionCreated{version.name, version.version, version.source,
                                            version.run_id, version.storage_location});
  return version;
}

base::Result<ModelVersion> RegistryService::GetVersion(std::string_view name, int64_t version) {
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) { return ModelVersionReader(snapshot).Get(name, version); });
}

base::Result<ModelVersion> RegistryService::UpdateVersion(std::string_view name, int64_t version,
                                                          std::optional<std::string> description) {
  auto updated = neighbours_.database.Write(
      [&](storage::Transaction& transaction) -> base::Result<ModelVersion> {
        YARD_RETURN_IF_ERROR(RequireVersion(transaction, name, version));
        if (description) {
          YARD_RETURN_IF_ERROR(
              ModelVersionStore(transaction)
                  .SetDescription(name, version, *description, neighbours_.clock.Now()));
        }
        return ModelVersionReader(transaction).Get(name, version);
      });
  if (updated.ok())
    neighbours_.events.Publish(VersionChanged(What::kVersionUpdated, name, version));
  return updated;
}

base::Result<ModelVersion> RegistryService::TransitionStage(std::string_view name, int64_t version,
                                                            Stage stage, OthersInStage others) {
  const bool is_active = stage == Stage::kStaging || stage == Stage::kProduction;
  if (others == OthersInStage::kAreArchived && !is_active) {
    return base::InvalidArgument(
               "existing versions can only be archived when the stage is Staging or Production",
               {"stage", std::string(StageName(stage))})
        .WithReason("stage_without_archiving");
  }
  auto moved = neighbours_.database.Write(
      [&](storage::Transaction& transaction) -> base::Result<ModelVersion> {
        YARD_RETURN_IF_ERROR(RequireVersion(transaction, name, version));
        const base::Millis now = neighbours_.clock.Now();
        ModelVersionStore store(transaction);
        if (others == OthersInStage::kAreArchived)
          YARD_RETURN_IF_ERROR(store.ArchiveOthers(name, version, stage, now));
        YARD_RETURN_IF_ERROR(store.SetStage(name, version, stage, now));
        YARD_RETURN_IF_ERROR(RegisteredModelStore(transaction).Touch(name, now));
        return ModelVersionReader(transaction).Get(name, version);
      });
  if (moved.ok()) neighbours_.events.Publish(VersionChanged(What::kVersionUpdated, name, version));
  return moved;
}

base::Result<void> RegistryService::DeleteVersion(std::string_view name, int64_t version) {
  std::vector<std::string> aliases;
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_ASSIGN_OR_RETURN(const auto found, ModelVersionReader(transaction).Get(name, version));
        aliases = found.aliases;
        YARD_RETURN_IF_ERROR(ModelVersionStore(transaction).Delete(name, version));
        return RegisteredModelStore(transaction).Touch(name, neighbours_.clock.Now());
      }));
  for (const std::string& alias : aliases)
    neighbours_.events.Publish(AliasChanged{std::string(name), alias, version, std::nullopt});
  neighbours_.events.Publish(VersionChanged(What::kVersionDeleted, name, version));
  return {};
}

base::Result<void> RegistryService::SetVersionTag(std::string_view name, int64_t version,
                                                  const Tag& tag) {
  YARD_RETURN_IF_ERROR(CheckTag(tag));
  auto set =
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireVersion(transaction, name, version));
        return ModelVersionStore(transaction).PutTag(name, version, tag);
      });
  return Changed(std::move(set), VersionChanged(What::kVersionUpdated, name, version));
}

base::Result<void> RegistryService::DeleteVersionTag(std::string_view name, int64_t version,
                                                     std::string_view key) {
  auto deleted =
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireVersion(transaction, name, version));
        return ModelVersionStore(transaction).DeleteTag(name, version, key);
      });
  return Changed(std::move(deleted), VersionChanged(What::kVersionUpdated, name, version));
}

base::Result<std::vector<ModelVersion>> RegistryService::LatestVersions(
    std::string_view name, const std::vector<Stage>& stages) {
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<std::vector<ModelVersion>> {
        YARD_ASSIGN_OR_RETURN(const bool exists, RegisteredModelReader(snapshot).Exists(name));
        if (!exists) return RegisteredModelNotFound(name);
        YARD_ASSIGN_OR_RETURN(auto latest, ModelVersionReader(snapshot).NewestOfEachStage(name));
        if (stages.empty()) return latest;
        std::erase_if(latest, [&stages](const ModelVersion& version) {
          return std::find(stages.begin(), stages.end(), version.stage) == stages.end();
        });
        return latest;
      });
}

}  // namespace yard::registry
