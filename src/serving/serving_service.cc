#include "serving/serving_service.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "registry/events.h"
#include "serving/endpoint_store.h"
#include "storage/database.h"
#include "storage/migrations.h"

namespace yard::serving {

namespace {

constexpr int kSecondsUpToMinutes = 5;
constexpr std::chrono::seconds kUpkeepStep{30};

EndpointRow NewRow(const EndpointConfig& config, base::Millis now) {
  // The name is the salt: anyone can recompute the split, also on a server that starts afresh.
  EndpointRow row{config.name, config.name, config.bake_time, now, now, {}};
  for (const auto& arm : config.arms) row.arms.push_back({arm, {}, {}});
  return row;
}

/// The row with another configuration; arms of the same name keep what they served.
EndpointRow Reconfigured(EndpointRow row, const EndpointConfig& config, base::Millis now) {
  std::vector<ArmRow> arms;
  for (const auto& wanted : config.arms) {
    const auto existing = std::find_if(row.arms.begin(), row.arms.end(), [&](const ArmRow& arm) {
      return arm.config.name == wanted.name;
    });
    arms.push_back(existing == row.arms.end() ? ArmRow() : *existing);
    arms.back().config = wanted;
  }
  row.arms = std::move(arms);
  row.bake_time = config.bake_time;
  row.updated = now;
  return row;
}

std::string WeightsText(const std::vector<ArmConfig>& arms) {
  std::string text;
  for (const auto& arm : arms) {
    if (!text.empty()) text += ", ";
    std::string weight = std::to_string(arm.weight);
    weight.erase(weight.find_last_not_of('0') + 1);
    if (weight.ends_with('.')) weight.pop_back();
    text += arm.name + " " + weight;
  }
  return text;
}

}  // namespace

ServingService::ServingService(const Neighbours& neighbours, ServingOptions options)
    : neighbours_(neighbours),
      options_(std::move(options)),
      metrics_(neighbours.telemetry),
      predictor_(neighbours.clock, metrics_, neighbours.log),
      journal_(neighbours.database, neighbours.clock, neighbours.events),
      loader_({neighbours.models, journal_, metrics_, neighbours.clock, options_.examples}) {
  directory_.Set(std::make_shared<const Directory>());
}

base::Result<std::unique_ptr<ServingService>> ServingService::Open(const Neighbours& neighbours,
                                                                   ServingOptions options) {
  std::unique_ptr<ServingService> service(new ServingService(neighbours, std::move(options)));
  YARD_RETURN_IF_ERROR(service->Start());
  return service;
}

base::Result<void> ServingService::Start() {
  const storage::SchemaComponent schema = ServingSchema();
  YARD_RETURN_IF_ERROR(storage::Migrate(neighbours_.database, neighbours_.clock, {&schema, 1}));
  YARD_ASSIGN_OR_RETURN(auto rows, neighbours_.database.Read(&EndpointStore::All));
  auto directory = std::make_shared<Directory>();
  for (auto& row : rows) {
    const std::string name = row.name;
    directory->emplace(name, std::make_shared<Endpoint>(std::move(row), metrics_));
  }
  directory_.Set(directory);
  Subscribe();
  for (const auto& [name, endpoint] : *directory) FollowAll(endpoint);
  upkeep_ = std::thread([this] { RunUpkeep(); });
  return {};
}

ServingService::~ServingService() {
  subscriptions_.clear();
  loader_.Stop();
  {
    const std::lock_guard lock(upkeep_mutex_);
    is_stopping_ = true;
  }
  upkeep_wakes_.notify_all();
  if (upkeep_.joinable()) upkeep_.join();
}

void ServingService::Subscribe() {
  auto& events = neighbours_.events;
  subscriptions_.push_back(events.Subscribe<registry::AliasChanged>(
      [this](const registry::AliasChanged& event) { FollowModel(event.name); }));
  subscriptions_.push_back(events.Subscribe<registry::VersionCreated>(
      [this](const registry::VersionCreated& event) { FollowModel(event.name); }));
  subscriptions_.push_back(events.Subscribe<registry::ModelChanged>(
      [this](const registry::ModelChanged& event) { FollowModel(event.name); }));
}

void ServingService::FollowModel(const std::string& model) {
  const auto directory = directory_.Get();
  for (const auto& [name, endpoint] : *directory) {
    for (const auto& arm : endpoint->ArmsOfModel(model)) loader_.Follow(endpoint, arm);
  }
}

void ServingService::FollowAll(const std::shared_ptr<Endpoint>& endpoint) {
  for (const auto& arm : endpoint->ArmNames()) loader_.Follow(endpoint, arm);
}

std::shared_ptr<const Routes> ServingService::Find(std::string_view name) const {
  const auto directory = directory_.Get();
  const auto found = directory->find(name);
  return found == directory->end() ? nullptr : found->second->routes();
}

base::Result<std::shared_ptr<Endpoint>> ServingService::Require(std::string_view name) const {
  const auto directory = directory_.Get();
  const auto found = directory->find(name);
  if (found != directory->end()) return found->second;
  return base::NotFound("there is no such endpoint", {"endpoint", std::string(name)})
      .WithReason("endpoint_not_found");
}

base::Result<void> ServingService::CheckModels(const std::vector<ArmConfig>& arms) const {
  for (const auto& arm : arms) YARD_RETURN_IF_ERROR(neighbours_.models.Resolve(arm.model));
  return {};
}

void ServingService::PutInDirectory(const std::string& name, std::shared_ptr<Endpoint> endpoint) {
  auto directory = std::make_shared<Directory>(*directory_.Get());
  directory->erase(name);
  if (endpoint) directory->emplace(name, std::move(endpoint));
  directory_.Set(directory);
}

base::Result<EndpointStatus> ServingService::Create(const EndpointConfig& config) {
  YARD_RETURN_IF_ERROR(CheckConfig(config));
  YARD_RETURN_IF_ERROR(CheckModels(config.arms));
  const base::Millis now = neighbours_.clock.Now();
  const EndpointEvent event{now, EndpointAction::kCreated, "", "", "", WeightsText(config.arms)};
  EndpointRow row = NewRow(config, now);
  std::shared_ptr<Endpoint> endpoint;
  {
    const std::lock_guard lock(control_);
    YARD_RETURN_IF_ERROR(
        neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
          EndpointStore store(transaction);
          YARD_RETURN_IF_ERROR(store.Insert(row));
          return store.AppendEvent(config.name, event);
        }));
    endpoint = std::make_shared<Endpoint>(std::move(row), metrics_);
    PutInDirectory(config.name, endpoint);
  }
  journal_.Announce(config.name, event);
  FollowAll(endpoint);
  endpoint->AwaitLoads(options_.load_wait);
  return endpoint->Status(neighbours_.clock.Now());
}

