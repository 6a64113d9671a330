#include "protocols/native/native_json.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "base/json/writer.h"

namespace yard::protocols::native {

int HttpStatus(base::Code code) {
  switch (code) {
    case base::Code::kInvalidArgument:
    case base::Code::kOutOfRange:
      return 400;
    case base::Code::kUnauthenticated:
      return 401;
    case base::Code::kPermissionDenied:
      return 403;
    case base::Code::kNotFound:
      return 404;
    case base::Code::kAlreadyExists:
    case base::Code::kFailedPrecondition:
    case base::Code::kAborted:
      return 409;
    case base::Code::kResourceExhausted:
      return 429;
    case base::Code::kCancelled:
      return 499;
    case base::Code::kUnimplemented:
      return 501;
    case base::Code::kUnavailable:
      return 503;
    case base::Code::kDeadlineExceeded:
      return 504;
    case base::Code::kUnknown:
    case base::Code::kInternal:
    case base::Code::kDataLoss:
      return 500;
  }
  return 500;
}

net::Response ErrorResponse(const base::Error& error) {
  std::string body;
  base::json::Writer writer(body);
  writer.BeginObject().Key("error").BeginObject();
  writer.Member("code", base::CodeName(error.code()));
  writer.Member("reason", error.reason());
  writer.Member("message", error.message());
  writer.Key("details").BeginObject();
  for (const auto& detail : error.details()) writer.Member(detail.name, detail.value);
  writer.EndObject().EndObject().EndObject();
  const int status = HttpStatus(error.code());
  auto response = net::Response::Json(std::move(body), status);
  if (status == 429 || status == 503) response.headers.Set("Retry-After", "1");
  return response;
}

net::Response Reply(base::Result<std::string> json) {
  if (!json.ok()) return ErrorResponse(json.error());
  return net::Response::Json(*std::move(json));
}

net::Response ReplyEmpty(const base::Result<void>& result) {
  if (!result.ok()) return ErrorResponse(result.error());
  return net::Response::Empty(204);
}

base::Result<int64_t> IntegerParameter(const net::Request& request, std::string_view name,
                                       int64_t otherwise, int64_t low, int64_t high) {
  for (const auto& [key, text] : request.query_parameters()) {
    if (key != name) continue;
    int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    if (whole && value >= low && value <= high) return value;
    return base::InvalidArgument("the parameter must be an integer from " + std::to_string(low) +
                                     " to " + std::to_string(high),
                                 {"parameter", std::string(name)}, {"value", text})
        .WithReason("bad_parameter");
  }
  return otherwise;
}

}  // namespace yard::protocols::native
