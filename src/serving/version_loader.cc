#include "serving/version_loader.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"

namespace yard::serving {

namespace {

constexpr size_t kQueueLimit = 10'000;  // arms that may wait; each waits once

std::string VersionOf(const std::optional<ModelKey>& key) { return key ? key->version : ""; }

/// The error for people: its message and the details that say where.
std::string Explain(const base::Error& error) {
  std::string text = error.message();
  for (const auto& detail : error.details()) {
    text.append("; ").append(detail.name).append(" ").append(detail.value);
  }
  return text;
}

}  // namespace

VersionLoader::VersionLoader(Neighbours neighbours)
    : neighbours_(std::move(neighbours)), executor_("model-loader", 1, kQueueLimit) {}

VersionLoader::~VersionLoader() { Stop(); }

void VersionLoader::Stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  executor_.Stop();
}

void VersionLoader::Follow(const std::shared_ptr<Endpoint>& endpoint, const std::string& arm) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || !waiting_.emplace(endpoint.get(), arm).second) return;
  }
  if (executor_.TryPost([this, endpoint, arm] { FollowNow(endpoint, arm); })) return;
  base::Log(base::LogLevel::kError, "too many arms wait for a model", {{"arm", arm}});
  const std::lock_guard lock(mutex_);
  waiting_.erase({endpoint.get(), arm});
}

void VersionLoader::FollowNow(const std::shared_ptr<Endpoint>& endpoint, const std::string& arm) {
  {
    // Forgotten before the URI is resolved: a change from now on asks for another look.
    const std::lock_guard lock(mutex_);
    waiting_.erase({endpoint.get(), arm});
    if (is_stopping_) return;
  }
  const auto ticket = endpoint->BeginLoad(arm);
  if (!ticket) return;
  const auto wanted = neighbours_.models.Resolve(ticket->model);
  if (!wanted.ok()) {
    Fail(*endpoint, arm, *ticket, "", wanted.error());
  } else if (wanted.value() == ticket->current) {
    endpoint->EndLoad(arm, ticket->epoch);
  } else {
    Load(*endpoint, arm, *ticket, *wanted);
  }
  LoadPrevious(*endpoint, arm);
}

base::Result<std::shared_ptr<const Servable>> VersionLoader::Prepare(const ModelKey& key) {
  YARD_ASSIGN_OR_RETURN(auto model, neighbours_.models.Load(key));
  return Servable::Prepare(key, std::move(model), neighbours_.examples);
}

void VersionLoader::Load(Endpoint& endpoint, const std::string& arm,
                         const Endpoint::LoadTicket& ticket, const ModelKey& wanted) {
  if (auto loaded = endpoint.Loaded(arm, wanted)) {
    return Adopt(endpoint, arm, ticket, std::move(loaded));
  }
  auto servable = Prepare(wanted);
  if (!servable.ok()) return Fail(endpoint, arm, ticket, wanted.version, servable.error());
  Adopt(endpoint, arm, ticket, *std::move(servable));
}

void VersionLoader::Adopt(Endpoint& endpoint, const std::string& arm,
                          const Endpoint::LoadTicket& ticket,
                          std::shared_ptr<const Servable> servable) {
  const ModelKey key = servable->key();
  const auto adopted =
      endpoint.Adopt(arm, ticket.epoch, std::move(servable), neighbours_.clock.Now());
  // The arm was rolled back or configured anew meanwhile; whoever did it asks for another look.
  if (adopted == Endpoint::Adoption::kStale) return;
  const auto from = ticket.current ? ticket.current : ticket.last_served;
  const bool is_restart = from == key;  // it serves what it served before
  if (!is_restart) RecordSwitch(endpoint, arm, VersionOf(from), key);
  endpoint.EndLoad(arm, ticket.epoch);
}

void VersionLoader::RecordSwitch(Endpoint& endpoint, const std::string& arm,
                                 const std::string& from, const ModelKey& to) {
  const std::string name = endpoint.routes()->endpoint();
  const auto row = endpoint.Row(arm);
  const std::string model = row ? row->config.model : "";
  neighbours_.metrics.switches.With({name, arm}).Add();
  neighbours_.journal.Record(name, row,
                             {{},
                              EndpointAction::kArmSwitched,
                              arm,
                              from,
                              to.version,
                              model + " names version " + to.version});
}

void VersionLoader::Fail(Endpoint& endpoint, const std::string& arm,
                         const Endpoint::LoadTicket& ticket, const std::string& version,
                         const base::Error& error) {
  RecordFailure(endpoint, arm, VersionOf(ticket.current), version, error);
  const bool has_fallback =
      !ticket.current && ticket.last_served && ticket.last_served->version != version;
  if (has_fallback) return LoadLastServed(endpoint, arm, ticket, error);
  endpoint.FailLoad(arm, ticket.epoch, Explain(error));
}

void VersionLoader::LoadLastServed(Endpoint& endpoint, const std::string& arm,
                                   const Endpoint::LoadTicket& ticket, const base::Error& why) {
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
  auto servable = Prepare(*ticket.last_served);
  if (!servable.ok()) return endpoint.FailLoad(arm, ticket.epoch, Explain(why));
  Adopt(endpoint, arm, ticket, *std::move(servable));
  endpoint.FailLoad(arm, ticket.epoch, Explain(why));
}

void VersionLoader::RecordFailure(Endpoint& endpoint, const std::string& arm,
                                  const std::string& from, const std::string& version,
                                  const base::Error& error) {
  const std::string name = endpoint.routes()->endpoint();
  neighbours_.metrics.load_failures.With({name, arm}).Add();
  base::Log(base::LogLevel::kError, "a model version could not be loaded",
            {{"endpoint", name}, {"arm", arm}, {"version", version}, {"error", error.ToString()}});
  neighbours_.journal.Record(name, std::nullopt,
                             {{}, EndpointAction::kLoadFailed, arm, from, version, Explain(error)});
}

void VersionLoader::LoadPrevious(Endpoint& endpoint, const std::string& arm) {
  while (const auto key = endpoint.PreviousToLoad(arm)) {
    auto servable = Prepare(*key);
    if (servable.ok()) return endpoint.KeepPrevious(arm, *std::move(servable));
    base::Log(base::LogLevel::kWarning, "a previous version can no longer be loaded",
              {{"arm", arm}, {"version", key->version}, {"error", servable.error().ToString()}});
    endpoint.ForgetPrevious(arm, *key);
  }
}

}  // namespace yard::serving
