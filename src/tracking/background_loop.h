#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace yard::tracking {

/// A thread that works some time after it was told that there is something to do, so that much is
/// done at once, and sleeps otherwise. Thread-safe.
class BackgroundLoop {
 public:
  /// `work` runs `pause` after Notify (or twice as long as it took last time, if that is longer),
  /// or at once after Hurry. What it throws is logged.
  BackgroundLoop(std::chrono::milliseconds pause, std::function<void()> work);
  ~BackgroundLoop() { Stop(); }
  BackgroundLoop(const BackgroundLoop&) = delete;
  BackgroundLoop& operator=(const BackgroundLoop&) = delete;

  /// Cheap when it was called already.
  void Notify();
  void Hurry();
  /// Waits for the running work; nothing runs afterwards. Idempotent.
  void Stop();

 private:
  void Run();
  void Work();

  const std::chrono::milliseconds pause_;
  const std::function<void()> work_;
  std::atomic<bool> has_work_{false};
  std::atomic<bool> is_urgent_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace yard::tracking
