// How a Connection answers: a whole body, a file or a stream, and what comes after it.

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/asio/buffer.hpp>

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
constexpr std::chrono::milliseconds kLingerTimeout{15'000};

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

}  // namespace

void Connection::Refuse(int status, std::string_view text) {
  if (exchange_->is_answered) return Close();
  if (reading_ != Reading::kDone) reading_ = Reading::kPaused;
  Answer(Response::Text(std::string(text) + '\n', status));
}

void Connection::Answer(Response response) {
  if (std::exchange(exchange_->is_answered, true)) return;
  if (reading_ == Reading::kBody) reading_ = Reading::kPaused;
  if (const auto file = response.file) return SendFile(std::move(response), *file);
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

void Connection::SendFile(Response response, const Response::File& file) {
  if (!MayHaveBody(response.status)) return SendHeadOnly(response, std::nullopt);
  if (IsHead()) return SendHeadOnly(response, file.size);
  exchange_->file = std::make_shared<FileSource>(file);
  exchange_->file_response = std::make_unique<Response>(std::move(response));
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
  const std::unique_ptr<const Response> first = std::move(exchange_->file_response);
  if (!piece) {
    const Response refusal = Unreadable(piece.error());
    exchange_->file.reset();
    return first ? SendWhole(refusal) : Close();
  }
  if (first) output_ = HeadOf(*first, exchange_->file->size());
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
  if (!server().dispatcher->RunStream(queue, response.stream)) return SendWhole(BusyAnswer());
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
  error = socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return Close();
  std::string().swap(pending_);
  if (!is_consuming_) WaitReadable();
}

}  // namespace yard::net
