// Versions of registered models.

#include <string>
#include <utility>

#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/tag_request.h"
#include "registry/registry_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using registry::RegistryService;

struct CreateModelVersion {
  std::optional<std::string> name;
  std::optional<std::string> source;
  std::optional<std::string> run_id;
  std::optional<std::string> model_id;
  std::optional<std::string> run_link;
  std::optional<std::string> description;
  WireTags tags;
};
YARD_DESCRIBE(CreateModelVersion, name, source, run_id, model_id, run_link, description, tags)

// Versions travel as text, and some clients send numbers.
struct ModelVersionCall {
  std::optional<std::string> name;
  std::optional<EnumName> version;
  std::optional<std::string> description;
  std::optional<std::string> stage;
  bool archive_existing_versions = false;
  std::optional<std::string> key;
  std::optional<std::string> value;
};
YARD_DESCRIBE(ModelVersionCall, name, version, description, stage, archive_existing_versions, key,
              value)

struct SearchModelVersions {
  std::optional<std::string> filter;
  std::optional<int64_t> max_results;
  std::vector<std::string> order_by;
  std::optional<std::string> page_token;
};
YARD_DESCRIBE(SearchModelVersions, filter, max_results, order_by, page_token)

// A call together with the name and number that nearly every one of them needs.
struct Addressed {
  ModelVersionCall call;
  std::string name;
  int64_t version = 0;
};

base::Result<Addressed> ParseAddressed(const Request& request) {
  Addressed addressed;
  YARD_ASSIGN_OR_RETURN(addressed.call, Parse<ModelVersionCall>(request));
  YARD_ASSIGN_OR_RETURN(addressed.name, Need(addressed.call.name, "name"));
  YARD_ASSIGN_OR_RETURN(const auto version, Need(addressed.call.version, "version"));
  YARD_ASSIGN_OR_RETURN(addressed.version, ParseVersion(version.text));
  return addressed;
}

base::Result<std::string> Create(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<CreateModelVersion>(request));
  registry::NewModelVersion version;
  YARD_ASSIGN_OR_RETURN(version.name, Need(std::move(call.name), "name"));
  YARD_ASSIGN_OR_RETURN(version.source, Need(std::move(call.source), "source"));
  version.run_id = call.run_id.value_or("");
  version.model_id = call.model_id.value_or("");
  version.run_link = call.run_link.value_or("");
  version.description = call.description.value_or("");
  YARD_ASSIGN_OR_RETURN(version.tags, RegistryTags(std::move(call.tags)));
  YARD_ASSIGN_OR_RETURN(const auto created, registry.CreateVersion(version));
  return Wrapped("model_version", created);
}

base::Result<std::string> Get(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(const auto version, registry.GetVersion(asked.name, asked.version));
  return Wrapped("model_version", version);
}

base::Result<std::string> Update(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(const auto version,
                        registry.UpdateVersion(asked.name, asked.version, asked.call.description));
  return Wrapped("model_version", version);
}

base::Result<std::string> TransitionStage(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(const auto stage_name, Need(asked.call.stage, "stage"));
  YARD_ASSIGN_OR_RETURN(const auto stage, registry::ParseStage(stage_name));
  const auto others = asked.call.archive_existing_versions ? registry::OthersInStage::kAreArchived
                                                           : registry::OthersInStage::kStay;
  YARD_ASSIGN_OR_RETURN(const auto version,
                        registry.TransitionStage(asked.name, asked.version, stage, others));
  return Wrapped("model_version", version);
}

base::Result<std::string> Delete(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  return EmptyObject(registry.DeleteVersion(asked.name, asked.version));
}

base::Result<std::string> DownloadUri(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(const auto version, registry.GetVersion(asked.name, asked.version));
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Member("artifact_uri", version.storage_location).EndObject();
  return json;
}

base::Result<std::string> SetTag(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(auto key, Need(asked.call.key, "key"));
  const registry::Tag tag{std::move(key), asked.call.value.value_or("")};
  return EmptyObject(registry.SetVersionTag(asked.name, asked.version, tag));
}

base::Result<std::string> DeleteTag(const Request& request, RegistryService& registry) {
  YARD_ASSIGN_OR_RETURN(const Addressed asked, ParseAddressed(request));
  YARD_ASSIGN_OR_RETURN(const auto key, Need(asked.call.key, "key"));
  return EmptyObject(registry.DeleteVersionTag(asked.name, asked.version, key));
}

base::Result<std::string> Search(const Request& request, RegistryService& registry) {
  constexpr int kDefaultPage = 10'000;
  constexpr int kMaxPage = 200'000;
  YARD_ASSIGN_OR_RETURN(auto call, Parse<SearchModelVersions>(request));
  registry::RegistryQuery query;
  YARD_ASSIGN_OR_RETURN(query.max_results, PageSize(call.max_results, kDefaultPage, kMaxPage));
  query.filter = call.filter.value_or("");
  query.order_by = std::move(call.order_by);
  query.page_token = call.page_token.value_or("");
  YARD_ASSIGN_OR_RETURN(const auto page, registry.SearchVersions(query));
  return FoundVersions(page);
}

}  // namespace

void AddModelVersionRoutes(ApiRoutes& routes, RegistryService& registry) {
  const auto on = [&registry](auto call) {
    return [&registry, call](const Request& request) { return call(request, registry); };
  };
  routes.Post("model-versions/create", on(Create));
  routes.Get("model-versions/get", on(Get));
  routes.Patch("model-versions/update", on(Update));
  routes.Post("model-versions/transition-stage", on(TransitionStage));
  routes.Delete("model-versions/delete", on(Delete));
  routes.Get("model-versions/search", on(Search));
  routes.Get("model-versions/get-download-uri", on(DownloadUri));
  routes.Post("model-versions/set-tag", on(SetTag));
  routes.Delete("model-versions/delete-tag", on(DeleteTag));
}

}  // namespace yard::protocols::mlflow
