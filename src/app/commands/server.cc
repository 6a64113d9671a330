#include <algorithm>
#include <iostream>

#include <unistd.h>

#include "app/application.h"
#include "app/commands/commands.h"
#include "app/commands/output.h"
#include "app/model_location.h"
#include "app/single_model.h"
#include "app/termination.h"
#include "app/version.h"
#include "base/log.h"

namespace yard::app {
namespace {

std::vector<Option> LogOptions() {
  return {
      {.name = "--log-format",
       .value_name = "human|json",
       .help = "how log lines look; human on a terminal, else json",
       .environment = "MODELYARD_LOG_FORMAT"},
      {.name = "--log-level",
       .value_name = "debug|info|warning|error",
       .help = "the least that is logged",
       .default_value = "info",
       .environment = "MODELYARD_LOG_LEVEL"},
  };
}

void ApplyLogOptions(const Arguments& arguments) {
  const std::string& level = arguments.Text("--log-level");
  const std::string& format = arguments.Text("--log-format");
  const bool is_json = format.empty() ? isatty(STDERR_FILENO) == 0 : format == "json";
  const auto least = level == "debug"     ? base::LogLevel::kDebug
                     : level == "warning" ? base::LogLevel::kWarning
                     : level == "error"   ? base::LogLevel::kError
                                          : base::LogLevel::kInfo;
  base::ConfigureLog(least, is_json ? base::LogFormat::kJson : base::LogFormat::kHuman);
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// Nobody is asked for a password yet, so listening to strangers must be said aloud.
base::Result<void> CheckExposure(const Arguments& arguments) {
  if (IsLoopback(arguments.Text("--host")) || arguments.Flag("--allow-unauthenticated")) return {};
  return base::FailedPrecondition(
      "anybody who reaches this address could read and change everything; add "
      "--allow-unauthenticated if that is meant",
      {"host", arguments.Text("--host")});
}

base::Result<uint16_t> Port(const Arguments& arguments) {
  const int64_t port = arguments.Integer("--port", 5000);
  if (port < 0 || port > 65535)
    return base::InvalidArgument("a port is 0 to 65535", {"port", arguments.Text("--port")});
  return static_cast<uint16_t>(port);
}

base::Result<ApplicationOptions> UpOptions(const Arguments& arguments) {
  YARD_RETURN_IF_ERROR(CheckExposure(arguments));
  const std::string& database = arguments.Text("--database");
  if (!database.empty())
    return base::Unimplemented("only the SQLite database in the data folder is supported so far",
                               {"database", database});
  ApplicationOptions options;
  YARD_ASSIGN_OR_RETURN(options.port, Port(arguments));
  options.data_folder = arguments.Text("--data");
  options.host = arguments.Text("--host");
  options.artifact_root = arguments.Text("--artifact-root");
  if (!options.artifact_root.starts_with("mlflow-artifacts:/")) {
    return base::Unimplemented(
        "only artifact roots that the server itself holds (mlflow-artifacts:/) are supported so "
        "far",
        {"artifact-root", options.artifact_root});
  }
  std::string destination = arguments.Text("--artifacts-destination");
  if (destination.starts_with("file://")) destination = destination.substr(7);
  if (destination.find("://") != std::string::npos) {
    return base::Unimplemented("artifacts can be kept in a folder only so far",
                               {"artifacts-destination", destination});
  }
  options.artifacts_destination = destination;
  options.allowed_hosts = arguments.All("--allowed-host");
  options.io_threads =
      static_cast<int>(std::clamp<int64_t>(arguments.Integer("--io-threads", 2), 1, 64));
  return options;
}

int Up(const Arguments& arguments) {
  Termination termination;
  ApplyLogOptions(arguments);
  const auto options = UpOptions(arguments);
  if (!options.ok()) return Report(options.error());
  const auto application = Application::Start(*options);
  if (!application.ok()) return Report(application.error());
  base::Log(base::LogLevel::kInfo, "ready",
            {{"address", (*application)->address()},
             {"data", options->data_folder.string()},
             {"version", std::string(kVersion)}});
  if (isatty(STDERR_FILENO) != 0)
    std::cerr << "\n  Modelyard is at " << (*application)->address() << "  (Ctrl-C ends it)\n\n";
  termination.Wait();
  base::Log(base::LogLevel::kInfo, "stopping");
  (*application)->Stop();
  return kOk;
}

int Serve(const Arguments& arguments) {
  Termination termination;
  ApplyLogOptions(arguments);
  if (const auto exposure = CheckExposure(arguments); !exposure.ok())
    return Report(exposure.error());
  const auto port = Port(arguments);
  if (!port.ok()) return Report(port.error());
  const auto served =
      SingleModelServer::Start(arguments.Text("MODEL"), arguments.Text("--host"), *port);
  if (!served.ok()) return Report(served.error());
  base::Log(base::LogLevel::kInfo, "ready",
            {{"address", (*served)->address()}, {"model", arguments.Text("MODEL")}});
  if (isatty(STDERR_FILENO) != 0) {
    std::cerr << "\n  " << arguments.Text("MODEL") << " is served at " << (*served)->address()
              << "/invocations  (Ctrl-C ends it)\n\n";
  }
  termination.Wait();
  (*served)->Stop();
  return kOk;
}

std::vector<Option> With(std::vector<Option> options, std::vector<Option> more) {
  for (Option& option : more) options.push_back(std::move(option));
  return options;
}

// By which a models:/ URI finds its server.
std::vector<Option> WhichServer() {
  std::vector<Option> options = ServerOptions();
  std::erase_if(options, [](const Option& option) { return option.name == "--json"; });
  return options;
}

}  // namespace

std::vector<Command> ServerCommands() {
  const Option exposure{.name = "--allow-unauthenticated",
                        .help = "listen beyond this machine although nobody is asked who they are"};
  return {
      {.path = {"up"},
       .summary =
           "start the server: tracking, registry, serving, monitoring and the web page on one port",
       .example = "modelyard up --data ./modelyard-data --port 5000",
       .options = With(
           {{.name = "--data",
             .value_name = "DIR",
             .help = "the data folder; made when missing",
             .default_value = "modelyard-data",
             .environment = "MODELYARD_DATA"},
            {.name = "--host",
             .value_name = "HOST",
             .help = "address to listen on",
             .default_value = "127.0.0.1",
             .environment = "MODELYARD_HOST"},
            {.name = "--port",
             .value_name = "N",
             .help = "0 picks a free one",
             .default_value = "5000",
             .environment = "MODELYARD_PORT"},
            {.name = "--database",
             .value_name = "URL",
             .help = "metadata elsewhere than in the data folder (not supported yet)",
             .environment = "MODELYARD_DATABASE"},
            {.name = "--artifact-root",
             .value_name = "URI",
             .help = "where new experiments keep artifacts",
             .default_value = "mlflow-artifacts:/",
             .environment = "MODELYARD_ARTIFACT_ROOT"},
            {.name = "--artifacts-destination",
             .value_name = "DIR",
             .help =
                 "the folder behind mlflow-artifacts:/; artifacts/ in the data folder by default",
             .environment = "MODELYARD_ARTIFACTS_DESTINATION"},
            {.name = "--allowed-host",
             .value_name = "NAME",
             .help = "a host name browsers may use; may be repeated",
             .is_repeatable = true},
            {.name = "--io-threads",
             .value_name = "N",
             .help = "threads that read and answer requests",
             .default_value = "2"},
            exposure},
           LogOptions()),
       .run = Up},
      {.path = {"serve"},
       .summary = "serve one model and nothing else",
       .example = "modelyard serve model.pkl --port 8080",
       .positionals = {{"MODEL",
                        "a model file, an MLflow model folder, or models:/NAME@ALIAS of a server"}},
       .options = With({{.name = "--host",
                         .value_name = "HOST",
                         .help = "address to listen on",
                         .default_value = "127.0.0.1",
                         .environment = "MODELYARD_HOST"},
                        {.name = "--port",
                         .value_name = "N",
                         .help = "0 picks a free one",
                         .default_value = "8080",
                         .environment = "MODELYARD_PORT"},
                        exposure},
                       With(LogOptions(), WhichServer())),
       .run = Serve},
  };
}

}  // namespace yard::app
