#include "protocols/prometheus/exposition.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace yard::protocols::prometheus {
namespace {

using base::MetricType;

constexpr std::string_view kTotal = "_total";

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "untyped";
}

std::string_view WithoutTotal(std::string_view name) {
  if (name.ends_with(kTotal)) name.remove_suffix(kTotal.size());
  return name;
}

void AppendEscaped(std::string& out, std::string_view text, bool escapes_quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && escapes_quotes) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

Exposition::Labels Zip(const std::vector<std::string>& names,
                       const std::vector<std::string>& values) {
  Exposition::Labels labels;
  for (size_t i = 0; i < names.size() && i < values.size(); ++i) {
    labels.emplace_back(names[i], values[i]);
  }
  return labels;
}

// OpenMetrics wants the bounds of buckets to be written as floats: "1.0".
std::string BoundText(double bound, TextFormat format) {
  std::string text = NumberText(bound);
  const bool is_integer = text.find_first_not_of("0123456789-") == std::string::npos;
  if (format == TextFormat::kOpenMetrics && is_integer) text += ".0";
  return text;
}

}  // namespace

std::string NumberText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return std::string(buffer.data(), end);
}

void Exposition::Family(const base::Telemetry::Description& family) {
  Head(family.name, family.help, family.type);
  if (family.counters != nullptr) {
    family.counters->ForEach([&](const auto& labels, const base::Counter& counter) {
      Sample(SampleName(family.name, family.type), "", Zip(family.counters->label_names(), labels),
             NumberText(counter.value()));
    });
  }
  if (family.gauges != nullptr) {
    family.gauges->ForEach([&](const auto& labels, const base::Gauge& gauge) {
      Sample(family.name, "", Zip(family.gauges->label_names(), labels), NumberText(gauge.value()));
    });
  }
  if (family.histograms != nullptr) {
    family.histograms->ForEach([&](const auto& labels, const base::Histogram& histogram) {
      Buckets(family.name, Zip(family.histograms->label_names(), labels), histogram.Take());
    });
  }
}

void Exposition::Single(std::string_view name, std::string_view help, MetricType type, double value,
                        const Labels& labels) {
  Head(name, help, type);
  Sample(SampleName(name, type), "", labels, NumberText(value));
}

std::string Exposition::Take() {
  if (format_ == TextFormat::kOpenMetrics) text_ += "# EOF\n";
  return std::move(text_);
}

std::string Exposition::SampleName(std::string_view name, MetricType type) const {
  if (type != MetricType::kCounter) return std::string(name);
  return std::string(WithoutTotal(name)) + std::string(kTotal);
}

void Exposition::Head(std::string_view name, std::string_view help, MetricType type) {
  const bool open = format_ == TextFormat::kOpenMetrics;
  std::string family(name);
  if (type == MetricType::kCounter) {
    family = open ? std::string(WithoutTotal(name)) : SampleName(name, type);
  }
  text_ += "# HELP " + family + " ";
  AppendEscaped(text_, help, open);
  text_ += "\n# TYPE " + family + " ";
  text_ += TypeName(type);
  text_ += '\n';
}

void Exposition::Sample(std::string_view name, std::string_view suffix, const Labels& labels,
                        std::string_view value) {
  text_ += name;
  text_ += suffix;
  if (!labels.empty()) {
    char separator = '{';
    for (const auto& [label, text] : labels) {
      text_ += separator;
      separator = ',';
      text_ += label;
      text_ += "=\"";
      AppendEscaped(text_, text, true);
      text_ += '"';
    }
    text_ += '}';
  }
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

void Exposition::Buckets(std::string_view name, Labels labels,
                         const base::Histogram::Snapshot& histogram) {
  uint64_t cumulative = 0;
  labels.emplace_back("le", "");
  for (size_t i = 0; i < histogram.bucket_counts.size(); ++i) {
    cumulative += histogram.bucket_counts[i];
    const bool is_last = i == histogram.upper_bounds.size();
    labels.back().second = is_last ? "+Inf" : BoundText(histogram.upper_bounds[i], format_);
    Sample(name, "_bucket", labels, std::to_string(cumulative));
  }
  labels.pop_back();
  Sample(name, "_sum", labels, NumberText(histogram.sum));
  // The sum of the buckets, not a counter of its own: the two must agree within one scrape.
  Sample(name, "_count", labels, std::to_string(cumulative));
}

}  // namespace yard::protocols::prometheus
