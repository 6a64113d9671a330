#include "base/executor.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"

namespace yard::base {

struct Executor::State {
  std::string name;
  size_t queue_limit = 0;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> queue;
  bool stopping = false;
  std::vector<std::jthread> threads;

  void Run() {
    for (;;) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        task = std::move(queue.front());
        queue.pop_front();
      }
      RunGuarded(task);
    }
  }

  void RunGuarded(const std::function<void()>& task) const {
    try {
      task();
    } catch (const std::exception& exception) {
      Log(LogLevel::kError, "a task threw", {{"executor", name}, {"what", exception.what()}});
    } catch (...) {
      Log(LogLevel::kError, "a task threw", {{"executor", name}});
    }
  }
};

Executor::Executor(std::string name, int thread_count, size_t queue_limit)
    : state_(std::make_unique<State>()) {
  state_->name = std::move(name);
  state_->queue_limit = queue_limit;
  for (int i = 0; i < thread_count; ++i)
    state_->threads.emplace_back([state = state_.get()] { state->Run(); });
}

Executor::~Executor() { Stop(); }

bool Executor::TryPost(std::function<void()> task) {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->queue.size() >= state_->queue_limit) return false;
    state_->queue.push_back(std::move(task));
  }
  state_->wake.notify_one();
  return true;
}

void Executor::Stop() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::jthread& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
}

size_t Executor::queued() const {
  std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

}  // namespace yard::base
