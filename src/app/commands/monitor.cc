#include <charconv>
#include <ctime>
#include <fstream>
#include <iterator>

#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/table.h"

namespace yard::app {
namespace {

using base::json::Object;
using base::json::Value;

std::string PathOf(const Arguments& arguments) {
  return "/api/v1/monitors/" + net::PercentEncode(arguments.Text("ENDPOINT"));
}

std::string Joined(const base::json::Array& items) {
  std::string text;
  for (const Value& item : items) text += (text.empty() ? "" : ", ") + Cell(item);
  return text.empty() ? "-" : text;
}

std::string Interval(const Value& estimate) {
  if (estimate["value"].is_null()) return "-";
  return Number(estimate["value"].number_or(0)) + " [" + Number(estimate["lower"].number_or(0)) +
         ", " + Number(estimate["upper"].number_or(0)) + "]";
}

std::string MonitorsTable(const Value& answer) {
  Table table({"ENDPOINT", "WINDOW", "LAST PANE", "STATUS", "DRIFTED FEATURES", "ALERTS"});
  for (const Value& monitor : Items(answer, "monitors")) {
    table.Add({Cell(monitor["endpoint"]), Cell(monitor["window"]), Cell(monitor["last_pane"]),
               Cell(monitor["status"]), Joined(Items(monitor, "drifted_features")),
               Cell(monitor["alerts_firing"])});
  }
  return table.empty() ? "nothing is monitored yet: a monitor starts with the first predictions of "
                         "an endpoint\n"
                       : table.Render();
}

std::string PanesTable(const Value& monitor) {
  Table panes({"PANE", "ROWS", "STATUS", "DRIFTED FEATURES"});
  Table arms({"PANE", "ARM", "VERSION", "ROWS", "LABELLED", "MEAN PREDICTION", "ACCURACY", "AUC",
              "LOG LOSS"});
  for (const Value& pane : Items(monitor, "panes")) {
    panes.Add({Cell(pane["id"]), Cell(pane["rows"]), Cell(pane["status"]),
               Joined(Items(pane, "drifted_features"))});
    for (const Value& arm : Items(pane, "arms")) {
      arms.Add({Cell(pane["id"]), Cell(arm["arm"]), Cell(arm["version"]), Cell(arm["rows"]),
                Cell(arm["labelled"]), Cell(arm["mean_prediction"]), Interval(arm["accuracy"]),
                Interval(arm["auc"]), Interval(arm["log_loss"])});
    }
  }
  return panes.Render() + "\n" + arms.Render();
}

std::string PaneTable(const Value& pane) {
  Table table({"FEATURE", "VERDICT", "EFFECT", "KS", "P ADJUSTED", "PSI", "PSI CRITICAL", "MISSING",
               "BASELINE"});
  for (const Value& feature : Items(pane, "features")) {
    table.Add({Cell(feature["name"]), Cell(feature["verdict"]), Cell(feature["effect"]),
               Cell(feature["ks"]["statistic"]), Cell(feature["ks"]["p_adjusted"]),
               Cell(feature["psi"]["value"]), Cell(feature["psi"]["critical"]),
               Cell(feature["missing_share"]), Cell(feature["baseline_missing_share"])});
  }
  return table.Render();
}

std::string AlertsTable(const Value& answer) {
  Table table({"SINCE", "STATE", "ENDPOINT", "FEATURE", "SUMMARY", "DELIVERED"});
  for (const Value& alert : Items(answer, "alerts")) {
    table.Add({Moment(alert["since"].integer_or(0)), Cell(alert["state"]), Cell(alert["endpoint"]),
               Cell(alert["feature"]), Cell(alert["summary"]),
               Cell(alert["delivery"]["delivered"])});
  }
  return table.empty() ? "no alerts\n" : table.Render();
}

// Only what was given is changed.
int Set(const Arguments& arguments) {
  Object settings;
  if (const auto window = arguments.Optional("--window")) settings.emplace_back("window", *window);
  if (const auto url = arguments.Optional("--webhook")) settings.emplace_back("webhook_url", *url);
  for (const auto& [option, member] :
       {std::pair{"--alpha", "alpha"}, std::pair{"--minimum-effect", "minimum_effect"}}) {
    const auto text = arguments.Optional(option);
    if (!text) continue;
    double number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size())
      return Report(base::InvalidArgument("not a number", {option, *text}));
    settings.emplace_back(member, number);
  }
  if (const auto rows = arguments.Optional("--minimum-rows"))
    settings.emplace_back("minimum_rows", arguments.Integer("--minimum-rows", 0));
  return Print(
      arguments,
      ClientFor(arguments).Send(net::Method::kPut, PathOf(arguments), Value(std::move(settings))),
      [](const Value& answer) { return answer.ToJson() + "\n"; });
}

int SetBaseline(const Arguments& arguments) {
  std::ifstream file(arguments.Text("FILE"), std::ios::binary);
  if (!file)
    return Report(base::NotFound("cannot read the file", {"file", arguments.Text("FILE")}));
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const bool is_parquet = bytes.starts_with("PAR1");
  const std::string path = "/api/v1/models/" + net::PercentEncode(arguments.Text("MODEL")) +
                           "/versions/" + net::PercentEncode(arguments.Text("VERSION")) +
                           "/baseline";
  const auto answer =
      ClientFor(arguments).SendBytes(net::Method::kPut, path, std::move(bytes),
                                     is_parquet ? "application/vnd.apache.parquet" : "text/csv");
  return Print(arguments, answer, [](const Value& baseline) {
    return "baseline of " + Cell(baseline["rows"]) + " rows stored\n";
  });
}

// Midnight (UTC) of a date such as 1998-04-01, in milliseconds.
base::Result<int64_t> MillisOfDate(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%d", &parts);
  if (end == nullptr || *end != '\0')
    return base::InvalidArgument("a date reads YYYY-MM-DD", {"date", text});
  return static_cast<int64_t>(timegm(&parts)) * 1000;
}

int Close(const Arguments& arguments) {
  Object body;
  if (const auto date = arguments.Optional("--until")) {
    const auto until = MillisOfDate(*date);
    if (!until.ok()) return Report(until.error());
    body.emplace_back("until", *until);
  }
  const auto answer = ClientFor(arguments).Send(net::Method::kPost, PathOf(arguments) + "/close",
                                                Value(std::move(body)));
  if (!answer.ok()) return Report(answer.error());
  return Print(arguments, ClientFor(arguments).Get(PathOf(arguments)), PanesTable);
}

}  // namespace

