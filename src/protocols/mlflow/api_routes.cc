#include "protocols/mlflow/api_routes.h"

#include <array>
#include <utility>

#include "protocols/mlflow/error.h"

namespace yard::protocols::mlflow {
namespace {

// The largest request is a dataset with a profile of 16 MB.
constexpr uint64_t kMaxBodyBytes = 20 * 1024 * 1024;

net::RouteOptions Options() {
  net::RouteOptions options;
  options.body_limit_bytes = kMaxBodyBytes;
  return options;
}

constexpr std::array<std::string_view, 2> kPrefixes = {"/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"};

net::Response Answer(base::Result<std::string> json) {
  if (!json.ok()) return ErrorResponse(json.error());
  return net::Response::Json(*std::move(json));
}

}  // namespace

base::Result<std::string> EmptyObject(const base::Result<void>& result) {
  if (!result.ok()) return result.error();
  return std::string(kEmptyObject);
}

void ApiRoutes::Add(net::Method method, std::string_view path, JsonHandler handler) {
  for (const std::string_view prefix : kPrefixes) {
    router_.Handle(
        method, std::string(prefix) + std::string(path),
        [handler](const net::Request& request) { return Answer(handler(request)); }, Options());
  }
}

void ApiRoutes::PostAsync(std::string_view path, const net::AsyncHandler& handler) {
  for (const std::string_view prefix : kPrefixes)
    router_.HandleAsync(net::Method::kPost, std::string(prefix) + std::string(path), handler,
                        Options());
}

}  // namespace yard::protocols::mlflow
