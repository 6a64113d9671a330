#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace yard::net {

/// Reads one response from bytes that arrive in any pieces; interim 1xx responses are skipped.
class ResponseParser {
 public:
  /// `method` is that of the request: an answer to HEAD has no body. The body may have up to
  /// `body_limit_bytes`.
  ResponseParser(Method method, size_t body_limit_bytes);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  /// Adds bytes. Errors: kUnavailable for what is no HTTP, kResourceExhausted over the limit.
  base::Result<void> Read(std::string_view bytes);
  /// The peer has closed. Errors: kUnavailable when the response is incomplete.
  base::Result<void> ReadEnd();
  bool done() const;
  Response Take();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace yard::net
