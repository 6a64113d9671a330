#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace yard::base {

/// Carries facts against the arrows of the house: a lower room publishes what happened, an upper
/// room hears it.
///
/// An event is a plain struct that its room declares in `<room>/events.h`. Delivery is synchronous
/// on the publisher's thread, after the effect is durable, so a listener must be quick and never
/// throw: it hands long work to an executor. Thread-safe.
class EventBus {
 public:
  /// Ends a subscription when destroyed. After it is gone the listener is not called again.
  class Subscription {
   public:
    Subscription() = default;
    ~Subscription() { Cancel(); }
    Subscription(Subscription&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
    Subscription& operator=(Subscription&& other) noexcept {
      Cancel();
      cancel_ = std::exchange(other.cancel_, nullptr);
      return *this;
    }
    void Cancel() {
      if (cancel_) std::exchange(cancel_, nullptr)();
    }

   private:
    friend class EventBus;
    explicit Subscription(std::function<void()> cancel) : cancel_(std::move(cancel)) {}
    std::function<void()> cancel_;
  };

  template <typename Event>
  [[nodiscard]] Subscription Subscribe(std::function<void(const Event&)> listener) {
    return Add(typeid(Event), [listener = std::move(listener)](const void* event) {
      listener(*static_cast<const Event*>(event));
    });
  }

  template <typename Event>
  void Publish(const Event& event) const {
    Deliver(typeid(Event), &event);
  }

 private:
  using Listener = std::function<void(const void*)>;

  Subscription Add(std::type_index type, Listener listener);
  void Deliver(std::type_index type, const void* event) const;

  mutable std::mutex mutex_;
  uint64_t next_id_ = 1;
  std::unordered_map<std::type_index, std::vector<std::pair<uint64_t, std::shared_ptr<Listener>>>>
      listeners_;
};

}  // namespace yard::base
