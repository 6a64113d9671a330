// The part of RegistryService that is about aliases and what a models:/ URI means.

#include <string>
#include <utility>

#include "base/events.h"
#include "registry/model_uri.h"
#include "registry/model_version_store.h"
#include "registry/names.h"
#include "registry/registered_model_store.h"
#include "registry/registry_service.h"
#include "storage/database.h"

namespace yard::registry {
namespace {

base::Error AliasNotFound(std::string_view name, std::string_view alias) {
  return base::InvalidArgument("the model has no such alias", {"name", std::string(name)},
                               {"alias", std::string(alias)})
      .WithReason("alias_not_found");
}

base::Error NoVersions(std::string_view name) {
  return base::NotFound("the model has no version", {"name", std::string(name)})
      .WithReason("latest_version_not_found");
}

base::Result<void> RequireModel(storage::Snapshot& snapshot, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const bool exists, RegisteredModelReader(snapshot).Exists(name));
  if (!exists) return RegisteredModelNotFound(name);
  return {};
}

base::Result<ModelVersion> Newest(storage::Snapshot& snapshot, std::string_view name) {
  YARD_RETURN_IF_ERROR(RequireModel(snapshot, name));
  YARD_ASSIGN_OR_RETURN(const auto newest, ModelVersionReader(snapshot).Newest(name));
  if (!newest) return NoVersions(name);
  return ModelVersionReader(snapshot).Get(name, *newest);
}

base::Result<ModelVersion> OfAlias(storage::Snapshot& snapshot, std::string_view name,
                                   std::string_view alias) {
  YARD_RETURN_IF_ERROR(RequireModel(snapshot, name));
  YARD_ASSIGN_OR_RETURN(const auto version,
                        RegisteredModelReader(snapshot).VersionOfAlias(name, alias));
  if (!version) return AliasNotFound(name, alias);
  return ModelVersionReader(snapshot).Get(name, *version);
}

base::Result<ModelVersion> OfStage(storage::Snapshot& snapshot, const StageRef& ref) {
  YARD_RETURN_IF_ERROR(RequireModel(snapshot, ref.name));
  YARD_ASSIGN_OR_RETURN(const auto newest,
                        ModelVersionReader(snapshot).NewestInStage(ref.name, ref.stage));
  if (newest) return ModelVersionReader(snapshot).Get(ref.name, *newest);
  return base::NotFound("the model has no version in that stage", {"name", ref.name},
                        {"stage", std::string(StageName(ref.stage))})
      .WithReason("stage_is_empty");
}

}  // namespace

base::Result<void> RegistryService::SetAlias(std::string_view name, std::string_view alias,
                                             int64_t version) {
  YARD_RETURN_IF_ERROR(CheckAlias(alias));
  AliasChanged event{std::string(name), std::string(alias), std::nullopt, version};
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        YARD_ASSIGN_OR_RETURN(const bool exists,
                              ModelVersionReader(transaction).Exists(name, version));
        if (!exists) return ModelVersionNotFound(name, version);
        YARD_ASSIGN_OR_RETURN(event.from,
                              RegisteredModelReader(transaction).VersionOfAlias(name, alias));
        return RegisteredModelStore(transaction).PutAlias(name, alias, version);
      }));
  neighbours_.events.Publish(event);
  return {};
}

base::Result<void> RegistryService::DeleteAlias(std::string_view name, std::string_view alias) {
  AliasChanged event{std::string(name), std::string(alias), std::nullopt, std::nullopt};
  YARD_RETURN_IF_ERROR(
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        YARD_ASSIGN_OR_RETURN(event.from,
                              RegisteredModelReader(transaction).VersionOfAlias(name, alias));
        return RegisteredModelStore(transaction).DeleteAlias(name, alias);
      }));
  if (event.from) neighbours_.events.Publish(event);
  return {};
}

base::Result<ModelVersion> RegistryService::ResolveAlias(std::string_view name,
                                                         std::string_view alias) {
  return neighbours_.database.Read([&](storage::Snapshot& snapshot) {
    return IsLatest(alias) ? Newest(snapshot, name) : OfAlias(snapshot, name, alias);
  });
}

base::Result<ModelVersion> RegistryService::Resolve(std::string_view uri) {
  YARD_ASSIGN_OR_RETURN(const ModelRef ref, ParseModelUri(uri));
  return Resolve(ref);
}

base::Result<ModelVersion> RegistryService::Resolve(const ModelRef& ref) {
  if (const auto* version = std::get_if<VersionRef>(&ref))
    return GetVersion(version->name, version->version);
  if (const auto* alias = std::get_if<AliasRef>(&ref))
    return ResolveAlias(alias->name, alias->alias);
  if (const auto* latest = std::get_if<LatestRef>(&ref))
    return ResolveAlias(latest->name, "latest");
  if (const auto* stage = std::get_if<StageRef>(&ref)) {
    return neighbours_.database.Read(
        [&](storage::Snapshot& snapshot) { return OfStage(snapshot, *stage); });
  }
  return base::InvalidArgument("the URI names a logged model, not a registered version")
      .WithReason("invalid_model_uri");
}

}  // namespace yard::registry
