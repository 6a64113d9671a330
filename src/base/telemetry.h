#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace yard::base {

/// Only goes up. Thread-safe and lock-free.
class Counter {
 public:
  void Add(double amount = 1);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Goes up and down. Thread-safe and lock-free.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double amount);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

/// Counts observations into fixed buckets (upper bounds, ascending; +Inf is added). Thread-safe and
/// lock-free.
class Histogram {
 public:
  explicit Histogram(std::vector<double> upper_bounds);
  void Observe(double value);

  struct Snapshot {
    std::vector<double> upper_bounds;     // without +Inf
    std::vector<uint64_t> bucket_counts;  // not cumulative; one longer than upper_bounds
    double sum = 0;
    uint64_t count = 0;
  };
  Snapshot Take() const;
  /// The q-quantile (0..1) by linear interpolation inside its bucket; 0 when empty.
  double Quantile(double q) const;

 private:
  std::vector<double> upper_bounds_;
  std::unique_ptr<std::atomic<uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

/// Bounds for request durations in seconds: 0.5 ms to 10 s.
std::vector<double> LatencyBuckets();

enum class MetricType { kCounter, kGauge, kHistogram };

/// All series of one name: the label names are fixed, their values are not. At most kMaxSeries
/// series; beyond it the overflow series (every label "other") takes the rest, so that a careless
/// label cannot eat the memory.
template <typename Metric>
class Family {
 public:
  static constexpr size_t kMaxSeries = 2000;
  Family(std::vector<std::string> label_names, std::function<std::unique_ptr<Metric>()> make);

  /// The series with those label values (in the order of the names), made at first use. The
  /// reference lives as long as the registry: keep it on hot paths.
  Metric& With(const std::vector<std::string>& label_values);
  /// Forgets every series whose label `name` has that value, so that a deleted thing leaves the
  /// exposition.
  void Remove(std::string_view name, std::string_view value);
  const std::vector<std::string>& label_names() const { return label_names_; }
  void ForEach(const std::function<void(const std::vector<std::string>& label_values,
                                        const Metric& metric)>& visit) const;

 private:
  std::vector<std::string> label_names_;
  std::function<std::unique_ptr<Metric>()> make_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, std::shared_ptr<Metric>> series_;
  std::vector<std::shared_ptr<Metric>> removed_;
};

/// Every metric of the process. Passed by reference, never a global. Thread-safe.
class Telemetry {
 public:
  /// Names follow Prometheus' rules: yard_ prefix, base units, _total for counters. The same name
  /// twice returns the same family.
  Family<Counter>& CounterFamily(std::string name, std::string help,
                                 std::vector<std::string> label_names = {});
  Family<Gauge>& GaugeFamily(std::string name, std::string help,
                             std::vector<std::string> label_names = {});
  Family<Histogram>& HistogramFamily(std::string name, std::string help,
                                     std::vector<std::string> label_names,
                                     std::vector<double> upper_bounds);

  struct Description {
    std::string name;
    std::string help;
    MetricType type = MetricType::kCounter;
    const Family<Counter>* counters = nullptr;
    const Family<Gauge>* gauges = nullptr;
    const Family<Histogram>* histograms = nullptr;
  };
  /// Every family in order of name; exactly one pointer of each is set.
  std::vector<Description> Families() const;

 private:
  struct Entry {
    Description description;
    std::unique_ptr<Family<Counter>> counters;
    std::unique_ptr<Family<Gauge>> gauges;
    std::unique_ptr<Family<Histogram>> histograms;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace yard::base
