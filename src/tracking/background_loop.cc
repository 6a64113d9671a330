#include "tracking/background_loop.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"

namespace yard::tracking {

BackgroundLoop::BackgroundLoop(std::chrono::milliseconds pause, std::function<void()> work)
    : pause_(pause), work_(std::move(work)), thread_([this] { Run(); }) {}

void BackgroundLoop::Stop() {
  {
    std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundLoop::Notify() {
  if (has_work_.load()) return;
  {
    std::lock_guard lock(mutex_);
    has_work_ = true;
  }
  changed_.notify_all();
}

void BackgroundLoop::Hurry() {
  if (is_urgent_.load()) return;
  {
    std::lock_guard lock(mutex_);
    has_work_ = true;
    is_urgent_ = true;
  }
  changed_.notify_all();
}

void BackgroundLoop::Work() {
  try {
    work_();
  } catch (const std::exception& exception) {
    base::Log(base::LogLevel::kError, "background work threw", {{"what", exception.what()}});
  }
}

void BackgroundLoop::Run() {
  using Clock = std::chrono::steady_clock;
  Clock::duration pause = pause_;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || has_work_; });
    changed_.wait_for(lock, pause, [this] { return is_stopping_ || is_urgent_; });
    if (is_stopping_) return;
    has_work_ = false;
    is_urgent_ = false;
    lock.unlock();
    const Clock::time_point start = Clock::now();
    Work();
    pause = std::max<Clock::duration>(pause_, 2 * (Clock::now() - start));
    lock.lock();
  }
}

}  // namespace yard::tracking
