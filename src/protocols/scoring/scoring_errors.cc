#include "protocols/scoring/scoring_errors.h"

#include <string>
#include <utility>

#include "base/json/writer.h"

namespace yard::protocols::scoring {

namespace {

using base::Code;

struct Mapping {
  int status = 500;
  std::string_view mlflow_code;
};

Mapping MapCode(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
    case Code::kFailedPrecondition:
    case Code::kUnimplemented:
      return {400, "BAD_REQUEST"};
    case Code::kNotFound:
      return {404, "RESOURCE_DOES_NOT_EXIST"};
    case Code::kResourceExhausted:
      return {429, "REQUEST_LIMIT_EXCEEDED"};
    case Code::kUnavailable:
      return {503, "TEMPORARILY_UNAVAILABLE"};
    case Code::kDeadlineExceeded:
      return {504, "DEADLINE_EXCEEDED"};
    default:
      return {500, "INTERNAL_ERROR"};
  }
}

bool IsSchemaError(const base::Error& error) {
  return error.reason() == "missing_column" || error.reason() == "wrong_type";
}

std::string MissingText(const base::Error& error) {
  std::string columns;
  for (const auto& detail : error.details()) {
    if (detail.name != "column") continue;
    columns.append(columns.empty() ? "'" : ", '").append(detail.value).append("'");
  }
  std::string text = "Model is missing inputs [" + columns + "].";
  if (const auto extra = error.detail("extra"); !extra.empty()) {
    text.append(" Note that there were extra inputs: [").append(extra).append("].");
  }
  return text;
}

std::string TypeText(const base::Error& error) {
  std::string text = "Column '";
  text.append(error.detail("column")).append("' takes ").append(error.detail("expected"));
  text.append(", which the value in row ").append(error.detail("row")).append(" is not.");
  return text;
}

std::string MlflowMessage(const base::Error& error) {
  if (error.reason() == "missing_column") {
    return "Failed to enforce schema. Error: " + MissingText(error);
  }
  if (error.reason() == "wrong_type") {
    return "Failed to enforce schema. Error: " + TypeText(error);
  }
  if (error.reason() == "malformed_json") {
    return "Invalid input. Ensure that input is a valid JSON formatted string.";
  }
  return error.message();
}

net::Response WithRetryAfter(net::Response response) {
  const bool may_retry = response.status == 429 || response.status == 503;
  if (may_retry) response.headers.Set("Retry-After", "1");
  return response;
}

}  // namespace

net::Response MlflowError(const base::Error& error) {
  const Mapping mapping = MapCode(error.code());
  std::string body;
  base::json::Writer writer(body);
  writer.BeginObject();
  writer.Member("error_code",
                IsSchemaError(error) ? "INVALID_PARAMETER_VALUE" : mapping.mlflow_code);
  writer.Member("message", MlflowMessage(error));
  writer.EndObject();
  return WithRetryAfter(net::Response::Json(std::move(body), mapping.status));
}

net::Response PredictError(const base::Error& error) {
  std::string body;
  base::json::Writer writer(body);
  writer.BeginObject().Key("error").BeginObject();
  writer.Member("code", base::CodeName(error.code()));
  writer.Member("reason", error.reason());
  writer.Member("message", error.message());
  writer.Key("details").BeginObject();
  for (const auto& detail : error.details()) writer.Member(detail.name, detail.value);
  writer.EndObject().EndObject().EndObject();
  return WithRetryAfter(net::Response::Json(std::move(body), MapCode(error.code()).status));
}

base::Error NoSuchEndpoint(std::string_view endpoint) {
  return base::NotFound("there is no such endpoint", {"endpoint", std::string(endpoint)})
      .WithReason("endpoint_not_found");
}

base::Error NothingServes(std::string_view endpoint) {
  return base::Unavailable("no model version is loaded yet", {"endpoint", std::string(endpoint)})
      .WithReason("model_not_loaded");
}

base::Error Busy() {
  return base::Unavailable("too many large requests are waiting; try again").WithReason("busy");
}

base::Error TooLate() {
  return base::DeadlineExceeded("Request processing time exceeded limit")
      .WithReason("request_timeout");
}

}  // namespace yard::protocols::scoring
