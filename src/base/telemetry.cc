#include "base/telemetry.h"

#include <algorithm>
#include <utility>

namespace yard::base {
namespace {

void AtomicAdd(std::atomic<double>& target, double amount) {
  double current = target.load(std::memory_order_relaxed);
  while (!target.compare_exchange_weak(current, current + amount, std::memory_order_relaxed)) {
  }
}

}  // namespace

void Counter::Add(double amount) { AtomicAdd(value_, amount); }
void Gauge::Add(double amount) { AtomicAdd(value_, amount); }

Histogram::Histogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)),
      counts_(new std::atomic<uint64_t>[upper_bounds_.size() + 1]()) {}

void Histogram::Observe(double value) {
  const auto bucket =
      std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value) - upper_bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  AtomicAdd(sum_, value);
}

Histogram::Snapshot Histogram::Take() const {
  Snapshot snapshot;
  snapshot.upper_bounds = upper_bounds_;
  for (size_t i = 0; i <= upper_bounds_.size(); ++i) {
    snapshot.bucket_counts.push_back(counts_[i].load(std::memory_order_relaxed));
    snapshot.count += snapshot.bucket_counts.back();
  }
  snapshot.sum = sum_.load(std::memory_order_relaxed);
  return snapshot;
}

double Histogram::Quantile(double q) const {
  const Snapshot snapshot = Take();
  if (snapshot.count == 0) return 0;
  double remaining = q * static_cast<double>(snapshot.count);
  for (size_t i = 0; i < snapshot.upper_bounds.size(); ++i) {
    const auto in_bucket = static_cast<double>(snapshot.bucket_counts[i]);
    const double lower = i == 0 ? 0 : snapshot.upper_bounds[i - 1];
    if (in_bucket >= remaining && in_bucket > 0)
      return lower + (snapshot.upper_bounds[i] - lower) * remaining / in_bucket;
    remaining -= in_bucket;
  }
  return snapshot.upper_bounds.empty() ? 0 : snapshot.upper_bounds.back();
}

std::vector<double> LatencyBuckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
          0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
}

template <typename Metric>
Family<Metric>::Family(std::vector<std::string> label_names,
                       std::function<std::unique_ptr<Metric>()> make)
    : label_names_(std::move(label_names)), make_(std::move(make)) {}

template <typename Metric>
Metric& Family<Metric>::With(const std::vector<std::string>& label_values) {
  std::lock_guard lock(mutex_);
  auto found = series_.find(label_values);
  if (found != series_.end()) return *found->second;
  const bool full = series_.size() >= kMaxSeries;
  const std::vector<std::string> key =
      full ? std::vector<std::string>(label_names_.size(), "other") : label_values;
  auto& metric = series_[key];
  if (!metric) metric = make_();
  return *metric;
}

template <typename Metric>
void Family<Metric>::Remove(std::string_view name, std::string_view value) {
  std::lock_guard lock(mutex_);
  const auto label =
      std::find(label_names_.begin(), label_names_.end(), name) - label_names_.begin();
  if (static_cast<size_t>(label) == label_names_.size()) return;
  for (auto it = series_.begin(); it != series_.end();) {
    if (it->first[static_cast<size_t>(label)] != value) {
      ++it;
      continue;
    }
    removed_.push_back(it->second);  // references handed out stay valid
    it = series_.erase(it);
  }
}

template <typename Metric>
void Family<Metric>::ForEach(
    const std::function<void(const std::vector<std::string>&, const Metric&)>& visit) const {
  std::lock_guard lock(mutex_);
  for (const auto& [labels, metric] : series_) visit(labels, *metric);
}

template class Family<Counter>;
template class Family<Gauge>;
template class Family<Histogram>;

Family<Counter>& Telemetry::CounterFamily(std::string name, std::string help,
                                          std::vector<std::string> label_names) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[name];
  if (!entry.counters) {
    entry.counters = std::make_unique<Family<Counter>>(std::move(label_names),
                                                       [] { return std::make_unique<Counter>(); });
    entry.description = {std::move(name),      std::move(help), MetricType::kCounter,
                         entry.counters.get(), nullptr,         nullptr};
  }
  return *entry.counters;
}

Family<Gauge>& Telemetry::GaugeFamily(std::string name, std::string help,
                                      std::vector<std::string> label_names) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[name];
  if (!entry.gauges) {
    entry.gauges = std::make_unique<Family<Gauge>>(std::move(label_names),
                                                   [] { return std::make_unique<Gauge>(); });
    entry.description = {std::move(name), std::move(help),    MetricType::kGauge,
                         nullptr,         entry.gauges.get(), nullptr};
  }
  return *entry.gauges;
}

Family<Histogram>& Telemetry::HistogramFamily(std::string name, std::string help,
                                              std::vector<std::string> label_names,
                                              std::vector<double> upper_bounds) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_[name];
  if (!entry.histograms) {
    entry.histograms = std::make_unique<Family<Histogram>>(
        std::move(label_names),
        [bounds = std::move(upper_bounds)] { return std::make_unique<Histogram>(bounds); });
    entry.description = {std::move(name), std::move(help), MetricType::kHistogram,
                         nullptr,         nullptr,         entry.histograms.get()};
  }
  return *entry.histograms;
}

std::vector<Telemetry::Description> Telemetry::Families() const {
  std::lock_guard lock(mutex_);
  std::vector<Description> families;
  for (const auto& [name, entry] : entries_) families.push_back(entry.description);
  return families;
}

}  // namespace yard::base
