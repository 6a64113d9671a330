// How a Connection reads: bytes become a head, a body, and a call of the handler.

#include <algorithm>
#include <utility>

#include <boost/asio/buffer.hpp>

#include "net/connection_internal.h"

namespace yard::net {
namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr uint64_t kSlowestBodyBytesPerSecond = 16 * 1024;
constexpr size_t kReserveLimitBytes = 1024 * 1024;  // announced lengths are only promises

/// RFC 9112 section 2.2: some clients send an empty line too many. False when nothing else is left.
bool SkipEmptyLines(std::string_view& bytes) {
  while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  return !bytes.empty() && bytes != "\r";
}

}  // namespace

bool Connection::WantsBytes() const {
  return reading_ != Reading::kPaused && reading_ != Reading::kDone;
}

void Connection::WaitReadable() {
  if (std::exchange(is_waiting_readable_, true)) return;
  socket_.async_wait(asio::ip::tcp::socket::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->is_waiting_readable_ = false;
                       if (self->is_closed_) return;
                       if (error) return self->Close();
                       self->OnReadable();
                     });
}

void Connection::OnReadable() {
  if (!WantsBytes()) return;
  const auto buffer = io_.receive_buffer();
  boost::system::error_code error;
  const size_t count = socket_.read_some(asio::buffer(buffer.data(), buffer.size()), error);
  if (IsWouldBlock(error)) return WaitReadable();
  if (error) return Close();  // an incomplete request is owed no answer
  Consume({buffer.data(), count});
}

void Connection::Consume(std::string_view bytes) {
  std::string joined;
  if (!pending_.empty()) {
    joined = std::exchange(pending_, {});
    joined.append(bytes);
    bytes = joined;
  }
  is_consuming_ = true;
  while (!bytes.empty() && !is_closed_ && WantsBytes()) {
    if (!Feed(bytes)) break;
  }
  is_consuming_ = false;
  if (is_closed_) return;
  if (!bytes.empty() && bytes.size() == joined.size()) {
    pending_ = std::move(joined);
  } else {
    pending_.assign(bytes);
  }
  if (WantsBytes()) WaitReadable();
}

bool Connection::Feed(std::string_view& bytes) {
  switch (reading_) {
    case Reading::kIdle:
      if (!SkipEmptyLines(bytes)) return false;
      BeginExchange();
      return FeedHead(bytes);
    case Reading::kHead:
      return FeedHead(bytes);
    case Reading::kBody:
    case Reading::kDiscard:
      return FeedBody(bytes);
    default:
      bytes = {};
      return true;
  }
}

void Connection::BeginExchange() {
  exchange_ = std::make_unique<Exchange>(server().options.header_limit_bytes);
  ++exchange_number_;
  reading_ = Reading::kHead;
  Touch(server().options.header_timeout);
}

bool Connection::FeedHead(std::string_view& bytes) {
  const RequestParser::Step step = exchange_->parser.ReadHead(bytes);
  bytes.remove_prefix(step.used);
  if (step.progress == RequestParser::Progress::kNeedsMore) return false;
  if (step.progress == RequestParser::Progress::kFailed) {
    Refuse(exchange_->parser.failure_status(), exchange_->parser.failure());
    return true;
  }
  OnHead();
  return true;
}

void Connection::OnHead() {
  Exchange& exchange = *exchange_;
  exchange.started = steady_clock::now();
  exchange.request = std::make_shared<Request>(exchange.parser.TakeRequest());
  exchange.request->client_address = client_address_;
  exchange.awaits_continue = !exchange.parser.done() && exchange.parser.is_http_1_1() &&
                             exchange.request->headers.Get("Expect").has_value();
  reading_ = exchange.parser.done() ? Reading::kDone : Reading::kPaused;
  Dispatcher::Plan plan = server().dispatcher->Prepare(*exchange.request);
  exchange.match = std::move(plan.match);
  if (plan.refusal) return Answer(*std::move(plan.refusal));
  if (exchange.parser.done()) return Dispatch();
  if (IsAcceptableBody()) BeginBody();
}

/// Looks at what the head says about the body; refuses it when that is too much.
bool Connection::IsAcceptableBody() {
  const Exchange& exchange = *exchange_;
  if (exchange.parser.content_length().value_or(0) > exchange.match.options.body_limit_bytes) {
    Refuse(413, "the body of the request is over the limit");
    return false;
  }
  const std::string_view expectation = exchange.request->headers.Get("Expect").value_or("");
  if (expectation.empty() || EqualsIgnoringCase(expectation, "100-continue")) return true;
  Refuse(417, "only Expect: 100-continue is known");
  return false;
}

