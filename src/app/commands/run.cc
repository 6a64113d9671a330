#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/table.h"

namespace yard::app {
namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

constexpr std::string_view kApi = "/api/2.0/mlflow/";

std::string ExperimentsTable(const Value& answer) {
  Table table({"ID", "NAME", "UPDATED", "ARTIFACTS"});
  for (const Value& experiment : Items(answer, "experiments")) {
    table.Add({Cell(experiment["experiment_id"]), Cell(experiment["name"]),
               Moment(experiment["last_update_time"].integer_or(0)),
               Cell(experiment["artifact_location"])});
  }
  return table.Render();
}

int ListExperiments(const Arguments& arguments) {
  const Value body(Object{{"max_results", 1000}});
  return Print(
      arguments,
      ClientFor(arguments).Send(net::Method::kPost, std::string(kApi) + "experiments/search", body),
      ExperimentsTable);
}

// The id of an experiment given by name or id.
base::Result<std::string> ExperimentId(const ApiClient& client, const std::string& text) {
  const auto by_name = client.Get(
      std::string(kApi) + "experiments/get-by-name?experiment_name=" + net::PercentEncode(text));
  if (by_name.ok()) return Cell((*by_name)["experiment"]["experiment_id"]);
  const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) return text;
  return by_name.error();
}

std::string RunsTable(const Value& answer) {
  Table table({"RUN", "NAME", "STATUS", "STARTED", "METRICS"});
  for (const Value& run : Items(answer, "runs")) {
    std::string metrics;
    int shown = 0;
    for (const Value& metric : Items(run["data"], "metrics")) {
      if (++shown > 4) break;
      metrics += (metrics.empty() ? "" : ", ") + Cell(metric["key"]) + "=" + Cell(metric["value"]);
    }
    const Value& info = run["info"];
    table.Add({Cell(info["run_id"]), Cell(info["run_name"]), Cell(info["status"]),
               Moment(info["start_time"].integer_or(0)), metrics.empty() ? "-" : metrics});
  }
  return table.empty() ? "no runs\n" : table.Render();
}

int ListRuns(const Arguments& arguments) {
  const ApiClient client = ClientFor(arguments);
  const auto experiment = ExperimentId(client, arguments.Text("--experiment"));
  if (!experiment.ok()) return Report(experiment.error());
  Object body{{"experiment_ids", Value(Array{*experiment})},
              {"max_results", arguments.Integer("--max", 20)}};
  if (const auto filter = arguments.Optional("--filter")) body.emplace_back("filter", *filter);
  Array order;
  for (const std::string& item : arguments.All("--order-by")) order.emplace_back(item);
  if (!order.empty()) body.emplace_back("order_by", std::move(order));
  return Print(
      arguments,
      client.Send(net::Method::kPost, std::string(kApi) + "runs/search", Value(std::move(body))),
      RunsTable);
}

void AddPairs(std::string& text, const std::string& title, const base::json::Array& items) {
  if (items.empty()) return;
  Table table({title, "VALUE"});
  for (const Value& item : items) table.Add({Cell(item["key"]), Cell(item["value"])});
  text += "\n" + table.Render();
}

std::string OneRun(const Value& answer) {
  const Value& run = answer["run"];
  const Value& info = run["info"];
  std::string text =
      Cell(info["run_name"]) + "  " + Cell(info["run_id"]) + "  " + Cell(info["status"]) +
      "\nstarted " + Moment(info["start_time"].integer_or(0)) + ", ended " +
      Moment(info["end_time"].integer_or(0)) + "\nartifacts " + Cell(info["artifact_uri"]) + "\n";
  AddPairs(text, "METRIC", Items(run["data"], "metrics"));
  AddPairs(text, "PARAM", Items(run["data"], "params"));
  AddPairs(text, "TAG", Items(run["data"], "tags"));
  return text;
}

int ShowRun(const Arguments& arguments) {
  return Print(arguments,
               ClientFor(arguments).Get(std::string(kApi) + "runs/get?run_id=" +
                                        net::PercentEncode(arguments.Text("RUN"))),
               OneRun);
}

int DeleteRun(const Arguments& arguments) {
  const Value body(Object{{"run_id", arguments.Text("RUN")}});
  return Print(
      arguments,
      ClientFor(arguments).Send(net::Method::kPost, std::string(kApi) + "runs/delete", body),
      [&](const Value&) { return "run " + arguments.Text("RUN") + " is marked deleted\n"; });
}

}  // namespace

std::vector<Command> ExperimentCommands() {
  return {{.path = {"experiment", "list"},
           .summary = "all experiments",
           .example = "modelyard experiment list",
           .options = WithServerOptions({}),
           .run = ListExperiments}};
}

std::vector<Command> RunCommands() {
  const Positional run{"RUN", "run id"};
  return {
      {.path = {"run", "list"},
       .summary = "runs of an experiment, filtered and ordered",
       .example = "modelyard run list --experiment customer_churn --filter \"metrics.roc_auc > "
                  "0.7\" --order-by \"metrics.roc_auc DESC\"",
       .options = WithServerOptions(
           {{.name = "--experiment",
             .value_name = "NAME",
             .help = "name or id",
             .default_value = "Default"},
            {.name = "--filter", .value_name = "TEXT", .help = "MLflow's search language"},
            {.name = "--order-by",
             .value_name = "KEY [ASC|DESC]",
             .help = "may be repeated",
             .is_repeatable = true},
            {.name = "--max",
             .value_name = "N",
             .help = "how many at most",
             .default_value = "20"}}),
       .run = ListRuns},
      {.path = {"run", "show"},
       .summary = "one run: metrics, params, tags",
       .example = "modelyard run show 0193...",
       .positionals = {run},
       .options = WithServerOptions({}),
       .run = ShowRun},
      {.path = {"run", "delete"},
       .summary = "mark a run deleted",
       .example = "modelyard run delete 0193...",
       .positionals = {run},
       .options = WithServerOptions({}),
       .run = DeleteRun},
  };
}

}  // namespace yard::app
