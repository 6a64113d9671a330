#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace yard::net {

/// Reads one request from bytes that arrive in any pieces. Made anew for each request. RFC 9112 is
/// followed strictly where being lenient would let two parties see different requests: conflicting
/// or repeated lengths, obscure transfer codings and bare line feeds are refused.
class RequestParser {
 public:
  /// `head_limit_bytes` bounds the request line with all fields, and each chunk's header.
  explicit RequestParser(size_t head_limit_bytes);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class Progress { kNeedsMore, kHeadDone, kDone, kFailed };
  struct Step {
    size_t used = 0;  // bytes consumed; present the others again, followed by more
    Progress progress = Progress::kNeedsMore;
  };

  /// Reads up to the end of the head. kDone instead of kHeadDone when there is no body.
  Step ReadHead(std::string_view bytes);
  /// After kHeadDone: reads the body, or what there is of it, into body().
  Step ReadBody(std::string_view bytes);

  /// After kFailed: what to answer (400, 413, 431, 501, 505) and why, in words.
  int failure_status() const;
  std::string_view failure() const;

  /// After the head: method, target, path, query and headers are filled in. Call once.
  Request TakeRequest();
  /// Of the head: whether the connection may serve another request, and what the body will be.
  bool keeps_alive() const;
  bool is_http_1_1() const;
  bool done() const;
  /// The announced size; nothing for chunked bodies.
  std::optional<uint64_t> content_length() const;
  std::optional<uint64_t> content_length_remaining() const;
  /// Where ReadBody appends (decoded from chunks). The owner may take from it at any time.
  std::string& body();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace yard::net
