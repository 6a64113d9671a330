#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/router.h"

namespace yard::protocols::mlflow {

/// Answers with the JSON of its result, "{}" when there is nothing to say, or with the error.
using JsonHandler = std::function<base::Result<std::string>(const net::Request&)>;

/// What a write without a payload answers.
inline constexpr char kEmptyObject[] = "{}";

/// "{}" when `result` is fine.
base::Result<std::string> EmptyObject(const base::Result<void>& result);

/// Adds routes the way MLflow's server has them: once under "/api/<major>.0/mlflow/" for clients
/// and once under "/ajax-api/<major>.0/mlflow/" for web pages.
class ApiRoutes {
 public:
  explicit ApiRoutes(net::Router& router) : router_(router) {}

  void Get(std::string_view path, JsonHandler handler) {
    Add(net::Method::kGet, path, std::move(handler));
  }
  void Post(std::string_view path, JsonHandler handler) {
    Add(net::Method::kPost, path, std::move(handler));
  }
  void Patch(std::string_view path, JsonHandler handler) {
    Add(net::Method::kPatch, path, std::move(handler));
  }
  void Delete(std::string_view path, JsonHandler handler) {
    Add(net::Method::kDelete, path, std::move(handler));
  }
  /// Some reads may be asked either way.
  void GetAndPost(std::string_view path, const JsonHandler& handler) {
    Get(path, handler);
    Post(path, handler);
  }
  /// Answers through the responder and never blocks.
  void PostAsync(std::string_view path, const net::AsyncHandler& handler);

 private:
  void Add(net::Method method, std::string_view path, JsonHandler handler);

  net::Router& router_;
};

}  // namespace yard::protocols::mlflow
