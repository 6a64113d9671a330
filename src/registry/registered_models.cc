// The part of RegistryService that is about registered models.

#include <string>
#include <utility>

#include "base/clock.h"
#include "base/events.h"
#include "registry/model_version_store.h"
#include "registry/names.h"
#include "registry/registered_model_store.h"
#include "registry/registry_service.h"
#include "storage/database.h"

namespace yard::registry {
namespace {

using What = ModelChanged::What;

base::Result<void> RequireModel(storage::Snapshot& snapshot, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const bool exists, RegisteredModelReader(snapshot).Exists(name));
  if (!exists) return RegisteredModelNotFound(name);
  return {};
}

base::Result<void> RequireFreeName(storage::Snapshot& snapshot, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(const bool exists, RegisteredModelReader(snapshot).Exists(name));
  if (!exists) return {};
  return base::AlreadyExists("there is a registered model of that name",
                             {"name", std::string(name)})
      .WithReason("registered_model_exists");
}

base::Result<RegisteredModel> Load(storage::Snapshot& snapshot, std::string_view name) {
  YARD_ASSIGN_OR_RETURN(auto model, RegisteredModelReader(snapshot).Get(name));
  YARD_ASSIGN_OR_RETURN(model.latest_versions,
                        ModelVersionReader(snapshot).NewestOfEachStage(name));
  return model;
}

}  // namespace

base::Result<RegisteredModel> RegistryService::CreateModel(const NewRegisteredModel& model) {
  YARD_RETURN_IF_ERROR(CheckModelName(model.name));
  for (const Tag& tag : model.tags) YARD_RETURN_IF_ERROR(CheckTag(tag));
  auto created = neighbours_.database.Write(
      [&](storage::Transaction& transaction) -> base::Result<RegisteredModel> {
        YARD_RETURN_IF_ERROR(RequireFreeName(transaction, model.name));
        RegisteredModelStore store(transaction);
        YARD_RETURN_IF_ERROR(store.Insert(model, neighbours_.clock.Now()));
        for (const Tag& tag : model.tags) YARD_RETURN_IF_ERROR(store.PutTag(model.name, tag));
        return Load(transaction, model.name);
      });
  if (created.ok()) neighbours_.events.Publish(ModelChanged{What::kCreated, model.name, {}, {}});
  return created;
}

base::Result<RegisteredModel> RegistryService::GetModel(std::string_view name) {
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) { return Load(snapshot, name); });
}

base::Result<RegisteredModel> RegistryService::UpdateModel(std::string_view name,
                                                           std::optional<std::string> description) {
  auto updated = neighbours_.database.Write(
      [&](storage::Transaction& transaction) -> base::Result<RegisteredModel> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        RegisteredModelStore store(transaction);
        if (description) YARD_RETURN_IF_ERROR(store.SetDescription(name, description));
        YARD_RETURN_IF_ERROR(store.Touch(name, neighbours_.clock.Now()));
        return Load(transaction, name);
      });
  if (updated.ok())
    neighbours_.events.Publish(ModelChanged{What::kUpdated, std::string(name), {}, {}});
  return updated;
}

base::Result<RegisteredModel> RegistryService::RenameModel(std::string_view name,
                                                           std::string_view new_name) {
  YARD_RETURN_IF_ERROR(CheckModelName(new_name));
  auto renamed = neighbours_.database.Write(
      [&](storage::Transaction& transaction) -> base::Result<RegisteredModel> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        if (name != new_name) YARD_RETURN_IF_ERROR(RequireFreeName(transaction, new_name));
        RegisteredModelStore store(transaction);
        const base::Millis now = neighbours_.clock.Now();
        YARD_RETURN_IF_ERROR(store.Rename(name, new_name));
        YARD_RETURN_IF_ERROR(store.Touch(new_name, now));
        YARD_RETURN_IF_ERROR(ModelVersionStore(transaction).TouchAll(new_name, now));
        return Load(transaction, new_name);
      });
  if (renamed.ok()) {
    neighbours_.events.Publish(
        ModelChanged{What::kRenamed, std::string(new_name), std::string(name), {}});
  }
  return renamed;
}

base::Result<void> RegistryService::DeleteModel(std::string_view name) {
  auto deleted =
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        return RegisteredModelStore(transaction).Delete(name);
      });
  return Changed(std::move(deleted), {What::kDeleted, std::string(name), {}, {}});
}

base::Result<void> RegistryService::SetModelTag(std::string_view name, const Tag& tag) {
  YARD_RETURN_IF_ERROR(CheckTag(tag));
  auto set =
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        return RegisteredModelStore(transaction).PutTag(name, tag);
      });
  return Changed(std::move(set), {What::kUpdated, std::string(name), {}, {}});
}

base::Result<void> RegistryService::DeleteModelTag(std::string_view name, std::string_view key) {
  auto deleted =
      neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
        YARD_RETURN_IF_ERROR(RequireModel(transaction, name));
        return RegisteredModelStore(transaction).DeleteTag(name, key);
      });
  return Changed(std::move(deleted), {What::kUpdated, std::string(name), {}, {}});
}

}  // namespace yard::registry