void Connection::BeginBody() {
  reading_ = Reading::kBody;
  if (exchange_->match.options.streams_body) {
    exchange_->pipe = std::make_shared<BodyPipe>([handle = Handle(*this)] {
      handle.Post([](Connection& connection) { connection.ResumeBody(); });
    });
    exchange_->request->stream = exchange_->pipe;
    Dispatch();
    if (is_closed_ || !exchange_ || exchange_->is_answered) return;
  } else {
    const uint64_t announced = exchange_->parser.content_length().value_or(0);
    exchange_->parser.body().reserve(
        static_cast<size_t>(std::min<uint64_t>(announced, kReserveLimitBytes)));
  }
  TouchBody();
  if (exchange_->awaits_continue && !SendContinue()) Close();
}

bool Connection::SendContinue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  exchange_->awaits_continue = false;
  boost::system::error_code error;
  return socket_.write_some(asio::buffer(kContinue), error) == kContinue.size() && !error;
}

bool Connection::FeedBody(std::string_view& bytes) {
  const RequestParser::Step step = exchange_->parser.ReadBody(bytes);
  bytes.remove_prefix(step.used);
  if (step.progress == RequestParser::Progress::kFailed) {
    exchange_->is_broken = true;
    if (reading_ == Reading::kDiscard || exchange_->pipe) {
      Close();
    } else {
      Refuse(exchange_->parser.failure_status(), exchange_->parser.failure());
    }
    return true;
  }
  const bool done = step.progress == RequestParser::Progress::kDone;
  if (reading_ == Reading::kDiscard) {
    exchange_->parser.body().clear();
    if (done) EndExchange();
    return done;
  }
  if (!OnBodyPiece()) return true;
  if (done) OnBodyDone();
  return done;
}

/// False when the body was refused.
bool Connection::OnBodyPiece() {
  std::string& body = exchange_->parser.body();
  const uint64_t limit = exchange_->match.options.body_limit_bytes;
  exchange_->body_bytes = exchange_->pipe ? exchange_->body_bytes + body.size() : body.size();
  if (exchange_->body_bytes > limit) {
    OnBodyOverLimit();
    return false;
  }
  TouchBody();
  if (!exchange_->pipe) {
    if (exchange_->body_share.Raise(server().bodies, body.capacity())) return true;
    OnBodyOverBudget();
    return false;
  }
  const bool has_room = exchange_->pipe->Push(body);
  body.clear();
  if (has_room) return true;
  reading_ = Reading::kPaused;
  deadline_ = Instant::max();
  return true;
}

void Connection::OnBodyOverLimit() {
  exchange_->is_broken = !exchange_->parser.done();
  if (!exchange_->pipe) return Refuse(413, "the body of the request is over the limit");
  exchange_->pipe->Fail(base::ResourceExhausted("the body of the request is over the limit")
                            .WithReason("body_too_large"));
  reading_ = Reading::kPaused;  // the handler answers
  deadline_ = Instant::max();
}

void Connection::OnBodyOverBudget() {
  exchange_->is_broken = !exchange_->parser.done();
  if (reading_ != Reading::kDone) reading_ = Reading::kPaused;
  std::string().swap(exchange_->parser.body());
  Answer(BusyAnswer());
}

void Connection::OnBodyDone() {
  reading_ = Reading::kDone;
  deadline_ = Instant::max();
  if (exchange_->pipe) return exchange_->pipe->Finish();
  exchange_->request->body = std::move(exchange_->parser.body());
  Dispatch();
}

void Connection::ResumeBody() {
  const Exchange& exchange = *exchange_;
  if (reading_ != Reading::kPaused || exchange.is_answered || exchange.is_broken) return;
  reading_ = Reading::kBody;
  TouchBody();
  ReadOn();
}

void Connection::Dispatch() {
  if (!exchange_->pipe) deadline_ = Instant::max();
  exchange_->request->deadline = steady_clock::now() + server().options.request_timeout;
  // Copies, because the handler may answer and end the exchange before it returns.
  const std::shared_ptr<Request> request = exchange_->request;
  const Router::Match match = exchange_->match;
  server().dispatcher->Run(request, match, MakeResponder());
}

Responder Connection::MakeResponder() {
  return Responder([handle = Handle(*this), request = exchange_->request,
                    options = exchange_->match.options,
                    dispatcher = server().dispatcher](Response response) {
    dispatcher->Complete(*request, options, response);
    handle.Run([response = std::move(response)](Connection& connection) mutable {
      connection.Answer(std::move(response));
    });
  });
}

/// A buffered body must keep a minimum rate over all, lest one byte now and then hold it forever.
void Connection::TouchBody() {
  Touch(server().options.body_timeout);
  if (exchange_->pipe) return;
  const auto earned =
      std::chrono::seconds(exchange_->parser.body().size() / kSlowestBodyBytesPerSecond);
  deadline_ = std::min(deadline_, exchange_->started + server().options.request_timeout + earned);
}

}  // namespace yard::net
