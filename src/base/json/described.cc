#include "base/json/described.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace yard::base::json {
namespace {

Error WrongType(std::string_view expected, std::string_view value) {
  constexpr size_t kShown = 200;
  return InvalidArgument("a value of another type was expected",
                         {"expected", std::string(expected)},
                         {"value", std::string(value.substr(0, kShown))})
      .WithReason("wrong_type");
}

Error WrongElement(Element element, std::string_view expected) {
  const auto raw = element.Raw();
  return WrongType(expected, raw.ok() ? *raw : std::string_view("?"));
}

bool IsText(Element element) {
  const auto kind = element.kind();
  return kind.ok() && *kind == Kind::kString;
}

template <typename T>
Result<void> ReadNumberText(std::string_view text, T& out, std::string_view expected) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return WrongType(expected, text);
  return {};
}

Result<void> Narrow(Result<int64_t> wide, int& out) {
  YARD_RETURN_IF_ERROR(wide.ok() ? Result<void>() : Result<void>(wide.error()));
  if (*wide < std::numeric_limits<int>::min() || *wide > std::numeric_limits<int>::max())
    return WrongType("integer", std::to_string(*wide));
  out = static_cast<int>(*wide);
  return {};
}

}  // namespace

Result<void> ReadScalar(Element element, std::string& out) {
  if (!IsText(element)) return WrongElement(element, "string");
  YARD_ASSIGN_OR_RETURN(const std::string_view text, element.String());
  out = text;
  return {};
}

Result<void> ReadScalar(Element element, double& out) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, element.kind());
  if (kind == Kind::kString) {
    YARD_ASSIGN_OR_RETURN(const std::string_view text, element.String());
    return ReadScalarText(text, out);
  }
  if (kind == Kind::kBool) {  // MLflow's server takes true as 1.0, and so do we
    YARD_ASSIGN_OR_RETURN(const bool flag, element.Bool());
    out = flag ? 1.0 : 0.0;
    return {};
  }
  if (kind != Kind::kNumber) return WrongElement(element, "number");
  YARD_ASSIGN_OR_RETURN(out, element.Double());
  return {};
}

Result<void> ReadScalar(Element element, int64_t& out) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, element.kind());
  if (kind == Kind::kString) {
    YARD_ASSIGN_OR_RETURN(const std::string_view text, element.String());
    return ReadScalarText(text, out);
  }
  if (kind != Kind::kNumber) return WrongElement(element, "integer");
  const auto integer = element.Integer();
  if (!integer.ok()) return WrongElement(element, "integer");
  out = *integer;
  return {};
}

Result<void> ReadScalar(Element element, int& out) {
  int64_t wide = 0;
  YARD_RETURN_IF_ERROR(ReadScalar(element, wide));
  return Narrow(wide, out);
}

Result<void> ReadScalar(Element element, bool& out) {
  YARD_ASSIGN_OR_RETURN(const Kind kind, element.kind());
  if (kind == Kind::kString) {
    YARD_ASSIGN_OR_RETURN(const std::string_view text, element.String());
    return ReadScalarText(text, out);
  }
  if (kind != Kind::kBool) return WrongElement(element, "boolean");
  YARD_ASSIGN_OR_RETURN(out, element.Bool());
  return {};
}

Result<void> ReadScalarText(std::string_view text, std::string& out) {
  out = text;
  return {};
}

Result<void> ReadScalarText(std::string_view text, double& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (text == "NaN" || text == "nan") {
    out = std::numeric_limits<double>::quiet_NaN();
    return {};
  }
  if (text == "Infinity" || text == "inf" || text == "-Infinity" || text == "-inf") {
    out = text.front() == '-' ? -kInfinity : kInfinity;
    return {};
  }
  return ReadNumberText(text, out, "number");
}

Result<void> ReadScalarText(std::string_view text, int64_t& out) {
  return ReadNumberText(text, out, "integer");
}

Result<void> ReadScalarText(std::string_view text, int& out) {
  return ReadNumberText(text, out, "integer");
}

Result<void> ReadScalarText(std::string_view text, bool& out) {
  const auto is = [text](std::string_view word) {
    return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                    [](char a, char b) { return (a | 0x20) == b; });
  };
  if (!is("true") && !is("false")) return WrongType("boolean", text);
  out = is("true");
  return {};
}

Error MissingField(std::string_view name) {
  return InvalidArgument("a required field is missing", {"parameter", std::string(name)})
      .WithReason("missing_field");
}

Error InField(Error error, std::string_view name) {
  std::string path(name);
  std::vector<Detail> details;
  for (const Detail& detail : error.details()) {
    if (detail.name == "parameter") {
      path += "." + detail.value;
    } else {
      details.push_back(detail);
    }
  }
  details.insert(details.begin(), Detail{"parameter", path});
  return Error(error.code(), error.message(), std::move(details)).WithReason(error.reason());
}

}  // namespace yard::base::json