base::Result<EndpointStatus> ServingService::Update(const std::string& name,
                                                    const EndpointChange& change) {
  std::shared_ptr<Endpoint> endpoint;
  EndpointEvent event{neighbours_.clock.Now(), EndpointAction::kWeightsChanged, "", "", "", ""};
  if (change.arms) YARD_RETURN_IF_ERROR(CheckModels(*change.arms));
  {
    const std::lock_guard lock(control_);
    YARD_ASSIGN_OR_RETURN(endpoint, Require(name));
    EndpointConfig config = endpoint->Status(event.time).config;
    if (change.arms) config.arms = *change.arms;
    if (change.bake_time) config.bake_time = *change.bake_time;
    YARD_RETURN_IF_ERROR(CheckConfig(config));
    event.reason = WeightsText(config.arms);
    const EndpointRow row = Reconfigured(endpoint->Row(), config, event.time);
    YARD_RETURN_IF_ERROR(
        neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
          EndpointStore store(transaction);
          YARD_RETURN_IF_ERROR(store.Update(row));
          return store.AppendEvent(name, event);
        }));
    endpoint->Configure(config, event.time);
  }
  journal_.Announce(name, event);
  FollowAll(endpoint);
  endpoint->AwaitLoads(options_.load_wait);
  return endpoint->Status(neighbours_.clock.Now());
}

base::Result<void> ServingService::Delete(const std::string& name) {
  const EndpointEvent event{neighbours_.clock.Now(), EndpointAction::kDeleted, "", "", "", ""};
  {
    const std::lock_guard lock(control_);
    YARD_ASSIGN_OR_RETURN(const auto endpoint, Require(name));
    YARD_RETURN_IF_ERROR(
        neighbours_.database.Write([&](storage::Transaction& transaction) -> base::Result<void> {
          EndpointStore store(transaction);
          YARD_RETURN_IF_ERROR(store.Delete(name));
          return store.AppendEvent(name, event);
        }));
    PutInDirectory(name, nullptr);
    endpoint->Retire();
    metrics_.Remove(name);
  }
  journal_.Announce(name, event);
  return {};
}

