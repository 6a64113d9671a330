// Experiments. Shapes and rules of the wire: docs/protocols/mlflow.md.

#include <string>
#include <utility>
#include <vector>

#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/stage_filter.h"
#include "protocols/mlflow/tag_request.h"
#include "tracking/experiment_service.h"
#include "tracking/run_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using tracking::ExperimentService;

struct CreateExperiment {
  std::optional<std::string> name;
  std::optional<std::string> artifact_location;
  WireTags tags;
};
YARD_DESCRIBE(CreateExperiment, name, artifact_location, tags)

struct ExperimentCall {
  std::optional<std::string> experiment_id;
  std::optional<std::string> experiment_name;
  std::optional<std::string> new_name;
};
YARD_DESCRIBE(ExperimentCall, experiment_id, experiment_name, new_name)

struct ExperimentTagCall {
  std::optional<std::string> experiment_id;
  std::optional<std::string> key;
  std::optional<std::string> value;
};
YARD_DESCRIBE(ExperimentTagCall, experiment_id, key, value)

struct SearchExperiments {
  std::optional<int64_t> max_results;
  std::optional<std::string> page_token;
  std::optional<std::string> filter;
  std::vector<std::string> order_by;
  std::optional<EnumName> view_type;
};
YARD_DESCRIBE(SearchExperiments, max_results, page_token, filter, order_by, view_type)

struct SearchDatasets {
  std::vector<std::string> experiment_ids;
};
YARD_DESCRIBE(SearchDatasets, experiment_ids)

base::Result<tracking::ExperimentId> NeedExperimentId(const std::optional<std::string>& text) {
  YARD_ASSIGN_OR_RETURN(const std::string id, Need(text, "experiment_id"));
  return ParseExperimentId(id);
}

base::Result<std::string> Create(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<CreateExperiment>(request));
  tracking::NewExperiment experiment;
  YARD_ASSIGN_OR_RETURN(experiment.name, Need(std::move(call.name), "name"));
  experiment.artifact_location = call.artifact_location.value_or("");
  YARD_ASSIGN_OR_RETURN(experiment.tags, TrackingTags(std::move(call.tags), "tags"));
  YARD_ASSIGN_OR_RETURN(const auto id, experiments.Create(experiment));
  return "{\"experiment_id\":\"" + std::to_string(id) + "\"}";
}

base::Result<std::string> Get(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  YARD_ASSIGN_OR_RETURN(const auto experiment, experiments.Get(id));
  return Wrapped("experiment", experiment);
}

base::Result<std::string> GetByName(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto name, Need(call.experiment_name, "experiment_name"));
  YARD_ASSIGN_OR_RETURN(const auto experiment, experiments.GetByName(name));
  return Wrapped("experiment", experiment);
}

base::Result<std::string> Search(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<SearchExperiments>(request));
  tracking::ExperimentSearch search;
  // A missing page size reads as 0 and is refused, as MLflow's server does it.
  YARD_ASSIGN_OR_RETURN(search.max_results,
                        PageSize(call.max_results, 0, tracking::ExperimentSearch::kMaxResults));
  search.filter = call.filter.value_or("");
  search.stage = ParseStageFilter(call.view_type);
  search.order_by = std::move(call.order_by);
  search.page_token = call.page_token.value_or("");
  YARD_ASSIGN_OR_RETURN(const auto page, experiments.Search(search));
  return PageOf("experiments", page.experiments, page.next_page_token);
}

base::Result<std::string> Update(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  YARD_ASSIGN_OR_RETURN(const auto name, Need(call.new_name, "new_name"));
  return EmptyObject(experiments.Rename(id, name));
}

base::Result<std::string> Delete(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  return EmptyObject(experiments.Delete(id));
}

base::Result<std::string> Restore(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  return EmptyObject(experiments.Restore(id));
}

base::Result<std::string> SetTag(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<ExperimentTagCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  YARD_ASSIGN_OR_RETURN(auto key, Need(std::move(call.key), "key"));
  return EmptyObject(experiments.SetTag(id, {std::move(key), call.value.value_or("")}));
}

base::Result<std::string> DeleteTag(const Request& request, ExperimentService& experiments) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<ExperimentTagCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto id, NeedExperimentId(call.experiment_id));
  YARD_ASSIGN_OR_RETURN(const auto key, Need(call.key, "key"));
  return EmptyObject(experiments.DeleteTag(id, key));
}

std::string DatasetsJson(const std::vector<tracking::DatasetSummary>& summaries) {
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject();
  if (!summaries.empty()) {
    writer.Key("dataset_summaries").BeginArray();
    for (const auto& summary : summaries) {
      writer.BeginObject()
          .Member("experiment_id", std::to_string(summary.experiment_id))
          .Member("name", summary.name)
          .Member("digest", summary.digest)
          .Member("context", summary.context)
          .EndObject();
    }
    writer.EndArray();
  }
  writer.EndObject();
  return json;
}

base::Result<std::string> FindDatasets(const Request& request, tracking::RunService& runs) {
  constexpr size_t kMaxExperiments = 20;
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<SearchDatasets>(request));
  if (call.experiment_ids.empty()) return base::json::MissingField("experiment_ids");
  if (call.experiment_ids.size() > kMaxExperiments)
    return base::InvalidArgument("at most 20 experiments can be searched at once");
  std::vector<tracking::ExperimentId> ids;
  for (const std::string& text : call.experiment_ids) {
    YARD_ASSIGN_OR_RETURN(const auto id, ParseExperimentId(text));
    ids.push_back(id);
  }
  YARD_ASSIGN_OR_RETURN(const auto summaries, runs.SearchDatasets(ids));
  return DatasetsJson(summaries);
}

}  // namespace

void AddExperimentRoutes(ApiRoutes& routes, ExperimentService& experiments,
                         tracking::RunService& runs) {
  const auto on = [&experiments](auto call) {
    return [&experiments, call](const Request& request) { return call(request, experiments); };
  };
  routes.Post("experiments/create", on(Create));
  routes.Get("experiments/get", on(Get));
  routes.Get("experiments/get-by-name", on(GetByName));
  routes.GetAndPost("experiments/search", on(Search));
  routes.Post("experiments/update", on(Update));
  routes.Post("experiments/delete", on(Delete));
  routes.Post("experiments/restore", on(Restore));
  routes.Post("experiments/set-experiment-tag", on(SetTag));
  routes.Post("experiments/delete-experiment-tag", on(DeleteTag));
  routes.Post("experiments/search-datasets",
              [&runs](const Request& request) { return FindDatasets(request, runs); });
}

}  // namespace yard::protocols::mlflow
