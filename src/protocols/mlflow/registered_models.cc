// Registered models, their tags and aliases.

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/tag_request.h"
#include "registry/registry_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using registry::RegistryService;

struct CreateRegisteredModel {
  std::optional<std::string> name;
  std::optional<std::string> description;
  WireTags tags;
};
YARD_DESCRIBE(CreateRegisteredModel, name, description, tags)

struct RegisteredModelCall {
  std::optional<std::string> name;
  std::optional<std::string> new_name;
  std::optional<std::string> description;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::optional<std::string> alias;
  std::optional<std::string> version;
  std::vector<std::string> stages;
};
YARD_DESCRIBE(RegisteredModelCall, name, new_name, description, key, value, alias, version, stages)

struct SearchRegisteredModels {
  std::optional<std::string> filter;
  std::optional<int64_t> max_results;
  std::vector<std::string> order_by;
  std::optional<std::string> page_token;
};
YARD_DESCRIBE(SearchRegisteredModels, filter, max_results, order_by, page_token)

// A call together with the name that every one of them needs.
struct Named {
  RegisteredModelCall call;
  std::string name;
};

base::Result<Named> ParseNamed(const Request& request) {
  Named named;
  YARD_ASSIGN_OR_RETURN(named.call, Parse<RegisteredModelCall>(request));
  YARD_ASSIGN_OR_RETURN(named.name, Need(named.call.name, "name"));
  return named;
}

base::Result<std::string> Create(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<CreateRegisteredModel>(request));
  registry::NewRegisteredModel model;
  YARD_ASSIGN_OR_RETURN(model.name, Need(std::move(call.name), "name"));
  model.description = std::move(call.description);
  YARD_ASSIGN_OR_RETURN(model.tags, RegistryTags(std::move(call.tags)));
  YARD_ASSIGN_OR_RETURN(const auto created, registry.CreateModel(model));
  return Wrapped("registered_model", created);
}

base::Result<std::string> Get(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto model, registry.GetModel(named.name));
  return Wrapped("registered_model", model);
}

base::Result<std::string> Update(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto model, registry.UpdateModel(named.name, named.call.description));
  return Wrapped("registered_model", model);
}

base::Result<std::string> Rename(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto new_name, Need(named.call.new_name, "new_name"));
  YARD_ASSIGN_OR_RETURN(const auto model, registry.RenameModel(named.name, new_name));
  return Wrapped("registered_model", model);
}

base::Result<std::string> Delete(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  return EmptyObject(registry.DeleteModel(named.name));
}

base::Result<std::string> SetTag(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(auto key, Need(named.call.key, "key"));
  const registry::Tag tag{std::move(key), named.call.value.value_or("")};
  return EmptyObject(registry.SetModelTag(named.name, tag));
}

base::Result<std::string> DeleteTag(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto key, Need(named.call.key, "key"));
  return EmptyObject(registry.DeleteModelTag(named.name, key));
}

base::Result<std::string> Search(const Request& request, RegistryService& registry) {
  constexpr int kDefaultPage = 100;
  constexpr int kMaxPage = 1000;
  YARD_ASSIGN_OR_RETURN(auto call, Parse<SearchRegisteredModels>(request));
  registry::RegistryQuery query;
  YARD_ASSIGN_OR_RETURN(query.max_results, PageSize(call.max_results, kDefaultPage, kMaxPage));
  query.filter = call.filter.value_or("");
  query.order_by = std::move(call.order_by);
  query.page_token = call.page_token.value_or("");
  YARD_ASSIGN_OR_RETURN(const auto page, registry.SearchModels(query));
  return PageOf("registered_models", page.items, page.next_page_token);
}

base::Result<std::string> LatestVersions(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  std::vector<registry::Stage> stages;
  for (const std::string& name : named.call.stages) {
    YARD_ASSIGN_OR_RETURN(const auto stage, registry::ParseStage(name));
    stages.push_back(stage);
  }
  YARD_ASSIGN_OR_RETURN(const auto versions, registry.LatestVersions(named.name, stages));
  return PageOf("model_versions", versions, "");
}

base::Result<std::string> SetAlias(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto alias, Need(named.call.alias, "alias"));
  YARD_ASSIGN_OR_RETURN(const auto version_text, Need(named.call.version, "version"));
  YARD_ASSIGN_OR_RETURN(const auto version, ParseVersion(version_text));
  return EmptyObject(registry.SetAlias(named.name, alias, version));
}

base::Result<std::string> DeleteAlias(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto alias, Need(named.call.alias, "alias"));
  return EmptyObject(registry.DeleteAlias(named.name, alias));
}

base::Result<std::string> GetAlias(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Named named, ParseNamed(request));
  YARD_ASSIGN_OR_RETURN(const auto alias, Need(named.call.alias, "alias"));
  YARD_ASSIGN_OR_RETURN(const auto version, registry.ResolveAlias(named.name, alias));
  return Wrapped("model_version", version);
}

}  // namespace

void AddRegisteredModelRoutes(ApiRoutes& routes, RegistryService& registry) {
  const auto on = [&registry](auto call) {
    return [&registry, call](const Request& request) { return call(request, registry); };
  };
  routes.Post("registered-models/create", on(Create));
  routes.Get("registered-models/get", on(Get));
  routes.Patch("registered-models/update", on(Update));
  routes.Post("registered-models/rename", on(Rename));
  routes.Delete("registered-models/delete", on(Delete));
  routes.Get("registered-models/search", on(Search));
  routes.GetAndPost("registered-models/get-latest-versions", on(LatestVersions));
  routes.Post("registered-models/set-tag", on(SetTag));
  routes.Delete("registered-models/delete-tag", on(DeleteTag));
  routes.Post("registered-models/alias", on(SetAlias));
  routes.Delete("registered-models/alias", on(DeleteAlias));
  routes.Get("registered-models/alias", on(GetAlias));
}

}  // namespace yard::protocols::mlflow
