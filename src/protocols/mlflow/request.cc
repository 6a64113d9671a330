#include "protocols/mlflow/request.h"

#include <charconv>

#include "base/json/value.h"

namespace yard::protocols::mlflow {
namespace {

std::string_view MediaType(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  const size_t last = content_type.find_last_not_of(" \t");
  return content_type.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

base::Result<int64_t> ParseInteger(std::string_view text, base::Error otherwise) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return otherwise;
  return number;
}

}  // namespace

base::Result<void> ReadScalar(base::json::Element element, EnumName& out) {
  YARD_ASSIGN_OR_RETURN(const base::json::Kind kind, element.kind());
  if (kind != base::json::Kind::kNumber) return base::json::ReadScalar(element, out.text);
  YARD_ASSIGN_OR_RETURN(const int64_t number, element.Integer());
  out.text = std::to_string(number);
  return {};
}

base::Result<void> ReadScalarText(std::string_view text, EnumName& out) {
  out.text = text;
  return {};
}

base::Result<void> CheckContentType(const net::Request& request) {
  const auto content_type = request.headers.Get("Content-Type");
  if (content_type && MediaType(*content_type) == "application/json") return {};
  return base::InvalidArgument("the body must be JSON; send Content-Type: application/json",
                               {"value", std::string(content_type.value_or(""))})
      .WithReason("bad_content_type");
}

base::Result<std::string> SubstituteBody(std::string_view body) {
  const auto value = base::json::Parse(body);
  if (!value.ok() || value->is_null()) return std::string("{}");
  if (const std::string* inner = value->as_string()) {
    const auto nested = base::json::Parse(*inner);
    return nested.ok() && nested->as_object() ? *inner : std::string("{}");
  }
  return base::InvalidArgument("the body must be a JSON object").WithReason("not_an_object");
}

base::Result<int> PageSize(std::optional<int64_t> max_results, int fallback, int limit) {
  const int64_t size = max_results.value_or(fallback);
  if (size >= 1 && size <= limit) return static_cast<int>(size);
  return base::InvalidArgument("the page size is out of range", {"value", std::to_string(size)},
                               {"limit", std::to_string(limit)})
      .WithReason("bad_max_results");
}

base::Result<int64_t> ParseExperimentId(std::string_view text) {
  return ParseInteger(text, base::InvalidArgument("an experiment id is an integer",
                                                  {"experiment_id", std::string(text)})
                                .WithReason("bad_experiment_id"));
}

base::Result<int64_t> ParseVersion(std::string_view text) {
  return ParseInteger(
      text, base::InvalidArgument("a model version is an integer", {"version", std::string(text)})
                .WithReason("bad_version"));
}

base::Error WrongValue(std::string_view parameter, std::string_view json_value) {
  return base::InvalidArgument("a value of another type was expected",
                               {"parameter", std::string(parameter)},
                               {"value", std::string(json_value)})
      .WithReason("wrong_type");
}

}  // namespace yard::protocols::mlflow
