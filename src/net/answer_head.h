#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace yard::net {

/// "Not Found" for 404; "Unknown" for statuses that HTTP does not define.
std::string_view StatusText(int status);

/// What the server decides about an answer, beside what its handler said.
struct AnswerFraming {
  bool is_http_1_1 = true;
  bool keeps_alive = true;
  bool is_chunked = false;
  std::optional<uint64_t> content_length;  // nothing: chunked, or until the connection closes
  std::string_view request_id;
  std::string_view date;
};

/// The status line and all header fields up to the empty line. Fields that frame the message
/// (Content-Length, Transfer-Encoding, Connection, Date, X-Request-Id) come from `framing` alone;
/// control characters in values become spaces, so that no value can forge a field.
std::string FormatAnswerHead(const Response& response, const AnswerFraming& framing);

}  // namespace yard::net
