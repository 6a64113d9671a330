#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json/described.h"
#include "base/result.h"
#include "net/http.h"

/// What every route of the native API under /api/v1 shares: how a body is read and how an answer
/// or an error is written.
///
/// An error is
///   {"error": {"code": "NOT_FOUND", "reason": "endpoint_not_found", "message": "...",
///              "details": {"endpoint": "churn"}}}
/// with the HTTP status of its code.
namespace yard::protocols::native {

/// The HTTP status of a code: 400 invalid argument and out of range, 404, 409 (already exists,
/// failed precondition, aborted), 429 resource exhausted, 501, 503 unavailable, 504, else 500.
int HttpStatus(base::Code code);

/// The error in the shape above. 429 and 503 carry Retry-After.
net::Response ErrorResponse(const base::Error& error);

/// 200 with `json`, or the error.
net::Response Reply(base::Result<std::string> json);
/// 204 without a body, or the error.
net::Response ReplyEmpty(const base::Result<void>& result);

/// Reads a described struct from the request's JSON body. An empty body reads as {}.
/// Errors: kInvalidArgument, reason "malformed_json", "missing_field" or "wrong_type".
template <base::json::Described T>
base::Result<T> ReadBody(const net::Request& request) {
  return base::json::DecodeText<T>(request.body.empty() ? "{}" : std::string_view(request.body));
}

/// The query parameter `name` as an integer in [low, high], or `otherwise` when it is absent.
/// Errors: kInvalidArgument, details "parameter" and "value".
base::Result<int64_t> IntegerParameter(const net::Request& request, std::string_view name,
                                       int64_t otherwise, int64_t low, int64_t high);

}  // namespace yard::protocols::native
