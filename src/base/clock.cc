#include "base/clock.h"

namespace yard::base {

Millis SystemClock::Now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Millis(std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
}

std::chrono::steady_clock::time_point SystemClock::Steady() const {
  return std::chrono::steady_clock::now();
}

ManualClock::ManualClock(Millis start) : now_(start) {}

Millis ManualClock::Now() const {
  std::lock_guard lock(mutex_);
  return now_;
}

std::chrono::steady_clock::time_point ManualClock::Steady() const {
  std::lock_guard lock(mutex_);
  return steady_;
}

void ManualClock::Advance(std::chrono::milliseconds duration) {
  std::lock_guard lock(mutex_);
  now_.value += duration.count();
  steady_ += duration;
}

void ManualClock::Set(Millis now) {
  std::lock_guard lock(mutex_);
  now_ = now;
}

}  // namespace yard::base
