#include "base/events.h"

namespace yard::base {

EventBus::Subscription EventBus::Add(std::type_index type, Listener listener) {
  std::lock_guard lock(mutex_);
  const uint64_t id = next_id_++;
  listeners_[type].emplace_back(id, std::make_shared<Listener>(std::move(listener)));
  return Subscription([this, type, id] {
    std::lock_guard inner(mutex_);
    std::erase_if(listeners_[type], [id](const auto& entry) { return entry.first == id; });
  });
}

void EventBus::Deliver(std::type_index type, const void* event) const {
  std::vector<std::shared_ptr<Listener>> targets;
  {
    std::lock_guard lock(mutex_);
    const auto found = listeners_.find(type);
    if (found == listeners_.end()) return;
    for (const auto& [id, listener] : found->second) targets.push_back(listener);
  }
  for (const auto& listener : targets) (*listener)(event);
}

}  // namespace yard::base
