#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace yard::net {

/// What a route allows. Bodies over the limit are answered 413 before they are read.
struct RouteOptions {
  uint64_t body_limit_bytes = 32 * 1024 * 1024;
  bool streams_body = false;  // the handler reads Request::stream instead of Request::body
  bool compresses = true;     // gzip for text and JSON answers over 1 KiB when the client takes it
};

/// Finds the handler of a method and path. Patterns are paths with `{name}` for one segment and a
/// final `{name*}` for the rest:
/// "/api/2.0/mlflow-artifacts/artifacts/{path*}". Literal segments win over parameters. Build it
/// completely, then serve: lookups are thread-safe, additions are not. Lookups cost one walk over
/// the segments, whatever the number of routes.
class Router {
 public:
  Router();
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  void Handle(Method method, std::string_view pattern, BlockingHandler handler,
              RouteOptions options = {});
  void HandleAsync(Method method, std::string_view pattern, AsyncHandler handler,
                   RouteOptions options = {});

  void Get(std::string_view pattern, BlockingHandler handler) {
    Handle(Method::kGet, pattern, std::move(handler));
  }
  void Post(std::string_view pattern, BlockingHandler handler) {
    Handle(Method::kPost, pattern, std::move(handler));
  }
  void Put(std::string_view pattern, BlockingHandler handler) {
    Handle(Method::kPut, pattern, std::move(handler));
  }
  void Patch(std::string_view pattern, BlockingHandler handler) {
    Handle(Method::kPatch, pattern, std::move(handler));
  }
  void Delete(std::string_view pattern, BlockingHandler handler) {
    Handle(Method::kDelete, pattern, std::move(handler));
  }

  /// Answers what no route takes (status 404, empty body by default): the web page's fallback.
  void Fallback(AsyncHandler handler);

  static constexpr size_t kNoRoute = static_cast<size_t>(-1);

  struct Match {
    const BlockingHandler* blocking = nullptr;  // one of the two when found
    const AsyncHandler* async = nullptr;
    RouteOptions options;
    NameValues path_parameters;
    std::string_view pattern;  // for metrics: bounded cardinality
    size_t route = kNoRoute;   // 0 .. route_count() - 1 when found
    // When the path is known but not with this method: what it takes, with HEAD and OPTIONS.
    std::vector<Method> allowed;
  };
  /// `path` is percent-encoded, as in Request::path. HEAD is answered by GET's handler. Without a
  /// match and without a fallback both handlers are null.
  Match Find(Method method, std::string_view path) const;
  size_t route_count() const { return route_count_; }

 private:
  struct Node;
  struct Route;
  struct Walk;

  void Add(Method method, std::string_view pattern, Route route);

  std::unique_ptr<Node> root_;
  size_t route_count_ = 0;
  AsyncHandler fallback_;
};

}  // namespace yard::net
