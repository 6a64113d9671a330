#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/json/described.h"
#include "base/result.h"
#include "net/http.h"

namespace yard::protocols::mlflow {

/// A name of a protobuf enumeration, or its number in digits: clients may send either.
struct EnumName {
  std::string text;
};
base::Result<void> ReadScalar(base::json::Element element, EnumName& out);
base::Result<void> ReadScalarText(std::string_view text, EnumName& out);

/// Errors: kInvalidArgument, reason "bad_content_type" (detail "value"), unless the request says
/// that its body is JSON.
base::Result<void> CheckContentType(const net::Request& request);

/// What stands for a body that could not be read as an object: the text inside when an object was
/// encoded twice, as old clients do, and "{}" for what is no JSON, so that the answer names the
/// first missing parameter. Errors: kInvalidArgument, reason "not_an_object", for a list or another
/// JSON value.
base::Result<std::string> SubstituteBody(std::string_view body);

template <base::json::Described T>
base::Result<T> ParseBody(const net::Request& request) {
  YARD_RETURN_IF_ERROR(CheckContentType(request));
  auto parsed = base::json::DecodeText<T>(request.body);
  const bool names_a_field = !parsed.ok() && !parsed.error().detail("parameter").empty();
  if (parsed.ok() || names_a_field) return parsed;
  YARD_ASSIGN_OR_RETURN(const std::string substitute, SubstituteBody(request.body));
  return base::json::DecodeText<T>(substitute);
}

/// Reads a described request: from the query of a GET, from the body of everything else; a GET
/// without a query may carry a body too. Fields are optionals; Need() asks for those that must be
/// there. Errors: those above, and "wrong_type" of base/json/described.h.
template <base::json::Described T>
base::Result<T> Parse(const net::Request& request) {
  const bool reads_query =
      request.method == net::Method::kGet && (!request.query.empty() || request.body.empty());
  if (reads_query) return base::json::DecodePairs<T>(request.query_parameters());
  return ParseBody<T>(request);
}

/// A parameter that the call cannot do without. An empty text counts as missing. Errors:
/// kInvalidArgument, reason "missing_field" (detail "parameter").
template <typename T>
base::Result<T> Need(std::optional<T> value, std::string_view name) {
  if (!value) return base::json::MissingField(name);
  if constexpr (std::is_same_v<T, std::string>) {
    if (value->empty()) return base::json::MissingField(name);
  }
  return *std::move(value);
}

/// A run is named by `run_id`, or by `run_uuid` in old clients.
template <typename T>
base::Result<std::string> NeedRunId(const T& request) {
  if (request.run_id && !request.run_id->empty()) return *request.run_id;
  return Need(request.run_uuid, "run_id");
}

/// A page's size: `fallback` when absent. Errors: kInvalidArgument, reason "bad_max_results" with
/// the details "value" and "limit", outside 1 to `limit`.
base::Result<int> PageSize(std::optional<int64_t> max_results, int fallback, int limit);

/// The number of an experiment. Errors: kInvalidArgument, reason "bad_experiment_id".
base::Result<int64_t> ParseExperimentId(std::string_view text);

/// The number of a model version. Errors: kInvalidArgument, reason "bad_version".
base::Result<int64_t> ParseVersion(std::string_view text);

/// An error of the form of described.h, for values that are checked by hand.
base::Error WrongValue(std::string_view parameter, std::string_view json_value);

}  // namespace yard::protocols::mlflow
