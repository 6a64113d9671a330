// Logged models: model files that a run saved, before and apart from their registration.

#include <string>
#include <utility>
#include <vector>

#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/tag_request.h"
#include "tracking/logged_model_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using tracking::LoggedModelService;

struct CreateLoggedModel {
  std::optional<std::string> experiment_id;
  std::optional<std::string> name;
  std::optional<std::string> model_type;
  std::optional<std::string> source_run_id;
  WireTags params;
  WireTags tags;
};
YARD_DESCRIBE(CreateLoggedModel, experiment_id, name, model_type, source_run_id, params, tags)

struct GetLoggedModel {
  bool allow_deleted = false;
};
YARD_DESCRIBE(GetLoggedModel, allow_deleted)

struct FinalizeLoggedModel {
  std::optional<EnumName> status;
};
YARD_DESCRIBE(FinalizeLoggedModel, status)

struct LoggedModelEntries {
  WireTags params;
  WireTags tags;
};
YARD_DESCRIBE(LoggedModelEntries, params, tags)

struct WireDatasetFilter {
  std::optional<std::string> dataset_name;
  std::optional<std::string> dataset_digest;
};
YARD_DESCRIBE(WireDatasetFilter, dataset_name, dataset_digest)

struct WireOrder {
  std::optional<std::string> field_name;
  bool ascending = true;
  std::optional<std::string> dataset_name;
  std::optional<std::string> dataset_digest;
};
YARD_DESCRIBE(WireOrder, field_name, ascending, dataset_name, dataset_digest)

struct SearchLoggedModels {
  std::vector<std::string> experiment_ids;
  std::optional<std::string> filter;
  BoundedList<WireDatasetFilter, 100> datasets;
  std::optional<int64_t> max_results;
  BoundedList<WireOrder, 100> order_by;
  std::optional<std::string> page_token;
};
YARD_DESCRIBE(SearchLoggedModels, experiment_ids, filter, datasets, max_results, order_by,
              page_token)

std::string ModelId(const Request& request) {
  return std::string(request.path_parameter("model_id"));
}

base::Result<tracking::LoggedModelStatus> StatusOf(const EnumName& status) {
  using tracking::LoggedModelStatus;
  if (status.text == "LOGGED_MODEL_PENDING" || status.text == "1")
    return LoggedModelStatus::kPending;
  if (status.text == "LOGGED_MODEL_READY" || status.text == "2") return LoggedModelStatus::kReady;
  if (status.text == "LOGGED_MODEL_UPLOAD_FAILED" || status.text == "3")
    return LoggedModelStatus::kUploadFailed;
  return WrongValue("status", "\"" + status.text + "\"");
}

base::Result<std::string> Create(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<CreateLoggedModel>(request));
  YARD_ASSIGN_OR_RETURN(const auto experiment_id, Need(call.experiment_id, "experiment_id"));
  tracking::NewLoggedModel model;
  YARD_ASSIGN_OR_RETURN(model.experiment_id, ParseExperimentId(experiment_id));
  model.name = call.name.value_or("");
  model.model_type = call.model_type.value_or("");
  model.source_run_id = call.source_run_id.value_or("");
  YARD_ASSIGN_OR_RETURN(model.params, TrackingTags(std::move(call.params), "params"));
  YARD_ASSIGN_OR_RETURN(model.tags, TrackingTags(std::move(call.tags), "tags"));
  YARD_ASSIGN_OR_RETURN(const auto created, models.Create(model));
  return Wrapped("model", created);
}

base::Result<std::string> Get(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<GetLoggedModel>(request));
  const std::string id = ModelId(request);
  YARD_ASSIGN_OR_RETURN(const auto model,
                        call.allow_deleted ? models.GetWithDeleted(id) : models.Get(id));
  return Wrapped("model", model);
}

