// The part of RegistryService that finds models and versions.

#include "registry/model_version_store.h"
#include "registry/registered_model_store.h"
#include "registry/registry_search.h"
#include "registry/registry_service.h"
#include "storage/database.h"

namespace yard::registry {
namespace {

constexpr int64_t kMaxModels = 1000;
constexpr int64_t kMaxVersions = 200'000;

SearchTable ModelTable() {
  return {"registered_model",
          "(SELECT t.value FROM registered_model_tag t WHERE t.name = registered_model.name AND "
          "t.key = ?)",
          {{"name", "name"},
           {"timestamp", "updated_ms", true, /*is_filterable=*/false},
           {"last_updated_timestamp", "updated_ms", true, /*is_filterable=*/false}},
          {{"name", true}},
          {{"name", true}}};
}

SearchTable VersionTable() {
  return {"model_version",
          "(SELECT t.value FROM model_version_tag t WHERE t.name = model_version.name AND "
          "t.version = model_version.version AND t.key = ?)",
          {{"name", "name"},
           {"run_id", "run_id", false, true, /*is_orderable=*/false},
           {"source_path", "source", false, true, /*is_orderable=*/false},
           {"version_number", "version", true},
           {"creation_timestamp", "created_ms", true, /*is_filterable=*/false},
           {"last_updated_timestamp", "updated_ms", true, /*is_filterable=*/false}},
          {{"updated_ms", false}, {"name", true}, {"version", false}},
          {{"name", true}, {"version", false}}};
}

base::Result<void> CheckSize(int64_t max_results, int64_t limit) {
  if (max_results >= 1 && max_results <= limit) return {};
  return base::InvalidArgument("the number of results is out of range",
                               {"value", std::to_string(max_results)},
                               {"limit", std::to_string(limit)})
      .WithReason("bad_max_results");
}

SearchInput InputOf(const RegistryQuery& query) {
  return {query.filter, query.order_by, static_cast<size_t>(query.max_results), query.page_token};
}

}  // namespace

base::Result<Page<RegisteredModel>> RegistryService::SearchModels(const RegistryQuery& query) {
  YARD_RETURN_IF_ERROR(CheckSize(query.max_results, kMaxModels));
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<Page<RegisteredModel>> {
        YARD_ASSIGN_OR_RETURN(auto found, SearchRegistry(snapshot, ModelTable(), InputOf(query)));
        Page<RegisteredModel> page;
        page.next_page_token = std::move(found.next_page_token);
        for (const FoundRow& row : found.rows) {
          YARD_ASSIGN_OR_RETURN(auto model, RegisteredModelReader(snapshot).Get(row.name));
          YARD_ASSIGN_OR_RETURN(model.latest_versions,
                                ModelVersionReader(snapshot).NewestOfEachStage(row.name));
          page.items.push_back(std::move(model));
        }
        return page;
      });
}

base::Result<Page<ModelVersion>> RegistryService::SearchVersions(const RegistryQuery& query) {
  YARD_RETURN_IF_ERROR(CheckSize(query.max_results, kMaxVersions));
  return neighbours_.database.Read(
      [&](storage::Snapshot& snapshot) -> base::Result<Page<ModelVersion>> {
        YARD_ASSIGN_OR_RETURN(auto found, SearchRegistry(snapshot, VersionTable(), InputOf(query)));
        Page<ModelVersion> page;
        page.next_page_token = std::move(found.next_page_token);
        for (const FoundRow& row : found.rows) {
          YARD_ASSIGN_OR_RETURN(auto version,
                                ModelVersionReader(snapshot).Get(row.name, row.version));
          page.items.push_back(std::move(version));
        }
        return page;
      });
}

}  // namespace yard::registry
