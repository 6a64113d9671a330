#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/telemetry.h"
#include "protocols/prometheus/accept.h"

namespace yard::protocols::prometheus {

/// Writes families of metrics as text, in either format. Escaping, HELP and TYPE, cumulative
/// buckets and the end mark follow the format; a counter's family is named without `_total` in
/// OpenMetrics and with it in the plain text.
class Exposition {
 public:
  explicit Exposition(TextFormat format) : format_(format) {}

  void Family(const base::Telemetry::Description& family);
  /// A family of one series.
  using Labels = std::vector<std::pair<std::string, std::string>>;
  void Single(std::string_view name, std::string_view help, base::MetricType type, double value,
              const Labels& labels = {});

  /// The whole text. Call once, last.
  std::string Take();

 private:
  void Head(std::string_view name, std::string_view help, base::MetricType type);
  void Sample(std::string_view name, std::string_view suffix, const Labels& labels,
              std::string_view value);
  void Buckets(std::string_view name, Labels labels, const base::Histogram::Snapshot& histogram);
  std::string SampleName(std::string_view name, base::MetricType type) const;

  TextFormat format_;
  std::string text_;
};

/// The shortest text that reads back to the same number; NaN, +Inf and -Inf by name.
std::string NumberText(double value);

}  // namespace yard::protocols::prometheus
