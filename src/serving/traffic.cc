#include "serving/traffic.h"

#include <algorithm>
#include <cmath>

namespace yard::serving {

namespace {

constexpr double kBucketsPerOctave = 4;

double UpperMicroseconds(size_t bucket) {
  return std::exp2(static_cast<double>(bucket) / kBucketsPerOctave);
}

}  // namespace

void LatencyCounts::Add(std::chrono::nanoseconds latency) {
  const double microseconds = std::max(1.0, static_cast<double>(latency.count()) * 1e-3);
  const double bucket = std::ceil(std::log2(microseconds) * kBucketsPerOctave);
  ++counts_[std::min(static_cast<size_t>(bucket), kBuckets - 1)];
}

void LatencyCounts::Merge(const LatencyCounts& other) {
  for (size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
}

double LatencyCounts::QuantileMilliseconds(double q) const {
  double total = 0;
  for (const uint32_t count : counts_) total += count;
  if (total == 0) return 0;
  const double rank = q * total;
  double below = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    if (counts_[i] == 0 || below + counts_[i] < rank) {
      below += counts_[i];
      continue;
    }
    const double lower = i == 0 ? 0 : UpperMicroseconds(i - 1);
    const double part = (rank - below) / counts_[i];
    return (lower + part * (UpperMicroseconds(i) - lower)) * 1e-3;
  }
  return UpperMicroseconds(kBuckets - 1) * 1e-3;
}

void TrafficSlot::Merge(const TrafficSlot& other) {
  requests += other.requests;
  errors += other.errors;
  latencies.Merge(other.latencies);
}

TrafficSlot& ArmTraffic::Series::At(base::Millis now) {
  const base::Millis start(now.value - now.value % step_ms);
  // A clock that was set back keeps counting into the newest slot.
  if (slots.empty() || slots.back().start < start) {
    slots.push_back({start, 0, 0, {}});
    if (slots.size() > limit) slots.pop_front();
  }
  return slots.back();
}

void ArmTraffic::RecordAnswer(base::Millis now, std::chrono::nanoseconds latency) {
  const std::lock_guard lock(mutex_);
  ++totals_.requests;
  for (Series* series : {&seconds_, &minutes_}) {
    TrafficSlot& slot = series->At(now);
    ++slot.requests;
    slot.latencies.Add(latency);
  }
}

void ArmTraffic::RecordError(base::Millis now) {
  const std::lock_guard lock(mutex_);
  ++totals_.requests;
  ++totals_.errors;
  for (Series* series : {&seconds_, &minutes_}) {
    TrafficSlot& slot = series->At(now);
    ++slot.requests;
    ++slot.errors;
  }
}

ArmTraffic::Totals ArmTraffic::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

std::vector<TrafficSlot> ArmTraffic::Slots(Step step, base::Millis from) const {
  const std::lock_guard lock(mutex_);
  const auto& slots = step == Step::kSecond ? seconds_.slots : minutes_.slots;
  std::vector<TrafficSlot> found;
  for (const auto& slot : slots) {
    if (slot.start >= from) found.push_back(slot);
  }
  return found;
}

}  // namespace yard::serving
