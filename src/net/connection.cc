#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "net/answer_head.h"
#include "net/connection_internal.h"

namespace yard::net {
namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr size_t kJoinBodyBytes = 16 * 1024;         // smaller bodies are copied behind their head
constexpr uint64_t kDiscardLimitBytes = 256 * 1024;  // a larger unread body ends the connection
constexpr uint64_t kSlowestBodyBytesPerSecond = 16 * 1024;
constexpr std::chrono::milliseconds kLingerTimeout{15'000};
constexpr size_t kReserveLimitBytes = 1024 * 1024;  // announced lengths are only promises

bool IsWouldBlock(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

bool MayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::optional<uint64_t> DeclaredLength(const Response& response) {
  const std::string_view text = response.headers.Get("Content-Length").value_or("");
  uint64_t length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return length;
}

Response Unreadable(const base::Error& error) {
  const bool absent = error.code() == base::Code::kNotFound;
  if (!absent)
    base::Log(base::LogLevel::kError, "a file could not be sent", {{"error", error.ToString()}});
  return Response::Text(absent ? "no such file\n" : "the file cannot be read\n",
                        absent ? 404 : 500);
}

/// RFC 9112 section 2.2: some clients send an empty line too many. False when nothing else is left.
bool SkipEmptyLines(std::string_view& bytes) {
  while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  return !bytes.empty() && bytes != "\r";
}

Response Busy() {
  Response response = Response::Text("the server is busy; try again\n", 503);
  response.headers.Add("Retry-After", "1");
  return response;
}

}  // namespace

Connection::Handle::Handle(Connection& connection)
    : connection_(connection.weak_from_this()),
      io_(connection.io_.shared_from_this()),
      exchange_number_(connection.exchange_number_) {}

template <typename Work>
void Connection::Handle::Enter(const std::weak_ptr<Connection>& weak, uint64_t exchange,
                               Work& work) {
  const std::shared_ptr<Connection> connection = weak.lock();
  if (!connection || connection->is_closed_ || !connection->exchange_ ||
      connection->exchange_number_ != exchange)
    return;
  work(*connection);
}

template <typename Work>
void Connection::Handle::Run(Work work) const {
  if (io_->is_current()) return Enter(connection_, exchange_number_, work);
  Post(std::move(work));
}

template <typename Work>
void Connection::Handle::Post(Work work) const {
  io_->Post([weak = connection_, exchange = exchange_number_, work = std::move(work)]() mutable {
    Enter(weak, exchange, work);
  });
}

Connection::Connection(asio::ip::tcp::socket socket, IoThread& io, std::string client_address)
    : socket_(std::move(socket)), io_(io), client_address_(std::move(client_address)) {}

void Connection::Start() {
  boost::system::error_code error;
  socket_.set_option(asio::ip::tcp::no_delay(true), error);
  socket_.non_blocking(true, error);
  if (error || server().is_draining) return;
  io_.Add(shared_from_this());
  server().connections.Add();
  server().metrics.open_connections().Add(1);
  Touch(server().options.idle_timeout);
  WaitReadable();
}

void Connection::Close() {
  if (std::exchange(is_closed_, true)) return;
  if (exchange_ && exchange_->pipe)
    exchange_->pipe->Fail(base::MakeError(base::Code::kCancelled, "the client went away"));
  if (exchange_ && exchange_->stream) exchange_->stream->Abandon();
  boost::system::error_code ignored;
  socket_.close(ignored);
  server().metrics.open_connections().Add(-1);
  io_.Remove(*this);
  server().connections.Remove();
}

void Connection::Drain() {
  if (reading_ == Reading::kIdle) Close();
}

void Connection::CheckDeadline(Instant now) {
  if (now < deadline_) return;
  if (reading_ == Reading::kHead) return Refuse(408, "the request did not arrive in time");
  if (reading_ != Reading::kBody) return Close();
  exchange_->is_broken = true;
  if (!exchange_->pipe) return Refuse(408, "the body of the request did not arrive in time");
  exchange_->pipe->Fail(base::DeadlineExceeded("the body of the request did not arrive in time"));
  reading_ = Reading::kPaused;  // the handler answers
  deadline_ = Instant::max();
}

void Connection::Touch(std::chrono::milliseconds timeout) {
  deadline_ = steady_clock::now() + timeout;
}

/// A buffered body must keep a minimum rate over all, lest one byte now and then hold it forever.
void Connection::TouchBody() {
  Touch(server().options.body_timeout);
  if (exchange_->pipe) return;
  const auto earned =
      std::chrono::seconds(exchange_->parser.body().size() / kSlowestBodyBytesPerSecond);
  deadline_ = std::min(deadline_, exchange_->started + server().options.request_timeout + earned);
}

// Reading.

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
  Answer(Busy());
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

// Answering.

void Connection::Refuse(int status, std::string_view text) {
  if (exchange_->is_answered) return Close();
  if (reading_ != Reading::kDone) reading_ = Reading::kPaused;
  Answer(Response::Text(std::string(text) + '\n', status));
}

void Connection::Answer(Response response) {
  if (std::exchange(exchange_->is_answered, true)) return;
  if (reading_ == Reading::kBody) reading_ = Reading::kPaused;
  if (response.file) return SendFile(std::move(response));
  if (response.stream) return SendStream(std::move(response));
  SendWhole(std::move(response));
}

void Connection::SendWhole(Response response) {
  if (!MayHaveBody(response.status)) return SendHeadOnly(response, std::nullopt);
  if (IsHead()) return SendHeadOnly(response, response.body.size());
  output_ = HeadOf(response, response.body.size());
  if (response.body.size() <= kJoinBodyBytes) {
    output_ += response.body;
  } else {
    output_body_ = std::move(response.body);
  }
  Pump();
}

void Connection::SendHeadOnly(const Response& response, std::optional<uint64_t> content_length) {
  output_ = HeadOf(response, content_length);
  Pump();
}

void Connection::SendFile(Response response) {
  const Response::File file = *response.file;
  if (!MayHaveBody(response.status)) return SendHeadOnly(response, std::nullopt);
  if (IsHead()) return SendHeadOnly(response, file.size);
  exchange_->file = std::make_shared<FileSource>(file);
  exchange_->file_response = std::move(response);
  ReadFilePiece();
}

void Connection::ReadFilePiece() {
  deadline_ = Instant::max();
  const bool queued =
      server().files.TryPost([handle = Handle(*this), file = exchange_->file]() mutable {
        base::Result<std::string> piece = file->Next();
        file.reset();
        handle.Post([piece = std::move(piece)](Connection& connection) mutable {
          connection.OnFilePiece(std::move(piece));
        });
      });
  if (!queued) Close();  // only while stopping
}

void Connection::OnFilePiece(base::Result<std::string> piece) {
  const bool is_first = exchange_->file_response.has_value();
  if (!piece) {
    const Response refusal = Unreadable(piece.error());
    exchange_->file.reset();
    return is_first ? SendWhole(refusal) : Close();
  }
  if (is_first) {
    const Response response = *std::exchange(exchange_->file_response, std::nullopt);
    output_ = HeadOf(response, response.file->size);
  }
  output_body_ = *std::move(piece);
  Pump();
}

void Connection::SendStream(Response response) {
  const auto length = DeclaredLength(response);
  if (IsHead() || !MayHaveBody(response.status)) return SendHeadOnly(response, length);
  const bool chunked = !length && exchange_->parser.is_http_1_1();
  const auto framing = chunked ? StreamQueue::Framing::kChunked : StreamQueue::Framing::kRaw;
  const auto queue = std::make_shared<StreamQueue>(framing, [handle = Handle(*this)] {
    handle.Post([](Connection& connection) { connection.Pump(); });
  });
  if (!server().dispatcher->RunStream(queue, response.stream)) return SendWhole(Busy());
  exchange_->stream = queue;
  exchange_->stream_bytes_left = length;
  output_ = HeadOf(response, length);
  Pump();
}

/// Moves what the writers queued to the output. True when there is something to send.
bool Connection::TakeFromStream() {
  Exchange& exchange = *exchange_;
  StreamQueue::Taken taken = exchange.stream->Take();
  const uint64_t left = exchange.stream_bytes_left.value_or(taken.bytes.size());
  const bool is_short = taken.is_last && exchange.stream_bytes_left && left > taken.bytes.size();
  if (taken.is_aborted || is_short || left < taken.bytes.size()) {
    Close();
    return false;
  }
  if (exchange.stream_bytes_left) *exchange.stream_bytes_left -= taken.bytes.size();
  exchange.stream_is_complete = taken.is_last;
  output_ = std::move(taken.bytes);
  return !output_.empty();
}

std::string Connection::HeadOf(const Response& response, std::optional<uint64_t> content_length) {
  Exchange& exchange = *exchange_;
  const bool is_unframed = !content_length && response.stream && !IsHead();
  const std::string request_id =
      exchange.request ? exchange.request->request_id : base::NewId(base::SystemClock());
  AnswerFraming framing;
  framing.is_http_1_1 = !exchange.request || exchange.parser.is_http_1_1();
  framing.is_chunked = is_unframed && framing.is_http_1_1;
  framing.keeps_alive = MayKeepAlive() && (!is_unframed || framing.is_chunked);
  framing.content_length = content_length;
  framing.date = io_.date();
  framing.request_id = request_id;
  exchange.keeps_alive = framing.keeps_alive;
  const std::chrono::duration<double> duration =
      exchange.request ? steady_clock::now() - exchange.started : steady_clock::duration::zero();
  server().metrics.Record(exchange.match,
                          exchange.request ? exchange.request->method : Method::kGet,
                          response.status, duration.count());
  return FormatAnswerHead(response, framing);
}

bool Connection::IsHead() const {
  return exchange_->request && exchange_->request->method == Method::kHead;
}

bool Connection::MayKeepAlive() const {
  const Exchange& exchange = *exchange_;
  if (!exchange.request || exchange.is_broken || server().is_draining) return false;
  if (!exchange.parser.keeps_alive()) return false;
  if (exchange.parser.done()) return true;
  const auto left = exchange.parser.content_length_remaining();
  return !exchange.awaits_continue && left && *left <= kDiscardLimitBytes;
}

void Connection::Pump() {
  while (FlushOutput()) {
    if (!RefillOutput()) return;
  }
}

/// Sends what is in the output. True when all of it is out.
bool Connection::FlushOutput() {
  if (is_waiting_writable_) return false;
  while (written_ < output_.size() + output_body_.size()) {
    const size_t of_head = std::min(written_, output_.size());
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(output_) + of_head, asio::buffer(output_body_) + (written_ - of_head)};
    boost::system::error_code error;
    const size_t count = output_body_.empty() ? socket_.write_some(buffers[0], error)
                                              : socket_.write_some(buffers, error);
    if (IsWouldBlock(error)) {
      WaitWritable();
      return false;
    }
    if (error) {
      Close();
      return false;
    }
    written_ += count;
  }
  written_ = 0;
  std::string().swap(output_);
  std::string().swap(output_body_);
  return true;
}

void Connection::WaitWritable() {
  is_waiting_writable_ = true;
  Touch(server().options.body_timeout);
  socket_.async_wait(asio::ip::tcp::socket::wait_write,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       self->is_waiting_writable_ = false;
                       if (self->is_closed_) return;
                       if (error) return self->Close();
                       self->Pump();
                     });
}