std::vector<Command> MonitorCommands() {
  const Positional endpoint{"ENDPOINT", "the endpoint"};
  return {
      {.path = {"monitor", "list"},
       .summary = "every monitored endpoint and its verdict",
       .example = "modelyard monitor list",
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments, ClientFor(arguments).Get("/api/v1/monitors"), MonitorsTable);
           }},
      {.path = {"monitor", "show"},
       .summary = "drift and accuracy, pane by pane",
       .example = "modelyard monitor show churn",
       .positionals = {endpoint},
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments, ClientFor(arguments).Get(PathOf(arguments)), PanesTable);
           }},
      {.path = {"monitor", "pane"},
       .summary = "the features of one pane",
       .example = "modelyard monitor pane churn 1998-03",
       .positionals = {endpoint, {"PANE", "such as 1998-03"}},
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments,
                          ClientFor(arguments).Get(PathOf(arguments) + "/panes/" +
                                                   net::PercentEncode(arguments.Text("PANE"))),
                          PaneTable);
           }},
      {.path = {"monitor", "close"},
       .summary = "judge every pane that has ended, now",
       .example = "modelyard monitor close churn --until 1998-04-01",
       .positionals = {endpoint},
       .options = WithServerOptions({{.name = "--until",
                                      .value_name = "DATE",
                                      .help = "judge panes that ended by then (YYYY-MM-DD, UTC); "
                                              "the newest prediction by default"}}),
       .run = Close},
      {.path = {"monitor", "set"},
       .summary = "window, thresholds and where alerts go",
       .example = "modelyard monitor set churn --window month --webhook https://chat.example/hook",
       .positionals = {endpoint},
       .options = WithServerOptions(
           {{.name = "--window", .value_name = "hour|day|week|month", .help = "how long a pane is"},
            {.name = "--alpha", .value_name = "P", .help = "significance after Benjamini-Hochberg"},
            {.name = "--minimum-effect",
             .value_name = "X",
             .help = "smallest effect that counts as drift"},
            {.name = "--minimum-rows", .value_name = "N", .help = "fewer rows give no verdict"},
            {.name = "--webhook",
             .value_name = "URL",
             .help = "alerts are posted there (Alertmanager's format, version 4)"}}),
       .run = Set},
      {.path = {"monitor", "baseline"},
       .summary = "set a version's baseline from a CSV or Parquet file",
       .example = "modelyard monitor baseline churn 1 training.parquet",
       .positionals = {{"MODEL", "registered model"},
                       {"VERSION", "its version"},
                       {"FILE", "CSV or Parquet"}},
       .options = WithServerOptions({}),
       .run = SetBaseline},
      {.path = {"monitor", "alerts"},
       .summary = "alerts and their delivery",
       .example = "modelyard monitor alerts",
       .options = WithServerOptions({}),
       .run =
           [](const Arguments& arguments) {
             return Print(arguments, ClientFor(arguments).Get("/api/v1/alerts"), AlertsTable);
           }},
  };
}

}  // namespace yard::app
