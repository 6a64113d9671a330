#include <algorithm>
#include <cstdlib>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/table.h"

namespace yard::app {
namespace {

using base::json::Array;
using base::json::Object;
using base::json::Value;

constexpr std::string_view kApi = "/api/2.0/mlflow/";

std::string ModelsTable(const Value& answer) {
  Table table({"NAME", "LATEST", "ALIASES", "UPDATED"});
  for (const Value& model : Items(answer, "registered_models")) {
    int64_t newest = 0;
    for (const Value& version : Items(model, "latest_versions"))
      newest = std::max<int64_t>(newest, std::atoll(Cell(version["version"]).c_str()));
    std::string aliases;
    for (const Value& alias : Items(model, "aliases"))
      aliases +=
          (aliases.empty() ? "" : ", ") + Cell(alias["alias"]) + "=" + Cell(alias["version"]);
    table.Add({Cell(model["name"]), newest == 0 ? "-" : std::to_string(newest),
               aliases.empty() ? "-" : aliases,
               Moment(model["last_updated_timestamp"].integer_or(0))});
  }
  return table.empty() ? "no registered models\n" : table.Render();
}

std::string VersionsTable(const Value& answer) {
  Table table({"VERSION", "ALIASES", "STATUS", "CREATED", "RUN", "SOURCE"});
  for (const Value& version : Items(answer, "model_versions")) {
    std::string aliases;
    for (const Value& alias : Items(version, "aliases"))
      aliases += (aliases.empty() ? "" : ", ") + Cell(alias);
    table.Add({Cell(version["version"]), aliases.empty() ? "-" : aliases, Cell(version["status"]),
               Moment(version["creation_timestamp"].integer_or(0)), Cell(version["run_id"]),
               Cell(version["source"])});
  }
  return table.empty() ? "no versions\n" : table.Render();
}

int List(const Arguments& arguments) {
  return Print(
      arguments,
      ClientFor(arguments).Get(std::string(kApi) + "registered-models/search?max_results=1000"),
      ModelsTable);
}

// MLflow's answers list aliases with the model only; a person looks for them at the versions.
Value WithAliases(const Value& versions, const Value& model) {
  Array merged;
  for (const Value& version : Items(versions, "model_versions")) {
    Array aliases;
    for (const Value& alias : Items(model, "aliases")) {
      if (Cell(alias["version"]) == Cell(version["version"])) aliases.push_back(alias["alias"]);
    }
    Object entry = *version.as_object();
    std::erase_if(entry, [](const auto& member) { return member.first == "aliases"; });
    entry.emplace_back("aliases", std::move(aliases));
    merged.emplace_back(std::move(entry));
  }
  return Value(Object{{"model_versions", std::move(merged)}});
}

base::Result<Value> VersionsOf(const ApiClient& client, const std::string& name) {
  YARD_ASSIGN_OR_RETURN(
      const Value model,
      client.Get(std::string(kApi) + "registered-models/get?name=" + net::PercentEncode(name)));
  const std::string filter = net::PercentEncode("name='" + name + "'");
  YARD_ASSIGN_OR_RETURN(
      const Value versions,
      client.Get(std::string(kApi) + "model-versions/search?max_results=1000&filter=" + filter));
  return WithAliases(versions, model["registered_model"]);
}

int Show(const Arguments& arguments) {
  return Print(arguments, VersionsOf(ClientFor(arguments), arguments.Text("NAME")), VersionsTable);
}

int Alias(const Arguments& arguments) {
  const Value body(Object{{"name", arguments.Text("NAME")},
                          {"alias", arguments.Text("ALIAS")},
                          {"version", arguments.Text("VERSION")}});
  return Print(arguments,
               ClientFor(arguments).Send(net::Method::kPost,
                                         std::string(kApi) + "registered-models/alias", body),
               [&](const Value&) {
                 return arguments.Text("NAME") + "@" + arguments.Text("ALIAS") +
                        " is now version " + arguments.Text("VERSION") + "\n";
               });
}

}  // namespace

std::vector<Command> ModelCommands() {
  const Positional name{"NAME", "the registered model"};
  return {
      {.path = {"model", "list"},
       .summary = "registered models with their aliases",
       .example = "modelyard model list",
       .options = WithServerOptions({}),
       .run = List},
      {.path = {"model", "show"},
       .summary = "the versions of one model",
       .example = "modelyard model show churn",
       .positionals = {name},
       .options = WithServerOptions({}),
       .run = Show},
      {.path = {"model", "alias"},
       .summary = "let an alias name a version",
       .example = "modelyard model alias churn champion 2",
       .positionals = {name, {"ALIAS", "such as champion"}, {"VERSION", "its number"}},
       .options = WithServerOptions({}),
       .run = Alias},
  };
}

}  // namespace yard::app
