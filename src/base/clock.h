#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>

namespace yard::base {

/// A moment in milliseconds since 1970-01-01 UTC, as every wire protocol here writes it.
struct Millis {
  int64_t value = 0;

  constexpr Millis() = default;
  constexpr explicit Millis(int64_t milliseconds) : value(milliseconds) {}
  friend constexpr auto operator<=>(Millis, Millis) = default;
};

/// Where time comes from. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall time. May jump when the machine's clock is set.
  virtual Millis Now() const = 0;
  /// Time for measuring durations; never goes backwards.
  virtual std::chrono::steady_clock::time_point Steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Millis Now() const override;
  std::chrono::steady_clock::time_point Steady() const override;
};

/// Stands still until it is moved: for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Millis start = Millis(1'700'000'000'000));
  Millis Now() const override;
  std::chrono::steady_clock::time_point Steady() const override;
  void Advance(std::chrono::milliseconds duration);
  void Set(Millis now);

 private:
  mutable std::mutex mutex_;
  Millis now_;
  std::chrono::steady_clock::time_point steady_;
};

}  // namespace yard::base
