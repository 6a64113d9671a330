// The life of runs: created, read, updated, found, deleted. What they log is in logging.cc.

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/json/value.h"
#include "protocols/mlflow/entities.h"
#include "protocols/mlflow/request.h"
#include "protocols/mlflow/route_files.h"
#include "protocols/mlflow/stage_filter.h"
#include "protocols/mlflow/tag_request.h"
#include "tracking/run_service.h"

namespace yard::protocols::mlflow {
namespace {

using net::Request;
using tracking::RunService;

struct CreateRun {
  std::optional<std::string> experiment_id;
  std::optional<std::string> user_id;
  std::optional<std::string> run_name;
  int64_t start_time = 0;
  WireTags tags;
};
YARD_DESCRIBE(CreateRun, experiment_id, user_id, run_name, start_time, tags)

struct RunCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
};
YARD_DESCRIBE(RunCall, run_id, run_uuid)

struct UpdateRun {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<EnumName> status;
  std::optional<int64_t> end_time;
  std::optional<std::string> run_name;
};
YARD_DESCRIBE(UpdateRun, run_id, run_uuid, status, end_time, run_name)

struct SearchRuns {
  std::vector<std::string> experiment_ids;
  std::optional<std::string> filter;
  std::optional<EnumName> run_view_type;
  std::optional<int64_t> max_results;
  std::vector<std::string> order_by;
  std::optional<std::string> page_token;
};
YARD_DESCRIBE(SearchRuns, experiment_ids, filter, run_view_type, max_results, order_by, page_token)

struct LogModelCall {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<std::string> model_json;
};
YARD_DESCRIBE(LogModelCall, run_id, run_uuid, model_json)

base::Result<tracking::RunStatus> StatusOf(const EnumName& status) {
  if (const auto named = tracking::ParseRunStatus(status.text)) return *named;
  int number = 0;
  const char* const end = status.text.data() + status.text.size();
  const auto parsed = std::from_chars(status.text.data(), end, number);
  const bool is_known = parsed.ec == std::errc() && parsed.ptr == end && number >= 1 && number <= 5;
  if (!is_known) return WrongValue("status", "\"" + status.text + "\"");
  return static_cast<tracking::RunStatus>(number);
}

base::Result<std::string> Create(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<CreateRun>(request));
  YARD_ASSIGN_OR_RETURN(const auto experiment_id, Need(call.experiment_id, "experiment_id"));
  tracking::NewRun run;
  YARD_ASSIGN_OR_RETURN(run.experiment_id, ParseExperimentId(experiment_id));
  run.name = call.run_name.value_or("");
  run.user = call.user_id.value_or("");
  run.start_time = base::Millis(call.start_time);
  YARD_ASSIGN_OR_RETURN(run.tags, TrackingTags(std::move(call.tags), "tags"));
  YARD_ASSIGN_OR_RETURN(const auto created, runs.Create(run));
  std::string json;
  base::json::Writer writer(json);
  writer.BeginObject().Key("run");
  WriteNewRun(writer, created);
  writer.EndObject();
  return json;
}

base::Result<std::string> Get(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<RunCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(const auto run, runs.Get(run_id));
  return Wrapped("run", run);
}

base::Result<std::string> Update(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<UpdateRun>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  tracking::RunUpdate update;
  if (call.status) {
    YARD_ASSIGN_OR_RETURN(update.status, StatusOf(*call.status));
  }
  if (call.end_time) update.end_time = base::Millis(*call.end_time);
  update.name = std::move(call.run_name);
  YARD_ASSIGN_OR_RETURN(const auto info, runs.Update(run_id, update));
  return Wrapped("run_info", info);
}

base::Result<std::string> Delete(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<RunCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  return EmptyObject(runs.Delete(run_id));
}

base::Result<std::string> Restore(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<RunCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  return EmptyObject(runs.Restore(run_id));
}

base::Result<std::string> Search(const Request& request, RunService& runs) {
  YARD_ASSIGN_OR_RETURN(auto call, Parse<SearchRuns>(request));
  tracking::RunSearch search;
  YARD_ASSIGN_OR_RETURN(search.max_results,
                        PageSize(call.max_results, 1000, tracking::RunSearch::kMaxResults));
  for (const std::string& text : call.experiment_ids) {
    YARD_ASSIGN_OR_RETURN(const auto id, ParseExperimentId(text));
    search.experiment_ids.push_back(id);
  }
  search.filter = call.filter.value_or("");
  search.stage = ParseStageFilter(call.run_view_type);
  search.order_by = std::move(call.order_by);
  search.page_token = call.page_token.value_or("");
  YARD_ASSIGN_OR_RETURN(const auto page, runs.Search(search));
  return PageOf("runs", page.runs, page.next_page_token);
}

// Clients before 3.0 announce their models this way: in a list inside a tag.
base::Result<std::string> LogModel(const Request& request, RunService& runs) {
  constexpr char kHistoryTag[] = "mlflow.log-model.history";
  YARD_ASSIGN_OR_RETURN(const auto call, Parse<LogModelCall>(request));
  YARD_ASSIGN_OR_RETURN(const auto run_id, NeedRunId(call));
  YARD_ASSIGN_OR_RETURN(const auto model_json, Need(call.model_json, "model_json"));
  const auto model = base::json::Parse(model_json);
  if (!model.ok() || !model->as_object()) return WrongValue("model_json", "\"...\"");
  YARD_ASSIGN_OR_RETURN(const auto run, runs.Get(run_id));
  base::json::Array history;
  for (const tracking::Tag& tag : run.tags) {
    if (tag.key != kHistoryTag) continue;
    const auto known = base::json::Parse(tag.value);
    if (known.ok() && known->as_array()) history = *known->as_array();
  }
  history.push_back(*model);
  return EmptyObject(
      runs.SetTag(run_id, {kHistoryTag, base::json::Value(std::move(history)).ToJson()}));
}

}  // namespace

void AddRunRoutes(ApiRoutes& routes, RunService& runs) {
  const auto on = [&runs](auto call) {
    return [&runs, call](const Request& request) { return call(request, runs); };
  };
  routes.Post("runs/create", on(Create));
  routes.Get("runs/get", on(Get));
  routes.Post("runs/update", on(Update));
  routes.Post("runs/delete", on(Delete));
  routes.Post("runs/restore", on(Restore));
  routes.Post("runs/search", on(Search));
  routes.Post("runs/log-model", on(LogModel));
}

}  // namespace yard::protocols::mlflow