base::Result<EndpointStatus> ServingService::Get(std::string_view name) const {
  YARD_ASSIGN_OR_RETURN(const auto endpoint, Require(name));
  return endpoint->Status(neighbours_.clock.Now());
}

std::vector<EndpointStatus> ServingService::List() const {
  const auto directory = directory_.Get();
  std::vector<EndpointStatus> all;
  for (const auto& [name, endpoint] : *directory) {
    all.push_back(endpoint->Status(neighbours_.clock.Now()));
  }
  return all;
}

base::Result<RolledBack> ServingService::Rollback(const std::string& name, const std::string& arm) {
  YARD_ASSIGN_OR_RETURN(const auto endpoint, Require(name));
  const std::lock_guard lock(control_);
  for (const auto& each : endpoint->ArmNames()) loader_.LoadPrevious(*endpoint, each);
  YARD_ASSIGN_OR_RETURN(const Endpoint::Swap swap, endpoint->BeginRollback(arm));
  const auto pointed = PointRegistryAt(*endpoint, swap);
  metrics_.switches.With({name, swap.arm}).Add();
  journal_.Record(name, endpoint->Row(swap.arm),
                  {{},
                   EndpointAction::kRolledBack,
                   swap.arm,
                   swap.from.version,
                   swap.to.version,
                   pointed.ok() ? "asked for" : pointed.error().message()});
  if (!pointed.ok()) return pointed.error();
  loader_.Follow(endpoint, swap.arm);
  return RolledBack{swap.arm, swap.from.version, swap.to.version,
                    endpoint->Status(neighbours_.clock.Now())};
}

base::Result<void> ServingService::PointRegistryAt(Endpoint& endpoint, const Endpoint::Swap& swap) {
  const auto moved = neighbours_.models.PointAt(swap.model, swap.to);
  const auto named = neighbours_.models.Resolve(swap.model);
  std::optional<std::string> pinned;
  const bool names_another = moved.ok() && named.ok() && *named != swap.to;
  if (names_another) pinned = "models:/" + swap.to.name + "/" + swap.to.version;
  endpoint.EndRollback(swap.arm, std::move(pinned));
  if (moved.ok()) return {};
  return base::Unavailable(
             "traffic is back on the previous version, but the alias could not be "
             "moved: " +
                 moved.error().message(),
             {"arm", swap.arm}, {"version", swap.to.version})
      .WithReason("alias_not_moved");
}

base::Result<std::vector<EndpointEvent>> ServingService::History(const std::string& name,
                                                                 size_t limit) const {
  YARD_ASSIGN_OR_RETURN(auto events, neighbours_.database.Read([&](storage::Snapshot& snapshot) {
    return EndpointStore::History(snapshot, name, limit);
  }));
  if (events.empty()) YARD_RETURN_IF_ERROR(Require(name));
  return events;
}

base::Result<std::vector<ArmTrafficPoint>> ServingService::Traffic(std::string_view name,
                                                                   int minutes) const {
  YARD_ASSIGN_OR_RETURN(const auto endpoint, Require(name));
  const auto step =
      minutes <= kSecondsUpToMinutes ? ArmTraffic::Step::kSecond : ArmTraffic::Step::kMinute;
  const base::Millis from(neighbours_.clock.Now().value - int64_t{minutes} * 60'000);
  std::vector<ArmTrafficPoint> points;
  const auto routes = endpoint->routes();
  for (const auto& arm : routes->arms()) {
    for (auto& slot : arm.traffic->Slots(step, from)) points.push_back({arm.name, slot});
  }
  std::sort(points.begin(), points.end(), [](const auto& left, const auto& right) {
    return std::tie(left.slot.start, left.arm) < std::tie(right.slot.start, right.arm);
  });
  return points;
}

void ServingService::RunUpkeep() {
  std::unique_lock lock(upkeep_mutex_);
  while (!is_stopping_) {
    upkeep_wakes_.wait_for(lock, kUpkeepStep, [this] { return is_stopping_; });
    const auto directory = directory_.Get();
    for (const auto& [name, endpoint] : *directory) endpoint->LetGo(neighbours_.clock.Now());
  }
}

}  // namespace yard::serving
