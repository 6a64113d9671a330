#include "app/application.h"

#include <utility>

#include "app/page.h"
#include "app/version.h"
#include "base/clock.h"
#include "base/events.h"
#include "base/executor.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "monitoring/model_predictor.h"
#include "monitoring/monitor_service.h"
#include "monitoring/prediction_history.h"
#include "monitoring/schema.h"
#include "monitoring/training_data.h"
#include "monitoring/webhook.h"
#include "net/event_stream.h"
#include "net/server.h"
#include "net/static_files.h"
#include "protocols/mlflow/routes.h"
#include "protocols/native/endpoints.h"
#include "protocols/native/events.h"
#include "protocols/native/monitors.h"
#include "protocols/native/server.h"
#include "protocols/prometheus/prometheus_routes.h"
#include "protocols/scoring/input_example.h"
#include "protocols/scoring/scoring_routes.h"
#include "registry/registry_service.h"
#include "serving/prediction_log.h"
#include "serving/registry_models.h"
#include "serving/serving_service.h"
#include "storage/data_folder.h"
#include "storage/file_artifact_store.h"
#include "storage/migrations.h"
#include "storage/sqlite_database.h"
#include "tracking/experiment_service.h"
#include "tracking/logged_model_service.h"
#include "tracking/run_service.h"
#include "tracking/tracking_store.h"

namespace yard::app {
namespace {

constexpr int kBlockingThreads = 16;
constexpr size_t kBlockingQueue = 4096;
constexpr std::chrono::seconds kDrainTime{10};

storage::SqliteOptions PredictionOptions(base::Telemetry& telemetry) {
  storage::SqliteOptions options;
  options.durability = storage::Durability::kUnflushed;  // the log is written after the answer
                                                         // anyway; docs/serving.md
  options.reader_count = 2;
  options.telemetry = &telemetry;
  return options;
}

storage::SqliteOptions TruthOptions(base::Telemetry& telemetry) {
  storage::SqliteOptions options;
  options.telemetry = &telemetry;
  return options;
}

}  // namespace

// Members are made from top to bottom and destroyed from bottom to top: what is below uses what is
// above.
struct Application::Parts {
  base::SystemClock clock;
  base::Telemetry telemetry;
  base::EventBus events;
  std::unique_ptr<storage::DataFolder> folder;
  std::unique_ptr<storage::Database> database;
  std::unique_ptr<storage::Database> predictions_database;
  std::unique_ptr<storage::ArtifactStore> artifacts;
  std::unique_ptr<tracking::TrackingStore> tracking;
  std::unique_ptr<tracking::ExperimentService> experiments;
  std::unique_ptr<tracking::RunService> runs;
  std::unique_ptr<tracking::LoggedModelService> logged_models;
  std::unique_ptr<registry::RegistryService> registry;
  std::unique_ptr<serving::PredictionLog> prediction_log;
  std::unique_ptr<serving::RegistryModels> models;
  std::unique_ptr<serving::ServingService> serving;
  std::unique_ptr<monitoring::PredictionHistory> history;
  std::unique_ptr<monitoring::TrainingData> training_data;
  std::unique_ptr<monitoring::ModelPredictor> predictor;
  std::unique_ptr<monitoring::WebhookSender> webhooks;
  std::unique_ptr<monitoring::MonitorService> monitors;
  std::unique_ptr<net::EventHub> hub;
  std::vector<base::EventBus::Subscription> forwarded;
  std::unique_ptr<net::StaticFiles> page;
  net::Router router;
  std::unique_ptr<base::Executor> executor;  // its tasks use everything above
  std::unique_ptr<net::Server> server;
  std::string host;
  bool is_stopped = false;

