#include <charconv>
#include <fstream>
#include <iostream>
#include <sstream>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/table.h"

namespace yard::app {
namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

std::string PathOf(const Arguments& arguments) {
  return "/api/v1/endpoints/" + net::PercentEncode(arguments.Text("NAME"));
}

std::string ArmsText(const Value& endpoint) {
  std::string text;
  for (const Value& arm : Items(endpoint, "arms")) {
    if (!text.empty()) text += ", ";
    text += Cell(arm["name"]) + " " + Number(arm["weight"].number_or(0), 0) + ": " +
            Cell(arm["resolved"]["name"]) + " v" + Cell(arm["resolved"]["version"]);
    if (Cell(arm["state"]) != "serving") text += " (" + Cell(arm["state"]) + ")";
  }
  return text;
}

std::string EndpointsTable(const Value& answer) {
  Table table({"NAME", "ARMS", "REQUESTS", "ERRORS", "P50 MS", "P99 MS"});
  for (const Value& endpoint : Items(answer, "endpoints")) {
    const Value& traffic = endpoint["traffic"];
    table.Add({Cell(endpoint["name"]), ArmsText(endpoint), Cell(traffic["requests"]),
               Cell(traffic["errors"]), Number(traffic["p50_ms"].number_or(0), 2),
               Number(traffic["p99_ms"].number_or(0), 2)});
  }
  return table.empty() ? "no endpoints; make one: modelyard endpoint create NAME --model "
                         "models:/NAME@champion\n"
                       : table.Render();
}

std::string OneEndpoint(const Value& endpoint) {
  std::string text = EndpointsTable(Value(Object{{"endpoints", Value(Array{endpoint})}}));
  for (const Value& arm : Items(endpoint, "arms")) {
    if (!arm["error"].is_null())
      text += "arm " + Cell(arm["name"]) + " failed: " + Cell(arm["error"]) + "\n";
  }
  return text;
}

// "champion=models:/churn@champion:90" as an arm; the weight defaults to 100.
base::Result<Value> ParseArm(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t colon = text.rfind(':');
  double weight = 100;
  std::string model = equals == std::string::npos ? text : text.substr(equals + 1);
  if (colon != std::string::npos && colon > text.find(":/") + 1) {
    const auto [end, error] =
        std::from_chars(text.data() + colon + 1, text.data() + text.size(), weight);
    if (error != std::errc() || end != text.data() + text.size())
      return base::InvalidArgument("an arm reads NAME=models:/MODEL@ALIAS:WEIGHT", {"arm", text});
    model = text.substr(equals == std::string::npos ? 0 : equals + 1,
                        colon - (equals == std::string::npos ? 0 : equals + 1));
  }
  if (equals == std::string::npos)
    return base::InvalidArgument("an arm reads NAME=models:/MODEL@ALIAS:WEIGHT", {"arm", text});
  return Value(
      Object{{"name", text.substr(0, equals)}, {"model", std::move(model)}, {"weight", weight}});
}

base::Result<Value> ArmsOf(const Arguments& arguments) {
  Array arms;
  for (const std::string& text : arguments.All("--arm")) {
    YARD_ASSIGN_OR_RETURN(Value arm, ParseArm(text));
    arms.push_back(std::move(arm));
  }
  return Value(std::move(arms));
}

int Create(const Arguments& arguments) {
  Object body{{"name", arguments.Text("NAME")}};
  if (const auto model = arguments.Optional("--model")) body.emplace_back("model", *model);
  if (!arguments.All("--arm").empty()) {
    auto arms = ArmsOf(arguments);
    if (!arms.ok()) return Report(arms.error());
    body.emplace_back("arms", *std::move(arms));
  }
  if (body.size() == 1)
    return Report(base::InvalidArgument(
        "what should it serve? give --model models:/NAME@ALIAS, or --arm for each arm"));
  return Print(
      arguments,
      ClientFor(arguments).Send(net::Method::kPost, "/api/v1/endpoints", Value(std::move(body))),
      OneEndpoint);
}

int SetArms(const Arguments& arguments) {
  auto arms = ArmsOf(arguments);
  if (!arms.ok()) return Report(arms.error());
  const Value body(Object{{"arms", *std::move(arms)}});
  return Print(arguments, ClientFor(arguments).Send(net::Method::kPatch, PathOf(arguments), body),
               OneEndpoint);
}

int Rollback(const Arguments& arguments) {
  Object body;
  if (const auto arm = arguments.Optional("--arm")) body.emplace_back("arm", *arm);
  const auto answer = ClientFor(arguments).Send(net::Method::kPost, PathOf(arguments) + "/rollback",
                                                Value(std::move(body)));
  return Print(arguments, answer, [](const Value& done) {
    return "arm " + Cell(done["arm"]) + ": version " + Cell(done["from"]) + " → " +
           Cell(done["to"]) + "\n" + OneEndpoint(done["endpoint"]);
  });
}

int History(const Arguments& arguments) {
  return Print(
      arguments, ClientFor(arguments).Get(PathOf(arguments) + "/history"), [](const Value& answer) {
        Table table({"TIME", "ACTION", "ARM", "FROM", "TO", "REASON"});
        for (const Value& event : Items(answer, "events")) {
          table.Add({Moment(event["time"].integer_or(0)), Cell(event["action"]), Cell(event["arm"]),
                     Cell(event["from"]), Cell(event["to"]), Cell(event["reason"])});
        }
        return table.Render();
      });
}

// A CSV file with the columns request_id and label as the body of the labels route.
base::Result<Value> LabelsFrom(const std::string& path) {
  std::ifstream file(path);
  if (!file) return base::NotFound("cannot read the file", {"file", path});
  Array labels;
  std::string line;
  std::getline(file, line);
  if (!line.starts_with("request_id,label"))
    return base::InvalidArgument("the first line must be request_id,label", {"file", path});
  while (std::getline(file, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const size_t comma = line.find(',');
    if (comma == std::string::npos) continue;
    auto label = base::json::Parse(line.substr(comma + 1));
    labels.push_back(
        Value(Object{{"request_id", line.substr(0, comma)},
                     {"label", label.ok() ? *std::move(label) : Value(line.substr(comma + 1))}}));
  }
  return Value(Object{{"labels", Value(std::move(labels))}});
}

int Label(const Arguments& arguments) {
  const auto body = LabelsFrom(arguments.Text("FILE"));
  if (!body.ok()) return Report(body.error());
  return Print(arguments,
               ClientFor(arguments).Send(net::Method::kPost, PathOf(arguments) + "/labels", *body),
               [](const Value& answer) {
                 return Cell(answer["accepted"]) + " labels taken, " + Cell(answer["unknown"]) +
                        " for predictions not seen yet\n";
               });
}

}  // namespace

std::vector<Command> EndpointCommands() {
  const Positional name{"NAME", "the endpoint"};
  const Option arm{.name = "--arm",
                   .value_name = "NAME=MODEL:WEIGHT",
                   .help = "an arm; repeat for each",
                   .is_repeatable = true};
  return {
      {.path = {"endpoint", "list"},
       .summary = "all endpoints with their arms and traffic",
       .example = "modelyard endpoint list",
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments, ClientFor(arguments).Get("/api/v1/endpoints"), EndpointsTable);
           }},
      {.path = {"endpoint", "show"},
       .summary = "one endpoint",
       .example = "modelyard endpoint show churn",
       .positionals = {name},
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments, ClientFor(arguments).Get(PathOf(arguments)), OneEndpoint);
           }},
      {.path = {"endpoint", "create"},
       .summary = "serve a registered model under a name",
       .example = "modelyard endpoint create churn --model models:/churn@champion\n  modelyard "
                  "endpoint create churn --arm champion=models:/churn@champion:90 "
                  "--arm challenger=models:/churn@challenger:10",
       .positionals = {name},
       .options = WithServerOptions(
           {{.name = "--model", .value_name = "URI", .help = "one model takes all traffic"}, arm}),
       .run = Create},
      {.path = {"endpoint", "arms"},
       .summary = "change arms and weights",
       .example = "modelyard endpoint arms churn --arm champion=models:/churn@champion:50 --arm "
                  "challenger=models:/churn@challenger:50",
       .positionals = {name},
       .options = WithServerOptions({arm}),
       .run = SetArms},
      {.path = {"endpoint", "rollback"},
       .summary = "serve the previous version again, at once",
       .example = "modelyard endpoint rollback churn",
       .positionals = {name},
       .options = WithServerOptions(
           {{.name = "--arm", .value_name = "NAME", .help = "which arm, when there are several"}}),
       .run = Rollback},
      {.path = {"endpoint", "history"},
       .summary = "what happened to it",
       .example = "modelyard endpoint history churn",
       .positionals = {name},
       .options = WithServerOptions({}),
       .run = History},
      {.path = {"endpoint", "label"},
       .summary = "tell how predictions turned out (CSV: request_id,label)",
       .example = "modelyard endpoint label churn labels.csv",
       .positionals = {name, {"FILE", "CSV file"}},
       .options = WithServerOptions({}),
       .run = Label},
      {.path = {"endpoint", "delete"},
       .summary = "stop serving and forget the endpoint",
       .example = "modelyard endpoint delete churn",
       .positionals = {name},
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             const auto answer =
                 ClientFor(arguments).SendBytes(net::Method::kDelete, PathOf(arguments), "", "");
             return Print(arguments, answer, [&](const Value&) {
               return "deleted endpoint " + arguments.Text("NAME") + "\n";
             });
           }},
  };
}

}  // namespace yard::app