/// Called when the output is empty. True when there is more to send now.
bool Connection::RefillOutput() {
  if (exchange_->file && !exchange_->file->done()) {
    ReadFilePiece();
    return false;
  }
  if (exchange_->stream && !exchange_->stream_is_complete) {
    deadline_ = Instant::max();
    if (TakeFromStream()) return true;
    if (is_closed_ || !exchange_->stream_is_complete) return false;
  }
  FinishExchange();
  return false;
}

void Connection::FinishExchange() {
  if (!exchange_->keeps_alive) return Linger();
  if (exchange_->parser.done()) return EndExchange();
  reading_ = Reading::kDiscard;
  Touch(server().options.body_timeout);
  ReadOn();
}

void Connection::EndExchange() {
  exchange_.reset();
  if (server().is_draining) return Close();
  reading_ = Reading::kIdle;
  Touch(server().options.idle_timeout);
  ReadOn();
}

/// Goes on with what was received before, or waits for more.
void Connection::ReadOn() {
  if (is_consuming_) return;  // the loop there goes on
  if (pending_.empty()) return WaitReadable();
  Consume({});
}

/// Ends the connection so that the client surely sees the answer: closing at once with unread bytes
/// in the socket would reset it.
void Connection::Linger() {
  const bool is_complete = exchange_->parser.done() && !exchange_->is_broken;
  exchange_.reset();
  if (is_complete && server().is_draining) return Close();
  reading_ = Reading::kLinger;
  Touch(kLingerTimeout);
  boost::system::error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return Close();
  std::string().swap(pending_);
  if (!is_consuming_) WaitReadable();
}

}  // namespace yard::net
