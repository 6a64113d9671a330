#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace yard::net {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };
std::string_view MethodName(Method method);

/// ASCII only, as HTTP's names and tokens are.
bool EqualsIgnoringCase(std::string_view left, std::string_view right);
std::string ToLowerCase(std::string_view text);
/// Without spaces and tabs at both ends.
std::string_view TrimSpaces(std::string_view text);

/// Header fields in order of arrival. Names compare without case.
class Headers {
 public:
  void Add(std::string name, std::string value);
  void Set(std::string name, std::string value);  // replaces every field of that name
  /// The first value, or nothing.
  std::optional<std::string_view> Get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

using NameValues = std::vector<std::pair<std::string, std::string>>;

/// Percent-decodes once; `plus_is_space` for query strings. Malformed escapes stay as they are.
std::string PercentDecode(std::string_view text, bool plus_is_space = false);
/// Percent-encodes everything but unreserved characters and the characters in `keep`.
std::string PercentEncode(std::string_view text, std::string_view keep = "");
/// "a=1&b=x%20y" as decoded pairs, in order.
NameValues ParseQuery(std::string_view query);

/// A request body that arrives in pieces, for routes that stream. Used on an executor's thread
/// only.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Waits for the next piece and returns it; empty at the end. The view lives until the next call.
  /// Errors: kResourceExhausted over the route's limit, kDeadlineExceeded for a slow client,
  /// kCancelled when the client went away.
  virtual base::Result<std::string_view> Next() = 0;
};

/// What every handler may ask about the request it serves.
struct Request {
  Method method = Method::kGet;
  std::string target;  // as sent: "/a%20b?x=1"
  std::string path;    // the part before '?', still percent-encoded
  std::string query;   // the part after '?', still percent-encoded
  Headers headers;
  std::string body;  // whole body; empty on streaming routes
  std::string client_address;
  std::string request_id;  // of X-Request-Id, or made here; logged and sent back
  std::chrono::steady_clock::time_point deadline;
  NameValues path_parameters;          // of the route's pattern, percent-decoded once
  std::shared_ptr<BodyReader> stream;  // on streaming routes

  /// The value of a `{name}` or `{name*}` in the route's pattern; empty when there is none.
  std::string_view path_parameter(std::string_view name) const;
  NameValues query_parameters() const { return ParseQuery(query); }
};

/// Sends a body in pieces. Thread-safe; outlives the connection.
class StreamWriter {
 public:
  virtual ~StreamWriter() = default;
  /// Queues a piece; blocks (on an executor's thread) while the client is behind by more than the
  /// high-water mark. False when the client is gone.
  virtual bool Write(std::string_view piece) = 0;
  /// Queues a piece unless the client is behind; never blocks. False when the client is gone or too
  /// slow (the stream is then closed).
  virtual bool TryWrite(std::string_view piece) = 0;
  virtual void Close() = 0;
  virtual bool closed() const = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;

  /// When set, the body is this file (or its byte range) sent from disk in pieces; `body` is
  /// ignored.
  struct File {
    std::string path;
    uint64_t offset = 0;
    uint64_t size = 0;
  };
  std::optional<File> file;

  /// When set, the head is sent and this function then gets a writer, on an executor's thread;
  /// `body` is ignored. Chunked encoding.
  std::function<void(std::shared_ptr<StreamWriter>)> stream;

  static Response Json(std::string body, int status = 200);
  static Response Text(std::string body, int status = 200);
  static Response Empty(int status);
};

/// Answers one request, once, from any thread. Copyable; when every copy dies unanswered the client
/// gets a 500.
class Responder {
 public:
  explicit Responder(std::function<void(Response)> send);
  void Send(Response response) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Handlers of cheap or asynchronous work run on the I/O thread and must never block; they answer
/// through the responder, now or later.
using AsyncHandler = std::function<void(std::shared_ptr<const Request>, Responder)>;
/// Handlers that may block run on the server's bounded executor.
using BlockingHandler = std::function<Response(const Request&)>;

}  // namespace yard::net
