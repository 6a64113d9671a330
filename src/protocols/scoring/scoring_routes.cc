#include "protocols/scoring/scoring_routes.h"

#include <memory>
#include <string_view>
#include <utility>

#include "protocols/scoring/invocations.h"
#include "protocols/scoring/predict.h"
#include "protocols/scoring/scoring_errors.h"
#include "protocols/scoring/scoring_target.h"

namespace yard::protocols::scoring {

namespace {

// The MLflow whose scoring server these routes speak like.
constexpr std::string_view kMlflowVersion = "3.17.2";

using Target = std::shared_ptr<const ScoringTarget>;
using RequestPointer = std::shared_ptr<const net::Request>;

std::string EndpointOf(const net::Request& request) {
  return std::string(request.path_parameter("name"));
}

/// 200 while a version serves, else 404 as MLflow's server has it.
net::Response Ping(const std::string& endpoint, const ScoringTarget& target) {
  const auto routes = target.find(endpoint);
  if (!routes) return MlflowError(NoSuchEndpoint(endpoint));
  const bool serves = routes->ArmOf("") != nullptr;
  return net::Response::Json("\n", serves ? 200 : 404);
}

net::Response Version() { return net::Response::Json(std::string(kMlflowVersion)); }

void AddProbes(net::Router& router, const std::string& prefix, const Target& target) {
  const auto ping = [target](const RequestPointer& request, const net::Responder& responder) {
    responder.Send(Ping(EndpointOf(*request), *target));
  };
  router.HandleAsync(net::Method::kGet, prefix + "/ping", ping);
  router.HandleAsync(net::Method::kGet, prefix + "/health", ping);
  router.HandleAsync(
      net::Method::kGet, prefix + "/version",
      [](const RequestPointer&, const net::Responder& responder) { responder.Send(Version()); });
}

void AddRoutes(net::Router& router, const std::string& prefix, const std::string& predict,
               const Target& target) {
  AddProbes(router, prefix, target);
  router.HandleAsync(net::Method::kPost, prefix + "/invocations",
                     [target](const RequestPointer& request, const net::Responder& responder) {
                       AnswerInvocations(request, responder, EndpointOf(*request), *target);
                     });
  router.HandleAsync(net::Method::kPost, predict,
                     [target](const RequestPointer& request, const net::Responder& responder) {
                       AnswerPredict(request, responder, EndpointOf(*request), *target);
                     });
}

}  // namespace

void AddScoringRoutes(net::Router& router, serving::ServingService& service,
                      base::Executor& executor) {
  const Target target = std::make_shared<const ScoringTarget>(
      ScoringTarget{[&service](std::string_view name) { return service.Find(name); },
                    service.predictor(), executor});
  AddRoutes(router, "/endpoints/{name}", "/predict/{name}", target);
}

void AddSingleModelRoutes(net::Router& router, const serving::SingleModel& model,
                          base::Executor& executor) {
  const Target target = std::make_shared<const ScoringTarget>(ScoringTarget{
      [&model](std::string_view) { return model.routes(); }, model.predictor(), executor});
  AddRoutes(router, "", "/predict", target);
}

}  // namespace yard::protocols::scoring
