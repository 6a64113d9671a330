#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace yard::base {

/// A fixed set of threads with a bounded queue: where work that may block runs, away from the I/O
/// threads. Thread-safe.
class Executor {
 public:
  /// `thread_count` >= 1; `queue_limit` is how many tasks may wait beyond those that run.
  Executor(std::string name, int thread_count, size_t queue_limit);
  /// Finishes what is queued, then joins.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Queues `task`; false when the queue is full or the executor is stopping (the caller then
  /// answers "busy"). Exceptions that leave a task are logged and counted, and the thread goes on.
  bool TryPost(std::function<void()> task);

  /// Stops taking tasks, finishes those queued and joins the threads. Idempotent.
  void Stop();

  size_t queued() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace yard::base
