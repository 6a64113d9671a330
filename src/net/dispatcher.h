#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "net/http.h"
#include "net/request_guard.h"
#include "net/router.h"

namespace yard::base {
class Executor;
}

namespace yard::net {

class StreamQueue;

/// 503 with Retry-After: a queue or a budget is full.
Response BusyAnswer();

/// What happens between a request's head and its handler, and between the handler's answer and the
/// connection. Knows no sockets. Thread-safe.
class Dispatcher {
 public:
  Dispatcher(const Router& router, base::Executor& executor, RequestGuard guard);

  /// How a request will be served: a route, or the answer that refuses it.
  struct Plan {
    Router::Match match;
    std::optional<Response> refusal;
  };
  /// Looks at the head alone. Fills in the request's id and path parameters.
  Plan Prepare(Request& request) const;

  /// Runs the handler of the route: on the calling thread when it is asynchronous, else on the
  /// executor. Exceptions become a logged 500, a full executor 503.
  void Run(std::shared_ptr<Request> request, const Router::Match& match, Responder responder) const;

  /// Runs the function of a streamed answer on the executor; false when that is full. What it
  /// throws is logged and breaks the stream off.
  bool RunStream(std::shared_ptr<StreamQueue> queue,
                 std::function<void(std::shared_ptr<StreamWriter>)> body) const;

  /// The last touch to an answer, on the answering thread: compression.
  void Complete(const Request& request, const RouteOptions& options, Response& response) const;

 private:
  const Router& router_;
  base::Executor& executor_;
  RequestGuard guard_;
};

}  // namespace yard::net
