#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "base/executor.h"
#include "net/dispatcher.h"
#include "net/route_metrics.h"
#include "net/server.h"

namespace yard::net {

/// How many connections are open, and a way to wait until none is. Thread-safe.
class ConnectionCount {
 public:
  size_t value() const { return count_.load(std::memory_order_relaxed); }
  void Add();
  void Remove();
  bool WaitUntilNone(std::chrono::milliseconds timeout);

 private:
  std::atomic<size_t> count_{0};
  std::mutex mutex_;
  std::condition_variable none_;
};

/// Bounds the memory of all bodies that are being buffered. Thread-safe.
class BodyBudget {
 public:
  explicit BodyBudget(size_t limit_bytes) : limit_bytes_(limit_bytes) {}

  /// A part of the budget, given back when it dies.
  class Share {
   public:
    Share() = default;
    ~Share();
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Raises the share to `size_bytes`. False when the budget is spent.
    bool Raise(BodyBudget& budget, size_t size_bytes);

   private:
    BodyBudget* budget_ = nullptr;
    size_t size_bytes_ = 0;
  };

 private:
  const size_t limit_bytes_;
  std::atomic<size_t> used_bytes_{0};
};

/// What all connections of a server share.
struct ServerContext {
  ServerContext(const ServerOptions& server_options, std::shared_ptr<Dispatcher> request_dispatcher,
                base::Telemetry& telemetry, size_t route_count)
      : options(server_options),
        dispatcher(std::move(request_dispatcher)),
        metrics(telemetry, route_count),
        bodies(server_options.buffered_bodies_limit_bytes),
        files("net-files", 2, server_options.max_connections) {}

  const ServerOptions options;
  const std::shared_ptr<Dispatcher> dispatcher;
  RouteMetrics metrics;
  BodyBudget bodies;
  base::Executor files;  // reads files for answers; at most one task a connection
  ConnectionCount connections;
  std::atomic<bool> is_draining{false};
};

}  // namespace yard::net