base::Result<std::string> Finalize(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<FinalizeLoggedModel>(request));
  YARD_ASSIGN_OR_RETURN(const auto name, Need(call.status, "status"));
  YARD_ASSIGN_OR_RETURN(const auto status, StatusOf(name));
  YARD_ASSIGN_OR_RETURN(const auto model, models.Finalize(ModelId(request), status));
  return Wrapped("model", model);
}

base::Result<std::string> Delete(const Request& request, LoggedModelService& models) {
  return EmptyObject(models.Delete(ModelId(request)));
}

base::Result<std::string> LogParams(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LoggedModelEntries>(request));
  YARD_ASSIGN_OR_RETURN(const auto params, TrackingTags(std::move(call.params), "params"));
  return EmptyObject(models.LogParams(ModelId(request), params));
}

base::Result<std::string> SetTags(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<LoggedModelEntries>(request));
  YARD_ASSIGN_OR_RETURN(const auto tags, TrackingTags(std::move(call.tags), "tags"));
  YARD_RETURN_IF_ERROR(models.SetTags(ModelId(request), tags));
  return std::string(kEmptyObject);
}

base::Result<std::string> DeleteTag(const Request& request, LoggedModelService& models) {
  return EmptyObject(models.DeleteTag(ModelId(request), request.path_parameter("tag_key")));
}

base::Result<tracking::LoggedModelSearch> ReadSearch(const Request& request) {
  // A page size of 0 means the default, unlike in the other searches.
  constexpr int kDefaultPage = 100;
  YARD_ASSIGN_OR_RETURN(auto call, Parse<SearchLoggedModels>(request));
  if (call.max_results == 0) call.max_results.reset();
  tracking::LoggedModelSearch search;
  YARD_ASSIGN_OR_RETURN(search.max_results, PageSize(call.max_results, kDefaultPage,
                                                     tracking::LoggedModelSearch::kMaxResults));
  for (const std::string& text : call.experiment_ids) {
    YARD_ASSIGN_OR_RETURN(const auto id, ParseExperimentId(text));
    search.experiment_ids.push_back(id);
  }
  YARD_ASSIGN_OR_RETURN(auto datasets, AllOf(std::move(call.datasets), "datasets"));
  for (WireDatasetFilter& dataset : datasets) {
    YARD_ASSIGN_OR_RETURN(auto name, Need(std::move(dataset.dataset_name), "dataset_name"));
    search.datasets.push_back({std::move(name), std::move(dataset.dataset_digest)});
  }
  YARD_ASSIGN_OR_RETURN(auto orders, AllOf(std::move(call.order_by), "orders"));
  for (WireOrder& order : orders) {
    YARD_ASSIGN_OR_RETURN(auto field, Need(std::move(order.field_name), "field_name"));
    search.order_by.push_back({std::move(field), order.ascending, std::move(order.dataset_name),
                               std::move(order.dataset_digest)});
  }
  search.filter = call.filter.value_or("");
  search.page_token = call.page_token.value_or("");
  return search;
}

base::Result<std::string> Search(const Request& request, LoggedModelService& models) {
  YARD_ASSIGN_OR_RETURN(const auto search, ReadSearch(request));
  YARD_ASSIGN_OR_RETURN(const auto page, models.Search(search));
  return PageOf("models", page.models, page.next_page_token);
}

}  // namespace

void AddLoggedModelRoutes(ApiRoutes& routes, LoggedModelService& models) {
  const auto on = [&models](auto call) {
    return [&models, call](const Request& request) { return call(request, models); };
  };
  routes.Post("logged-models", on(Create));
  routes.Post("logged-models/search", on(Search));
  routes.Get("logged-models/{model_id}", on(Get));
  routes.Patch("logged-models/{model_id}", on(Finalize));
  routes.Delete("logged-models/{model_id}", on(Delete));
  routes.Post("logged-models/{model_id}/params", on(LogParams));
  routes.Patch("logged-models/{model_id}/tags", on(SetTags));
  routes.Delete("logged-models/{model_id}/tags/{tag_key}", on(DeleteTag));
}

}  // namespace yard::protocols::mlflow
