#include "protocols/prometheus/accept.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>

namespace yard::protocols::prometheus {
namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlank = " \t";
  const size_t start = text.find_first_not_of(kBlank);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlank) - start + 1);
}

/// Takes what stands before the next separator off `rest`.
std::string_view NextPart(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return Trim(part);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// One entry of an Accept header.
struct MediaRange {
  std::string type;
  std::string version;
  double quality = 1;
};

MediaRange ParseRange(std::string_view entry) {
  MediaRange range;
  range.type = Lower(NextPart(entry, ';'));
  while (!entry.empty()) {
    std::string_view parameter = NextPart(entry, ';');
    const std::string name = Lower(NextPart(parameter, '='));
    std::string_view value = Trim(parameter);
    if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
    if (name == "version") range.version = std::string(value);
    if (name == "q") std::from_chars(value.data(), value.data() + value.size(), range.quality);
  }
  return range;
}

std::optional<TextFormat> FormatOf(const MediaRange& range) {
  if (range.type == "application/openmetrics-text") {
    if (range.version.empty() || range.version == "1.0.0") return TextFormat::kOpenMetrics;
    return std::nullopt;
  }
  if (range.type == "*/*" || range.type == "text/*") return TextFormat::kPrometheusText;
  if (range.type != "text/plain") return std::nullopt;
  if (range.version.empty() || range.version == "0.0.4") return TextFormat::kPrometheusText;
  return std::nullopt;
}

}  // namespace

TextFormat ChooseFormat(std::string_view accept) {
  TextFormat best = TextFormat::kPrometheusText;
  double best_quality = 0;
  while (!accept.empty()) {
    const MediaRange range = ParseRange(NextPart(accept, ','));
    const auto format = FormatOf(range);
    if (!format || !(range.quality > best_quality)) continue;
    best = *format;
    best_quality = range.quality;
  }
  return best;
}

std::string_view ContentTypeOf(TextFormat format) {
  return format == TextFormat::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace yard::protocols::prometheus
