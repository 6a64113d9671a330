#include "protocols/native/endpoints.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json/described.h"
#include "protocols/native/endpoint_json.h"
#include "protocols/native/native_json.h"

namespace yard::protocols::native {

namespace {

using base::json::Required;
using serving::ServingService;

constexpr int64_t kMaxHistory = 10'000;
constexpr int64_t kMaxPredictions = 10'000;
constexpr int64_t kMinutesOfDay = 1'440;

struct ArmBody {
  Required<std::string> name;
  Required<std::string> model;
  double weight = 100;
};
YARD_DESCRIBE(ArmBody, name, model, weight)

struct CreateBody {
  Required<std::string> name;
  std::optional<std::string> model;  // short for one arm
  std::vector<ArmBody> arms;
  int64_t baked_minutes = 60;
};
YARD_DESCRIBE(CreateBody, name, model, arms, baked_minutes)

struct ChangeBody {
  std::optional<std::vector<ArmBody>> arms;
  std::optional<int64_t> baked_minutes;
};
YARD_DESCRIBE(ChangeBody, arms, baked_minutes)

struct RollbackBody {
  std::string arm;
};
YARD_DESCRIBE(RollbackBody, arm)

/// An arm that was not named is called after the alias that it follows.
std::string ArmNameFor(const std::string& model) {
  const size_t at = model.rfind('@');
  return at == std::string::npos ? "main" : model.substr(at + 1);
}

std::vector<serving::ArmConfig> ArmsOf(const std::vector<ArmBody>& bodies) {
  std::vector<serving::ArmConfig> arms;
  for (const auto& body : bodies) arms.push_back({*body.name, *body.model, body.weight});
  return arms;
}

std::string NameOf(const net::Request& request) {
  return std::string(request.path_parameter("name"));
}

net::Response Show(const base::Result<serving::EndpointStatus>& endpoint) {
  if (!endpoint.ok()) return ErrorResponse(endpoint.error());
  std::string json;
  base::json::Writer writer(json);
  WriteEndpoint(writer, *endpoint);
  return net::Response::Json(std::move(json));
}

net::Response Create(const net::Request& request, ServingService& service) {
  const auto body = ReadBody<CreateBody>(request);
  if (!body.ok()) return ErrorResponse(body.error());
  serving::EndpointConfig config{*body->name, ArmsOf(body->arms),
                                 std::chrono::minutes(body->baked_minutes)};
  const std::optional<std::string>& model = body->model;
  if (model && config.arms.empty()) config.arms.push_back({ArmNameFor(*model), *model, 100});
  return Show(service.Create(config));
}

net::Response Change(const net::Request& request, ServingService& service) {
  const auto body = ReadBody<ChangeBody>(request);
  if (!body.ok()) return ErrorResponse(body.error());
  serving::EndpointChange change;
  const auto& [arms, baked_minutes] = *body;
  if (arms) change.arms = ArmsOf(*arms);
  if (baked_minutes) change.bake_time = std::chrono::minutes(*baked_minutes);
  return Show(service.Update(NameOf(request), change));
}

net::Response Rollback(const net::Request& request, ServingService& service) {
  const auto body = ReadBody<RollbackBody>(request);
  if (!body.ok()) return ErrorResponse(body.error());
  const auto done = service.Rollback(NameOf(request), body->arm);
  if (!done.ok()) return ErrorResponse(done.error());
  return net::Response::Json(RolledBackJson(*done));
}

base::Result<std::string> History(const net::Request& request, ServingService& service) {
  YARD_ASSIGN_OR_RETURN(const int64_t limit,
                        IntegerParameter(request, "limit", 1'000, 1, kMaxHistory));
  YARD_ASSIGN_OR_RETURN(const auto events,
                        service.History(NameOf(request), static_cast<size_t>(limit)));
  return HistoryJson(events);
}

base::Result<std::string> Traffic(const net::Request& request, ServingService& service) {
  YARD_ASSIGN_OR_RETURN(const int64_t minutes,
                        IntegerParameter(request, "minutes", 60, 1, kMinutesOfDay));
  YARD_ASSIGN_OR_RETURN(const auto points,
                        service.Traffic(NameOf(request), static_cast<int>(minutes)));
  return TrafficJson(points);
}

base::Result<std::string> Predictions(const net::Request& request, ServingService& service) {
  YARD_ASSIGN_OR_RETURN(const int64_t limit,
                        IntegerParameter(request, "limit", 100, 1, kMaxPredictions));
  const std::string name = NameOf(request);
  YARD_RETURN_IF_ERROR(service.Get(name));
  if (service.log() == nullptr) return PredictionsJson({});
  service.log()->Flush();
  YARD_ASSIGN_OR_RETURN(const auto records,
                        service.log()->Newest(name, static_cast<size_t>(limit)));
  return PredictionsJson(records);
}

void AddReports(net::Router& router, ServingService& service) {
  const std::string one = "/api/v1/endpoints/{name}";
  router.Get(one + "/history",
             [&service](const net::Request& request) { return Reply(History(request, service)); });
  router.Get(one + "/traffic",
             [&service](const net::Request& request) { return Reply(Traffic(request, service)); });
  router.Get(one + "/predictions", [&service](const net::Request& request) {
    return Reply(Predictions(request, service));
  });
}

}  // namespace

void AddEndpointRoutes(net::Router& router, ServingService& service) {
  const std::string all = "/api/v1/endpoints";
  const std::string one = all + "/{name}";
  router.Get(all, [&service](const net::Request&) {
    return net::Response::Json(EndpointsJson(service.List()));
  });
  router.Post(all, [&service](const net::Request& request) { return Create(request, service); });
  router.Get(
      one, [&service](const net::Request& request) { return Show(service.Get(NameOf(request))); });
  router.Patch(one, [&service](const net::Request& request) { return Change(request, service); });
  router.Delete(one, [&service](const net::Request& request) {
    return ReplyEmpty(service.Delete(NameOf(request)));
  });
  router.Post(one + "/rollback",
              [&service](const net::Request& request) { return Rollback(request, service); });
  AddReports(router, service);
}

}  // namespace yard::protocols::native
