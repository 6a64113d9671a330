#include "serving/endpoint.h"

#include <algorithm>
#include <utility>

namespace yard::serving {

namespace {

constexpr int64_t kRecentMilliseconds = 60'000;

/// Whether `uri` is models:/<name> followed by @alias, /version or /stage.
bool NamesModel(std::string_view uri, std::string_view name) {
  constexpr std::string_view kScheme = "models:/";
  if (!uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  if (!uri.starts_with(name)) return false;
  uri.remove_prefix(name.size());
  return uri.starts_with('@') || uri.starts_with('/');
}

}  // namespace

std::string_view ArmStateName(ArmState state) {
  switch (state) {
    case ArmState::kLoading:
      return "loading";
    case ArmState::kServing:
      return "serving";
    case ArmState::kFailed:
      return "failed";
  }
  return "failed";
}

Endpoint::Endpoint(EndpointRow row, ServingMetrics& metrics)
    : name_(std::move(row.name)),
      salt_(std::move(row.salt)),
      created_(row.created),
      metrics_(metrics),
      bake_time_(row.bake_time),
      updated_(row.updated) {
  for (auto& stored : row.arms) {
    Arm arm;
    arm.config = std::move(stored.config);
    arm.last_served = std::move(stored.served);
    for (auto& previous : stored.previous) {
      arm.previous.push_back({std::move(previous.key), previous.replaced, nullptr});
    }
    arms_.push_back(std::move(arm));
  }
  Publish();
}

void Endpoint::Publish() {
  std::vector<ActiveArm> active;
  for (const auto& arm : arms_) {
    active.push_back(MakeActiveArm(name_, arm.config.name, arm.config.weight, arm.current,
                                   arm.traffic, metrics_));
  }
  routes_.Set(std::make_shared<const Routes>(name_, salt_, std::move(active)));
}

Endpoint::Arm* Endpoint::Find(std::string_view name) {
  const auto found = std::find_if(arms_.begin(), arms_.end(),
                                  [&](const Arm& arm) { return arm.config.name == name; });
  return found == arms_.end() ? nullptr : &*found;
}

const Endpoint::Arm* Endpoint::Find(std::string_view name) const {
  return const_cast<Endpoint*>(this)->Find(name);
}

std::optional<Endpoint::LoadTicket> Endpoint::BeginLoad(std::string_view name) {
  const std::lock_guard lock(mutex_);
  Arm* const arm = Find(name);
  if (arm == nullptr || arm->is_held) return std::nullopt;
  arm->is_loading = true;
  LoadTicket ticket{arm->config.model, arm->epoch, {}, arm->last_served};
  if (arm->current) ticket.current = arm->current->key();
  return ticket;
}

std::shared_ptr<const Servable> Endpoint::Loaded(std::string_view name, const ModelKey& key) const {
  const std::lock_guard lock(mutex_);
  const Arm* const arm = Find(name);
  if (arm == nullptr) return nullptr;
  if (arm->current && arm->current->key() == key) return arm->current;
  for (const auto& previous : arm->previous) {
    if (previous.key == key) return previous.servable;
  }
  return nullptr;
}

Endpoint::Arm* Endpoint::FindLoading(std::string_view name, uint64_t epoch) {
  Arm* const arm = Find(name);
  if (arm == nullptr || arm->epoch != epoch) return nullptr;
  arm->is_loading = false;
  settled_.notify_all();
  return arm;
}

Endpoint::Adoption Endpoint::Adopt(std::string_view name, uint64_t epoch,
                                   std::shared_ptr<const Servable> servable, base::Millis now) {
  const std::lock_guard lock(mutex_);
  Arm* const arm = Find(name);
  if (arm == nullptr || arm->epoch != epoch) return Adoption::kStale;
  arm->error.clear();
  Replace(*arm, std::move(servable), now);
  LetGoLocked(now);
  Publish();
  return Adoption::kSwitched;
}

void Endpoint::Replace(Arm& arm, std::shared_ptr<const Servable> next, base::Millis now) {
  std::erase_if(arm.previous, [&](const Previous& item) { return item.key == next->key(); });
  if (arm.current && arm.current->key() != next->key()) {
    arm.previous.insert(arm.previous.begin(), {arm.current->key(), now, arm.current});
  }
  // After a start the version that served before may have been replaced meanwhile.
  const bool was_replaced = !arm.current && arm.last_served && *arm.last_served != next->key();
  if (was_replaced) arm.previous.insert(arm.previous.begin(), {*arm.last_served, now, nullptr});
  arm.last_served = next->key();
  arm.current = std::move(next);
}

void Endpoint::EndLoad(std::string_view name, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (Arm* const arm = FindLoading(name, epoch); arm != nullptr) arm->error.clear();
}

void Endpoint::FailLoad(std::string_view name, uint64_t epoch, std::string error) {
  const std::lock_guard lock(mutex_);
  if (Arm* const arm = FindLoading(name, epoch); arm != nullptr) arm->error = std::move(error);
}

std::optional<ModelKey> Endpoint::PreviousToLoad(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const Arm* const arm = Find(name);
  if (arm == nullptr || arm->previous.empty() || arm->previous.front().servable) {
    return std::nullopt;
  }
  return arm->previous.front().key;
}

void Endpoint::KeepPrevious(std::string_view name, std::shared_ptr<const Servable> servable) {
  const std::lock_guard lock(mutex_);
  Arm* const arm = Find(name);
  if (arm == nullptr) return;
  for (auto& previous : arm->previous) {
    if (previous.key == servable->key()) previous.servable = servable;
  }
}

void Endpoint::ForgetPrevious(std::string_view name, const ModelKey& key) {
  const std::lock_guard lock(mutex_);
  Arm* const arm = Find(name);
  if (arm == nullptr) return;
  std::erase_if(arm->previous, [&](const Previous& previous) { return previous.key == key; });
}

void Endpoint::AwaitLoads(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  settled_.wait_for(lock, timeout, [&] {
    return std::none_of(arms_.begin(), arms_.end(), [](const Arm& arm) { return arm.is_loading; });
  });
}

Endpoint::Arm* Endpoint::FindForRollback() {
  Arm* only = nullptr;
  for (auto& arm : arms_) {
    if (arm.previous.empty()) continue;
    if (only != nullptr) return nullptr;
    only = &arm;
  }
  return only;
}

base::Result<Endpoint::Swap> Endpoint::BeginRollback(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const bool any_previous =
      std::any_of(arms_.begin(), arms_.end(), [](const Arm& arm) { return !arm.previous.empty(); });
  Arm* const arm = name.empty() ? FindForRollback() : Find(name);
  if (arm == nullptr && !name.empty()) {
    return base::NotFound("the endpoint has no such arm", {"endpoint", name_},
                          {"arm", std::string(name)})
        .WithReason("arm_not_found");
  }
  if (arm == nullptr && any_previous) {
    return base::FailedPrecondition("more than one arm can be rolled back: name one",
                                    {"endpoint", name_})
        .WithReason("arm_not_named");
  }
  if (arm == nullptr || arm->previous.empty() || !arm->previous.front().servable) {
    return base::FailedPrecondition("there is no previous version to roll back to",
                                    {"endpoint", name_})
        .WithReason("no_previous_version");
  }
  Swap swap{arm->config.name, arm->config.model, {}, arm->previous.front().key};
  if (arm->current) swap.from = arm->current->key();
  arm->current = arm->previous.front().servable;
  arm->previous.erase(arm->previous.begin());
  arm->last_served = swap.to;
  arm->error.clear();
  arm->is_held = true;
  arm->is_loading = false;
  ++arm->epoch;
  settled_.notify_all();
  Publish();
  return swap;
}

void Endpoint::EndRollback(std::string_view name, std::optional<std::string> pinned_model) {
  const std::lock_guard lock(mutex_);
  Arm* const arm = Find(name);
  if (arm == nullptr) return;
  if (pinned_model) arm->config.model = *std::move(pinned_model);
  arm->is_held = false;
}

void Endpoint::Configure(const EndpointConfig& config, base::Millis now) {
  const std::lock_guard lock(mutex_);
  std::vector<Arm> arms;
  for (const auto& wanted : config.arms) {
    Arm* const existing = Find(wanted.name);
    Arm arm = existing != nullptr ? std::move(*existing) : Arm();
    if (existing != nullptr) existing->config.name.clear();  // taken
    if (arm.config.model != wanted.model) {
      ++arm.epoch;
      arm.is_loading = true;
    }
    arm.config = wanted;
    arms.push_back(std::move(arm));
  }
  arms_ = std::move(arms);
  bake_time_ = config.bake_time;
  updated_ = now;
  Publish();
}

void Endpoint::Retire() {
  const std::lock_guard lock(mutex_);
  arms_.clear();  // requests under way keep the routes, and with them the versions
  settled_.notify_all();
}

void Endpoint::LetGo(base::Millis now) {
  const std::lock_guard lock(mutex_);
  LetGoLocked(now);
}

void Endpoint::LetGoLocked(base::Millis now) {
  const int64_t keep_ms = std::chrono::milliseconds(bake_time_).count();
  for (auto& arm : arms_) {
    while (arm.previous.size() > 1 && arm.previous.back().replaced.value + keep_ms <= now.value) {
      arm.previous.pop_back();
    }
  }
}

std::optional<base::Millis> Endpoint::NextLetGo() const {
  const std::lock_guard lock(mutex_);
  const int64_t keep_ms = std::chrono::milliseconds(bake_time_).count();
  std::optional<base::Millis> next;
  for (const auto& arm : arms_) {
    if (arm.previous.size() < 2) continue;
    const base::Millis due(arm.previous.back().replaced.value + keep_ms);
    next = next ? std::min(*next, due) : due;
  }
  return next;
}

ArmRow Endpoint::RowOf(const Arm& arm) {
  ArmRow row{arm.config, arm.last_served, {}};
  for (const auto& previous : arm.previous)
    row.previous.push_back({previous.key, previous.replaced});
  return row;
}

EndpointRow Endpoint::Row() const {
  const std::lock_guard lock(mutex_);
  EndpointRow row{name_, salt_, bake_time_, created_, updated_, {}};
  for (const auto& arm : arms_) row.arms.push_back(RowOf(arm));
  return row;
}

std::optional<ArmRow> Endpoint::Row(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const Arm* const arm = Find(name);
  if (arm == nullptr) return std::nullopt;
  return RowOf(*arm);
}

ArmStatus Endpoint::StatusOf(const Arm& arm) {
  ArmStatus status;
  status.config = arm.config;
  status.error = arm.error;
  status.state = arm.current      ? ArmState::kServing
                 : arm.is_loading ? ArmState::kLoading
                                  : ArmState::kFailed;
  if (arm.current) status.serving = arm.current->key();
  for (const auto& previous : arm.previous) {
    if (previous.servable) status.previous.push_back(previous.key);
  }
  const auto totals = arm.traffic->totals();
  status.requests = totals.requests;
  status.errors = totals.errors;
  return status;
}

EndpointStatus Endpoint::Status(base::Millis now) const {
  const std::lock_guard lock(mutex_);
  EndpointStatus status{{name_, {}, bake_time_}, {}, created_, updated_, TrafficLocked(now)};
  for (const auto& arm : arms_) {
    status.config.arms.push_back(arm.config);
    status.arms.push_back(StatusOf(arm));
  }
  return status;
}

RecentTraffic Endpoint::TrafficLocked(base::Millis now) const {
  RecentTraffic recent;
  TrafficSlot merged;
  // The second that is still filling does not count for the rate.
  const base::Millis from(now.value - now.value % 1'000 - kRecentMilliseconds);
  for (const auto& arm : arms_) {
    const auto totals = arm.traffic->totals();
    recent.requests += totals.requests;
    recent.errors += totals.errors;
    for (const auto& slot : arm.traffic->Slots(ArmTraffic::Step::kSecond, from)) {
      merged.Merge(slot);
    }
  }
  recent.requests_per_second =
      static_cast<double>(merged.requests) * 1'000.0 / static_cast<double>(kRecentMilliseconds);
  recent.p50_ms = merged.latencies.QuantileMilliseconds(0.5);
  recent.p90_ms = merged.latencies.QuantileMilliseconds(0.9);
  recent.p99_ms = merged.latencies.QuantileMilliseconds(0.99);
  return recent;
}

std::vector<std::string> Endpoint::ArmNames() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& arm : arms_) names.push_back(arm.config.name);
  return names;
}

std::vector<std::string> Endpoint::ArmsOfModel(std::string_view model) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& arm : arms_) {
    if (NamesModel(arm.config.model, model)) names.push_back(arm.config.name);
  }
  return names;
}

}  // namespace yard::serving