  base::Result<void> OpenStorage(const ApplicationOptions& options);
  base::Result<void> OpenTracking(const ApplicationOptions& options);
  base::Result<void> OpenServing();
  base::Result<void> OpenMonitoring();
  void AddRoutes();
  base::Result<void> Listen(const ApplicationOptions& options);
};

base::Result<void> Application::Parts::OpenStorage(const ApplicationOptions& options) {
  YARD_ASSIGN_OR_RETURN(auto opened,
                        storage::DataFolder::Open(options.data_folder, std::string(kVersion)));
  folder = std::make_unique<storage::DataFolder>(std::move(opened));
  YARD_ASSIGN_OR_RETURN(database,
                        storage::OpenSqlite(folder->database_file(), TruthOptions(telemetry)));
  YARD_ASSIGN_OR_RETURN(
      predictions_database,
      storage::OpenSqlite(folder->predictions() / "predictions.db", PredictionOptions(telemetry)));
  const auto& destination =
      options.artifacts_destination.empty() ? folder->artifacts() : options.artifacts_destination;
  YARD_ASSIGN_OR_RETURN(artifacts, storage::OpenFileArtifactStore(destination));
  return {};
}

base::Result<void> Application::Parts::OpenTracking(const ApplicationOptions& options) {
  tracking::TrackingOptions tracking_options;
  tracking_options.artifact_root = options.artifact_root;
  tracking_options.search_path = folder->search_file().string();
  YARD_ASSIGN_OR_RETURN(tracking,
                        tracking::TrackingStore::Open(*database, clock, events, tracking_options));
  experiments = std::make_unique<tracking::ExperimentService>(*tracking);
  runs = std::make_unique<tracking::RunService>(*tracking);
  logged_models = std::make_unique<tracking::LoggedModelService>(*tracking);
  return {};
}

base::Result<void> Application::Parts::OpenServing() {
  YARD_ASSIGN_OR_RETURN(registry, registry::RegistryService::Open({*database, *artifacts, *runs,
                                                                   *logged_models, events, clock}));
  YARD_ASSIGN_OR_RETURN(prediction_log, serving::PredictionLog::Open(*predictions_database, clock,
                                                                     events, telemetry));
  models = std::make_unique<serving::RegistryModels>(*registry);
  serving::ServingOptions options;
  options.examples = protocols::scoring::ReadInputExample;
  YARD_ASSIGN_OR_RETURN(
      serving, serving::ServingService::Open(
                   {*database, *models, clock, events, telemetry, prediction_log.get()}, options));
  return {};
}

base::Result<void> Application::Parts::OpenMonitoring() {
  const storage::SchemaComponent schemas[] = {monitoring::MonitoringSchema()};
  YARD_RETURN_IF_ERROR(storage::Migrate(*database, clock, schemas));
  history = monitoring::HistoryOf(*prediction_log);
  training_data = monitoring::RunTrainingData(*registry, *runs, *artifacts);
  predictor = monitoring::RegistryPredictor(*registry);
  webhooks = monitoring::HttpWebhooks();
  YARD_ASSIGN_OR_RETURN(
      monitors, monitoring::MonitorService::Start({*database, *history, *training_data, *predictor,
                                                   *webhooks, clock, events, telemetry}));
  return {};
}

void Application::Parts::AddRoutes() {
  protocols::mlflow::AddMlflowRoutes(router,
                                     {*experiments, *runs, *logged_models, *registry, *artifacts});
  protocols::scoring::AddScoringRoutes(router, *serving, *executor);
  protocols::native::AddEndpointRoutes(router, *serving);
  protocols::native::AddMonitorRoutes(router, *monitors);
  protocols::prometheus::AddPrometheusRoutes(router, telemetry);
  protocols::native::AddServerRoutes(
      router, {std::string(kVersion), folder->path().string(), clock.Now()}, clock);
  hub = std::make_unique<net::EventHub>(telemetry);
  forwarded = protocols::native::AddEventRoutes(router, *hub, events);
  page = std::make_unique<net::StaticFiles>(PageFiles());
  router.Fallback(page->handler());
}

base::Result<void> Application::Parts::Listen(const ApplicationOptions& options) {
  net::ServerOptions server_options;
  server_options.host = options.host;
  server_options.port = options.port;
  server_options.io_threads = options.io_threads;
  server_options.guard.allowed_hosts = options.allowed_hosts;
  YARD_ASSIGN_OR_RETURN(server, net::Server::Listen(server_options, router, *executor, telemetry));
  host = options.host;
  return {};
}

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Application::~Application() { Stop(); }

base::Result<std::unique_ptr<Application>> Application::Start(const ApplicationOptions& options) {
  auto parts = std::make_unique<Parts>();
  YARD_RETURN_IF_ERROR(parts->OpenStorage(options));
  YARD_RETURN_IF_ERROR(parts->OpenTracking(options));
  YARD_RETURN_IF_ERROR(parts->OpenServing());
  YARD_RETURN_IF_ERROR(parts->OpenMonitoring());
  parts->executor = std::make_unique<base::Executor>("blocking", kBlockingThreads, kBlockingQueue);
  parts->AddRoutes();
  YARD_RETURN_IF_ERROR(parts->Listen(options));
  std::unique_ptr<Application> application(new Application(std::move(parts)));
  YARD_RETURN_IF_ERROR(
      application->parts_->folder->Announce(application->address(), application->parts_->clock));
  return application;
}

std::string Application::address() const {
  const bool is_ipv6 = parts_->host.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + parts_->host + "]" : parts_->host) + ":" +
         std::to_string(parts_->server->port());
}

void Application::Stop() {
  if (!parts_ || std::exchange(parts_->is_stopped, true)) return;
  if (parts_->hub) parts_->hub->Close();
  if (parts_->server) parts_->server->Shutdown(kDrainTime);
  if (parts_->executor) parts_->executor->Stop();
  parts_->monitors
      .reset();  // finishes the pane that is being judged, and needs the database for it
  parts_->serving.reset();
  parts_->history.reset();
  parts_->prediction_log.reset();
  if (parts_->database) parts_->database->StopWriter();
}

}  // namespace yard::app
