#include "protocols/native/events.h"

#include <string>
#include <utility>

#include "base/json/writer.h"
#include "monitoring/events.h"
#include "net/event_stream.h"
#include "net/router.h"
#include "registry/events.h"
#include "serving/events.h"
#include "tracking/events.h"

namespace yard::protocols::native {
namespace {

std::string_view ChangeName(tracking::ChangeKind kind) {
  switch (kind) {
    case tracking::ChangeKind::kCreated:
      return "created";
    case tracking::ChangeKind::kUpdated:
      return "updated";
    case tracking::ChangeKind::kLogged:
      return "logged";
    case tracking::ChangeKind::kDeleted:
      return "deleted";
    case tracking::ChangeKind::kRestored:
      return "restored";
  }
  return "updated";
}

std::string Describe(const tracking::RunChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("run_id", event.run_id)
      .Member("experiment_id", std::to_string(event.experiment_id))
      .Member("change", ChangeName(event.kind))
      .EndObject();
  return text;
}

std::string Describe(const tracking::ExperimentChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("experiment_id", std::to_string(event.experiment_id))
      .Member("change", ChangeName(event.kind))
      .EndObject();
  return text;
}

std::string Describe(const registry::VersionCreated& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("name", event.name)
      .Member("version", std::to_string(event.version))
      .Member("change", "version_created")
      .EndObject();
  return text;
}

std::string Describe(const registry::AliasChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("name", event.name)
      .Member("alias", event.alias)
      .Member("change", "alias_changed")
      .EndObject();
  return text;
}

std::string Describe(const registry::ModelChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("name", event.name)
      .Member("change", "changed")
      .EndObject();
  return text;
}

std::string Describe(const serving::EndpointChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("endpoint", event.endpoint)
      .Member("change", serving::EndpointActionName(event.action))
      .Member("arm", event.arm)
      .Member("from", event.from)
      .Member("to", event.to)
      .EndObject();
  return text;
}

std::string Describe(const serving::PredictionsLogged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("endpoint", event.endpoint)
      .Member("count", event.count)
      .EndObject();
  return text;
}

std::string Describe(const monitoring::AlertChanged& event) {
  std::string text;
  base::json::Writer(text)
      .BeginObject()
      .Member("endpoint", event.endpoint)
      .Member("feature", event.feature)
      .Member("state", event.is_firing ? "firing" : "resolved")
      .EndObject();
  return text;
}

template <typename Event>
base::EventBus::Subscription Forward(base::EventBus& events, net::EventHub& hub, std::string name) {
  return events.Subscribe<Event>(
      [&hub, name = std::move(name)](const Event& event) { hub.Publish({name, Describe(event)}); });
}

}  // namespace

std::vector<base::EventBus::Subscription> AddEventRoutes(net::Router& router, net::EventHub& hub,
                                                         base::EventBus& events) {
  router.HandleAsync(net::Method::kGet, "/api/v1/events",
                     [&hub](const std::shared_ptr<const net::Request>&,
                            const net::Responder& responder) { responder.Send(hub.Subscribe()); });
  std::vector<base::EventBus::Subscription> subscriptions;
  subscriptions.push_back(Forward<tracking::RunChanged>(events, hub, "run"));
  subscriptions.push_back(Forward<tracking::ExperimentChanged>(events, hub, "experiment"));
  subscriptions.push_back(Forward<registry::VersionCreated>(events, hub, "model"));
  subscriptions.push_back(Forward<registry::AliasChanged>(events, hub, "model"));
  subscriptions.push_back(Forward<registry::ModelChanged>(events, hub, "model"));
  subscriptions.push_back(Forward<serving::EndpointChanged>(events, hub, "endpoint"));
  subscriptions.push_back(Forward<serving::PredictionsLogged>(events, hub, "predictions"));
  subscriptions.push_back(Forward<monitoring::AlertChanged>(events, hub, "alert"));
  return subscriptions;
}

}  // namespace yard::protocols::native
