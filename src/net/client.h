#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace yard::net {

struct ClientRequest {
  Method method = Method::kGet;
  std::string url;  // http[s]://host[:port]/path?query
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};
  size_t answer_limit_bytes = 64 * 1024 * 1024;
};

/// One request, one answer, blocking: for the command line and for webhooks. Thread-safe. Redirects
/// are not followed. Over https the peer's certificate must be one that the system trusts. Errors:
/// kInvalidArgument for a bad URL or header, kUnavailable when the host cannot be reached or
/// trusted, kDeadlineExceeded (looking up the host's name is not counted), kResourceExhausted over
/// `answer_limit_bytes`.
base::Result<Response> Fetch(const ClientRequest& request);

}  // namespace yard::net
