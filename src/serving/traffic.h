#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "base/clock.h"

namespace yard::serving {

/// Latencies in buckets of a quarter octave from 1 µs to 16 s: 19 % wide, so a quantile is within
/// 10 %.
class LatencyCounts {
 public:
  void Add(std::chrono::nanoseconds latency);
  void Merge(const LatencyCounts& other);
  /// The q-quantile (0..1) in milliseconds; 0 when empty.
  double QuantileMilliseconds(double q) const;

 private:
  static constexpr size_t kBuckets = 97;
  std::array<uint32_t, kBuckets> counts_{};
};

/// What happened in one second or minute.
struct TrafficSlot {
  base::Millis start;
  uint64_t requests = 0;  // with the errors
  uint64_t errors = 0;
  LatencyCounts latencies;  // of answered requests

  void Merge(const TrafficSlot& other);
};

/// The recent traffic of one arm, for people: seconds of the last five minutes, minutes of the last
/// day, totals since the start. Lives in memory only. Thread-safe.
class ArmTraffic {
 public:
  void RecordAnswer(base::Millis now, std::chrono::nanoseconds latency);
  void RecordError(base::Millis now);

  struct Totals {
    uint64_t requests = 0;
    uint64_t errors = 0;
  };
  Totals totals() const;

  enum class Step { kSecond, kMinute };
  /// The slots with start >= `from`, oldest first; those without traffic are left out.
  std::vector<TrafficSlot> Slots(Step step, base::Millis from) const;

 private:
  struct Series {
    int64_t step_ms = 0;
    size_t limit = 0;
    std::deque<TrafficSlot> slots;

    TrafficSlot& At(base::Millis now);
  };

  mutable std::mutex mutex_;
  Series seconds_{1'000, 300, {}};
  Series minutes_{60'000, 1'440, {}};
  Totals totals_;
};

}  // namespace yard::serving
