#include "protocols/mlflow/error.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json/writer.h"

namespace yard::protocols::mlflow {
namespace {

constexpr std::string_view kSeeDocs =
    "See the API docs for more information about request parameters.";

std::string Concat(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

// Python's name for the type of a JSON value.
std::string_view PythonType(std::string_view json) {
  if (json.empty() || json.front() == '"') return "str";
  if (json.front() == '{') return "dict";
  if (json.front() == '[') return "list";
  if (json == "true" || json == "false") return "bool";
  return json.find_first_of(".eE") == std::string_view::npos ? "int" : "float";
}

std::string MissingField(const base::Error& error) {
  return Concat(
      {"Missing value for required parameter '", error.detail("parameter"), "'. ", kSeeDocs});
}

std::string WrongType(const base::Error& error) {
  const std::string_view value = error.detail("value");
  return Concat({"Invalid value ", value, " for parameter '", error.detail("parameter"),
                 "' supplied:  Hint: Value was of type '", PythonType(value), "'. ", kSeeDocs});
}

std::string BadContentType(const base::Error& error) {
  if (error.detail("value").empty()) return "Bad Request. Content-Type header is missing.";
  return "Bad Request. Content-Type must be one of ['application/json'].";
}

std::string BadMaxResults(const base::Error& error) {
  const std::string_view value = error.detail("value");
  const bool is_positive = !value.empty() && value.front() != '-' && value != "0";
  const std::string head =
      Concat({"Invalid value ", value, " for parameter 'max_results' supplied."});
  if (!is_positive) return head + " It must be a positive integer";
  return Concat({head, " It must be at most ", error.detail("limit")});
}

// The experiment is named as it was asked for: by its number or by its name.
std::string ExperimentNotFound(const base::Error& error) {
  const std::string_view experiment = error.detail("experiment");
  const bool is_number =
      !experiment.empty() && experiment.find_first_not_of("-0123456789") == std::string_view::npos;
  if (is_number) return Concat({"No Experiment with id=", experiment, " exists"});
  return Concat({"Could not find experiment with name '", experiment, "'"});
}

std::string ParamChanged(const base::Error& error) {
  const std::string_view run_id = error.detail("run_id");
  return Concat({"Changing param values is not allowed. Param with key='", error.detail("key"),
                 "' was already logged with value='", error.detail("old"),
                 run_id.empty() ? "'" : "' for run ID='", run_id, run_id.empty() ? "" : "'",
                 ". Attempted logging new value '", error.detail("new"), "'."});
}

std::string TagNotFound(const base::Error& error) {
  const std::string_view run_id = error.detail("run_id");
  const std::string head = Concat({"No tag with name: ", error.detail("key")});
  return run_id.empty() ? head : Concat({head, " in run with id ", run_id});
}

std::string RefusedScheme(const base::Error& error) {
  return Concat({"'source' cannot use the '", error.detail("scheme"),
                 "' scheme: register files that this server or an object store holds"});
}

// A pattern is text with the details of the error in braces: "Run with id={run_id} not found".
struct Pattern {
  std::string_view reason;
  std::string_view text;
};
constexpr std::array kPatterns = {
    Pattern{"run_not_found", "Run with id={run_id} not found"},
    Pattern{"run_not_active",
            "The run {run_id} must be in the 'active' state. Current state is deleted."},
    Pattern{"experiment_not_active",
            "The experiment {experiment_id} must be in the 'active' state. Current state is "
            "deleted."},
    Pattern{"experiment_exists", "Experiment(name={name}) already exists."},
    Pattern{"bad_experiment_id",
            "Invalid experiment ID '{experiment_id}'. Experiment ID must be a valid integer."},
    Pattern{"logged_model_not_found", "Logged model with ID '{model_id}' not found."},
    Pattern{"registered_model_not_found", "Registered Model with name={name} not found"},
    Pattern{"registered_model_exists", "Registered Model (name={name}) already exists."},
    Pattern{"model_version_not_found", "Model Version (name={name}, version={version}) not found"},
    Pattern{"latest_version_not_found", "Latest version not found for model {name}."},
    Pattern{"alias_not_found", "Registered model alias {alias} not found."},
    Pattern{"invalid_alias",
            "Invalid alias name: '{alias}'. Names may only contain alphanumerics, underscores (_), "
            "and dashes (-)."},
    Pattern{"invalid_model_name", "Invalid model name '{name}'. Names cannot contain '/' or ':'."},
    Pattern{"unknown_stage",
            "Invalid Model Version stage: {stage}. Value must be one of None, Staging, Production, "
            "Archived."},
    Pattern{"bad_version", "Parameter 'version' must be an integer, got '{version}'."},
    Pattern{"source_local",
            "Invalid model version source: '{source}'. To use a local path as a model version "
            "source, the run_id request parameter has to be specified and the local path has to be "
            "contained within the artifact directory of the run specified by the run_id."},
    Pattern{"source_of_another_resource",
            "Invalid model version source: '{source}'. The run_id or model_id request parameter "
            "must identify the resource that contains the source."},
    Pattern{"source_traversal",
            "Invalid model version source: '{source}'. An absolute location must be provided "
            "without relative path references present."},
    Pattern{"source_prompt", "Invalid prompt source: '{source}'."},
    Pattern{"run_name_conflict",
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different "
            "values (run_name='{name}', mlflow.runName='{tag}')."},
    Pattern{"too_long", "'{field}' exceeds the maximum length of {limit} characters"},
    Pattern{"duplicate_param", "Duplicate parameter keys have been submitted: ['{key}']"},
    Pattern{"invalid_artifact_path", "Invalid path"},
    Pattern{"unsafe_path", "Invalid path"},
    Pattern{
        "batch_too_large",
        "A batch logging request can contain at most {limit} {kind}. Got {count} {kind}. Please "
        "split up {kind} across multiple requests and try again."},
    Pattern{"artifact_not_found", "No such artifact: '{path}'"},
    Pattern{"bad_page_token", "Invalid page token, could not base64-decode"},
    Pattern{"reserved_alias", "The alias name '{alias}' is reserved."},
};

std::string Fill(std::string_view pattern, const base::Error& error) {
  std::string text;
  while (true) {
    const size_t open = pattern.find('{');
    const size_t close = pattern.find('}', open);
    text += pattern.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) return text;
    text += error.detail(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
}

struct Composer {
  std::string_view reason;
  std::string (*compose)(const base::Error&);
};
constexpr std::array kComposers = {
    Composer{"missing_field", MissingField},
    Composer{"wrong_type", WrongType},
    Composer{"bad_content_type", BadContentType},
    Composer{"bad_max_results", BadMaxResults},
    Composer{"experiment_not_found", ExperimentNotFound},
    Composer{"param_changed", ParamChanged},
    Composer{"tag_not_found", TagNotFound},
    Composer{"source_scheme", RefusedScheme},
};

// "Names are too long: key='aaa', limit='250'."
std::string OwnMessage(const base::Error& error) {
  std::string text = error.message();
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  std::string_view separator = ": ";
  for (const base::Detail& detail : error.details()) {
    text += Concat({separator, detail.name, "='", detail.value, "'"});
    separator = ", ";
  }
  return text;
}

}  // namespace

WireCode WireCodeOf(base::Code code) {
  switch (code) {
    case base::Code::kInvalidArgument:
    case base::Code::kFailedPrecondition:
    case base::Code::kOutOfRange:
      return {"INVALID_PARAMETER_VALUE", 400};
    case base::Code::kAlreadyExists:
      return {"RESOURCE_ALREADY_EXISTS", 400};
    case base::Code::kUnauthenticated:
      return {"UNAUTHENTICATED", 401};
    case base::Code::kPermissionDenied:
      return {"PERMISSION_DENIED", 403};
    case base::Code::kNotFound:
      return {"RESOURCE_DOES_NOT_EXIST", 404};
    case base::Code::kAborted:
      return {"ABORTED", 409};
    case base::Code::kResourceExhausted:
      return {"REQUEST_LIMIT_EXCEEDED", 429};
    case base::Code::kDataLoss:
      return {"DATA_LOSS", 500};
    case base::Code::kUnknown:
    case base::Code::kInternal:
      return {"INTERNAL_ERROR", 500};
    case base::Code::kUnimplemented:
      return {"NOT_IMPLEMENTED", 501};
    case base::Code::kCancelled:
    case base::Code::kUnavailable:
      return {"TEMPORARILY_UNAVAILABLE", 503};
    case base::Code::kDeadlineExceeded:
      return {"DEADLINE_EXCEEDED", 504};
  }
  return {"INTERNAL_ERROR", 500};
}

std::string WireMessage(const base::Error& error) {
  const auto has_reason = [&error](const auto& entry) { return entry.reason == error.reason(); };
  const auto composer = std::find_if(kComposers.begin(), kComposers.end(), has_reason);
  if (composer != kComposers.end()) return composer->compose(error);
  const auto pattern = std::find_if(kPatterns.begin(), kPatterns.end(), has_reason);
  if (pattern != kPatterns.end()) return Fill(pattern->text, error);
  return OwnMessage(error);
}

net::Response ErrorResponse(const base::Error& error) {
  const WireCode code = WireCodeOf(error.code());
  std::string body;
  base::json::Writer writer(body);
  writer.BeginObject();
  writer.Member("error_code", code.name);
  writer.Member("message", WireMessage(error));
  writer.EndObject();
  net::Response response = net::Response::Json(std::move(body), code.status);
  if (code.status == 429 || code.status == 503) response.headers.Set("Retry-After", "1");
  return response;
}

}  // namespace yard::protocols::mlflow
