#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/request_guard.h"
#include "net/router.h"

namespace yard::base {
class Executor;
class Telemetry;
}  // namespace yard::base

namespace yard::net {

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free port
  int io_threads = 2;
  size_t max_connections = 20'000;
  std::chrono::milliseconds idle_timeout{75'000};  // between requests of a kept-alive connection
  std::chrono::milliseconds header_timeout{
      15'000};  // from the first byte of a request to the end of its head
  std::chrono::milliseconds body_timeout{30'000};      // between two pieces of a body, either way
  std::chrono::milliseconds request_timeout{120'000};  // the deadline that handlers see
  size_t header_limit_bytes = 64 * 1024;
  size_t buffered_bodies_limit_bytes = 1024 * 1024 * 1024;  // of all requests together; then 503
  GuardOptions guard;
};

/// An HTTP/1.1 server: keep-alive, pipelining, chunked bodies both ways, Expect: 100-continue,
/// HEAD, limits and deadlines.
///
/// One io_context a thread. Handlers of Router::Handle run on `executor`; when its queue is full
/// the client gets 503 with Retry-After. TCP_NODELAY everywhere and an answer's head and body in
/// one segment. Every answer carries X-Request-Id, X-Content-Type-Options and X-Frame-Options.
/// Bodies sent with Content-Encoding: gzip are unpacked before their handler sees them, up to the
/// route's limit. Files are read on two threads of the server's own, 256 KiB at a time.
///
/// Metrics: yard_http_requests_total{route,method,status_class},
/// yard_http_request_duration_seconds{route} (from the end of the head to the start of the answer),
/// yard_http_open_connections. `route` is the pattern, or "unmatched".
class Server {
 public:
  /// Binds and listens. `router`, `executor` and `telemetry` must outlive the server; stop the
  /// executor before destroying what its handlers use. Errors: kAlreadyExists when the port is
  /// taken (detail "port"), kInvalidArgument for a bad host.
  static base::Result<std::unique_ptr<Server>> Listen(const ServerOptions& options,
                                                      const Router& router,
                                                      base::Executor& executor,
                                                      base::Telemetry& telemetry);
  virtual ~Server() = default;

  virtual uint16_t port() const = 0;
  /// Stops accepting, lets running requests finish for up to `grace`, then closes everything.
  /// Close event hubs first: an open event stream counts as a running request. Blocks; idempotent.
  virtual void Shutdown(std::chrono::milliseconds grace) = 0;
};

}  // namespace yard::net
