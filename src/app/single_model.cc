#include "app/single_model.h"

#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"
#include "base/telemetry.h"
#include "inference/model.h"
#include "net/server.h"
#include "protocols/prometheus/prometheus_routes.h"
#include "protocols/scoring/input_example.h"
#include "protocols/scoring/scoring_routes.h"
#include "serving/single_model.h"

namespace yard::app {

struct SingleModelServer::Parts {
  base::SystemClock clock;
  base::Telemetry telemetry;
  std::unique_ptr<serving::SingleModel> model;
  base::Executor executor{"blocking", 4, 1024};
  net::Router router;
  std::unique_ptr<net::Server> server;
  std::string host;
};

SingleModelServer::SingleModelServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SingleModelServer::~SingleModelServer() { Stop(); }

base::Result<std::unique_ptr<SingleModelServer>> SingleModelServer::Start(
    const std::filesystem::path& model, const std::string& host, uint16_t port) {
  auto parts = std::make_unique<Parts>();
  YARD_ASSIGN_OR_RETURN(auto loaded, inference::LoadModel(model));
  const auto name = model.filename().empty() ? model.parent_path().filename() : model.filename();
  YARD_ASSIGN_OR_RETURN(
      parts->model, serving::SingleModel::Open({name.string(), "1"}, std::move(loaded),
                                               protocols::scoring::ReadInputExample, parts->clock,
                                               parts->telemetry));
  protocols::scoring::AddSingleModelRoutes(parts->router, *parts->model, parts->executor);
  protocols::prometheus::AddPrometheusRoutes(parts->router, parts->telemetry);
  net::ServerOptions options;
  options.host = host;
  options.port = port;
  YARD_ASSIGN_OR_RETURN(parts->server, net::Server::Listen(options, parts->router, parts->executor,
                                                           parts->telemetry));
  parts->host = host;
  return std::unique_ptr<SingleModelServer>(new SingleModelServer(std::move(parts)));
}

std::string SingleModelServer::address() const {
  const bool is_ipv6 = parts_->host.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + parts_->host + "]" : parts_->host) + ":" +
         std::to_string(parts_->server->port());
}

void SingleModelServer::Stop() {
  if (!parts_ || !parts_->server) return;
  parts_->server->Shutdown(std::chrono::seconds(10));
  parts_->executor.Stop();
}

}  // namespace yard::app
