#include "app/api_client.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "net/client.h"

namespace yard::app {
namespace {

using base::json::Value;

base::Code CodeOf(int status) {
  switch (status) {
    case 400:
      return base::Code::kInvalidArgument;
    case 401:
      return base::Code::kUnauthenticated;
    case 403:
      return base::Code::kPermissionDenied;
    case 404:
      return base::Code::kNotFound;
    case 409:
      return base::Code::kAlreadyExists;
    case 412:
      return base::Code::kFailedPrecondition;
    case 429:
      return base::Code::kResourceExhausted;
    case 501:
      return base::Code::kUnimplemented;
    case 503:
      return base::Code::kUnavailable;
    default:
      return base::Code::kInternal;
  }
}

// The message of a native error, of an MLflow error, or the bare status.
base::Error ErrorOf(const net::Response& response, std::string_view path) {
  const auto parsed = base::json::Parse(response.body);
  const Value document = parsed.ok() ? *parsed : Value();
  std::string message(document["error"]["message"].string_or(document["message"].string_or("")));
  if (message.empty()) message = "the server answered " + std::to_string(response.status);
  return base::MakeError(CodeOf(response.status), std::move(message),
                         base::Detail{"path", std::string(path)});
}

std::string AddressInFolder(const std::string& folder) {
  std::ifstream file(folder + "/server.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = base::json::Parse(text.str());
  return parsed.ok() ? std::string((*parsed)["address"].string_or("")) : std::string();
}

}  // namespace

base::Result<Value> ApiClient::Get(std::string_view path) const {
  return SendBytes(net::Method::kGet, path, "", "");
}

base::Result<Value> ApiClient::Send(net::Method method, std::string_view path,
                                    const Value& body) const {
  return SendBytes(method, path, body.ToJson(), "application/json");
}

base::Result<Value> ApiClient::SendBytes(net::Method method, std::string_view path,
                                         std::string body, std::string_view content_type) const {
  net::ClientRequest request;
  request.method = method;
  request.url = server_url_ + std::string(path);
  request.body = std::move(body);
  request.timeout = std::chrono::minutes(10);
  if (!content_type.empty()) request.headers.Set("Content-Type", std::string(content_type));
  YARD_ASSIGN_OR_RETURN(const net::Response response, net::Fetch(request));
  if (response.status >= 300) return ErrorOf(response, path);
  if (response.body.empty()) return Value(base::json::Object{});
  return base::json::Parse(response.body);
}

std::vector<Option> ServerOptions() {
  return {
      {.name = "--url",
       .value_name = "URL",
       .help = "the server to talk to",
       .environment = "MODELYARD_URL"},
      {.name = "--data",
       .value_name = "DIR",
       .help = "find the server by its data folder",
       .default_value = "modelyard-data",
       .environment = "MODELYARD_DATA"},
      {.name = "--json", .help = "print one JSON document instead of text"},
  };
}

ApiClient ClientFor(const Arguments& arguments) {
  std::string url = arguments.Text("--url");
  if (url.empty()) url = AddressInFolder(arguments.Text("--data"));
  if (url.empty()) url = "http://127.0.0.1:5000";
  while (url.ends_with('/')) url.pop_back();
  return ApiClient(std::move(url));
}

int Report(const base::Error& error) {
  std::cerr << "modelyard: " << error.message();
  for (const base::Detail& detail : error.details()) {
    if (detail.name != "path") std::cerr << "\n  " << detail.name << ": " << detail.value;
  }
  std::cerr << '\n';
  if (error.code() == base::Code::kUnavailable) {
    std::cerr << "  is a server running? start one with: modelyard up\n";
    return kUnreachable;
  }
  return error.code() == base::Code::kNotFound ? kNotThere : kFailed;
}

}  // namespace yard::app
