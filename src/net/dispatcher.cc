#include "net/dispatcher.h"

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"
#include "base/ids.h"
#include "base/log.h"
#include "net/compression.h"
#include "net/stream_queue.h"

namespace yard::net {
namespace {

constexpr size_t kRequestIdLimit = 128;
constexpr size_t kCompressFromBytes = 1024;

bool IsRequestIdCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-_.:/+=@").find(c) != std::string_view::npos;
}

/// The client's own id when it can be logged and echoed without harm.
std::string RequestIdOf(const Headers& headers) {
  const std::string_view given = headers.Get("X-Request-Id").value_or("");
  const bool sane = !given.empty() && given.size() <= kRequestIdLimit &&
                    std::all_of(given.begin(), given.end(), IsRequestIdCharacter);
  return sane ? std::string(given) : base::NewId(base::SystemClock());
}

Response WithAllow(int status, const std::vector<Method>& methods) {
  std::string allow;
  for (const Method method : methods) {
    if (!allow.empty()) allow += ", ";
    allow += MethodName(method);
  }
  Response response = Response::Empty(status);
  response.headers.Add("Allow", std::move(allow));
  return response;
}

Response Crashed(const Request& request, std::string_view what) {
  base::Log(
      base::LogLevel::kError, "a handler threw",
      {{"path", request.path}, {"request_id", request.request_id}, {"what", std::string(what)}});
  return Response::Text(
      "internal error; the server's log has it under request id " + request.request_id + "\n", 500);
}

/// Runs `work`; what it throws becomes an answer.
template <typename Work>
void Guarded(const Request& request, const Responder& responder, Work work) {
  try {
    work();
  } catch (const std::exception& exception) {
    responder.Send(Crashed(request, exception.what()));
  } catch (...) {
    responder.Send(Crashed(request, "not a std::exception"));
  }
}

std::string_view ContentCoding(const Request& request) {
  const std::string_view coding = request.headers.Get("Content-Encoding").value_or("");
  return EqualsIgnoringCase(coding, "identity") ? std::string_view() : coding;
}

bool IsGzip(std::string_view coding) {
  return EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip");
}

/// Unpacks the body in place. The answer to send when that fails.
std::optional<Response> UnpackBody(Request& request, const RouteOptions& options) {
  if (!IsGzip(ContentCoding(request))) return std::nullopt;
  if (request.stream) {
    request.stream = MakeGunzipReader(std::move(request.stream), options.body_limit_bytes);
    return std::nullopt;
  }
  auto unpacked = Gunzip(request.body, options.body_limit_bytes);
  if (unpacked) {
    request.body = *std::move(unpacked);
    return std::nullopt;
  }
  const bool too_large = unpacked.error().code() == base::Code::kResourceExhausted;
  return Response::Text(unpacked.error().message() + "\n", too_large ? 413 : 400);
}

}  // namespace

Response BusyAnswer() {
  Response response = Response::Text("the server is busy; try again\n", 503);
  response.headers.Add("Retry-After", "1");
  return response;
}

Dispatcher::Dispatcher(const Router& router, base::Executor& executor, RequestGuard guard)
    : router_(router), executor_(executor), guard_(std::move(guard)) {}

Dispatcher::Plan Dispatcher::Prepare(Request& request) const {
  Plan plan;
  request.request_id = RequestIdOf(request.headers);
  plan.refusal = guard_.Refusal(request);
  if (plan.refusal) return plan;
  plan.match = router_.Find(request.method, request.path);
  request.path_parameters = std::move(plan.match.path_parameters);
  const bool found = plan.match.blocking != nullptr || plan.match.async != nullptr;
  const std::string_view coding = ContentCoding(request);
  if (found && !coding.empty() && !IsGzip(coding))
    plan.refusal = Response::Text("only gzip is known as Content-Encoding\n", 415);
  if (!found && !plan.match.allowed.empty())
    plan.refusal = WithAllow(request.method == Method::kOptions ? 204 : 405, plan.match.allowed);
  if (!found && plan.match.allowed.empty()) plan.refusal = Response::Empty(404);
  return plan;
}

void Dispatcher::Run(std::shared_ptr<Request> request, const Router::Match& match,
                     Responder responder) const {
  const bool packed = !ContentCoding(*request).empty();
  if (match.async != nullptr && !packed) {
    Guarded(*request, responder, [&] { (*match.async)(request, responder); });
    return;
  }
  auto task = [request, responder, blocking = match.blocking, async = match.async,
               options = match.options] {
    Guarded(*request, responder, [&] {
      if (auto refusal = UnpackBody(*request, options)) return responder.Send(*std::move(refusal));
      if (async != nullptr) return (*async)(request, responder);
      responder.Send((*blocking)(*request));
    });
  };
  if (!executor_.TryPost(std::move(task))) responder.Send(BusyAnswer());
}

bool Dispatcher::RunStream(std::shared_ptr<StreamQueue> queue,
                           std::function<void(std::shared_ptr<StreamWriter>)> body) const {
  return executor_.TryPost([queue = std::move(queue), body = std::move(body)] {
    const std::shared_ptr<StreamWriter> writer = StreamQueue::WriterOf(queue);
    try {
      body(writer);
    } catch (const std::exception& exception) {
      queue->Abort();
      base::Log(base::LogLevel::kError, "a streamed answer threw", {{"what", exception.what()}});
    }
  });
}

void Dispatcher::Complete(const Request& request, const RouteOptions& options,
                          Response& response) const {
  if (!options.compresses || response.file || response.stream ||
      response.body.size() < kCompressFromBytes || response.headers.Get("Content-Encoding") ||
      !IsCompressible(response.headers.Get("Content-Type").value_or("")))
    return;
  response.headers.Add("Vary", "Accept-Encoding");
  if (!AcceptsGzip(request.headers)) return;
  std::string packed = Gzip(response.body);
  if (packed.empty() || packed.size() >= response.body.size()) return;
  response.body = std::move(packed);
  response.headers.Add("Content-Encoding", "gzip");
}

}  // namespace yard::net
