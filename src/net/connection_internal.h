#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/ip/tcp.hpp>

#include "net/body_pipe.h"
#include "net/dispatcher.h"
#include "net/file_source.h"
#include "net/io_thread_internal.h"
#include "net/request_parser.h"
#include "net/stream_queue.h"

namespace yard::net {

/// One client's connection: reads requests one after the other, has each answered before it reads
/// the next (so pipelined answers keep their order), and closes what is too slow.
///
/// It works on readiness, not on completion: it waits until the socket is readable, receives into
/// its thread's buffer and parses there, so that it owns no buffer while it is idle. Everything of
/// one request lives in an Exchange, made at its first byte and gone after its answer. Every method
/// runs on the connection's I/O thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, IoThread& io, std::string client_address);

  void Start();
  void CheckDeadline(std::chrono::steady_clock::time_point now);
  void Drain();
  void Close();

  size_t registry_index = 0;  // IoThread's own

 private:
  using Instant = std::chrono::steady_clock::time_point;

  enum class Reading {
    kIdle,     // between two requests
    kHead,     //
    kBody,     //
    kPaused,   // a body is left, but nobody wants it now
    kDone,     // the request is complete
    kDiscard,  // a small rest of a body that nobody wants
    kLinger,   // the answer is out and the connection ends; reads until the client has seen it
  };

  /// From the first byte of a request to the last of its answer.
  struct Exchange {
    explicit Exchange(size_t head_limit_bytes) : parser(head_limit_bytes) {}

    RequestParser parser;
    std::shared_ptr<Request> request;
    Router::Match match;
    std::shared_ptr<BodyPipe> pipe;
    uint64_t body_bytes = 0;
    BodyBudget::Share body_share;
    Instant started;               // when the head was complete
    bool awaits_continue = false;  // the client holds its body back until it is asked for it
    bool is_answered = false;
    bool is_broken = false;  // the rest of the body cannot be told from the next request
    bool keeps_alive = false;
    std::shared_ptr<FileSource> file;
    std::shared_ptr<StreamQueue> stream;
    std::unique_ptr<Response> file_response;    // waits for the first piece of its file
    std::optional<uint64_t> stream_bytes_left;  // of a stream that announced its length
    bool stream_is_complete = false;
  };

  /// Finds its way back to this connection, for this exchange only, from any thread.
  class Handle {
   public:
    explicit Handle(Connection& connection);
    template <typename Work>
    void Run(Work work) const;  // work(Connection&), on the I/O thread; at once when already there
    template <typename Work>
    void Post(Work work) const;  // the same, but always later

   private:
    template <typename Work>
    static void Enter(const std::weak_ptr<Connection>& weak, uint64_t exchange, Work& work);
    std::weak_ptr<Connection> connection_;
    std::shared_ptr<IoThread> io_;
    uint64_t exchange_number_;
  };

  static bool IsWouldBlock(const boost::system::error_code& error);
  ServerContext& server() const { return io_.server(); }
  bool WantsBytes() const;

  void WaitReadable();
  void OnReadable();
  void OnReadEnd();
  void Consume(std::string_view bytes);
  /// Uses up some of `bytes`. False when it needs more than there are.
  bool Feed(std::string_view& bytes);
  bool FeedHead(std::string_view& bytes);
  bool FeedBody(std::string_view& bytes);
  void BeginExchange();
  void OnHead();
  bool IsAcceptableBody();
  void BeginBody();
  bool SendContinue();
  bool OnBodyPiece();
  void OnBodyOverLimit();
  void OnBodyOverBudget();
  void OnBodyDone();
  void ResumeBody();
  void Dispatch();
  Responder MakeResponder();

  void Refuse(int status, std::string_view text);
  void Answer(Response response);
  void SendWhole(Response response);
  void SendHeadOnly(const Response& response, std::optional<uint64_t> content_length);
  void SendFile(Response response, const Response::File& file);
  void ReadFilePiece();
  void OnFilePiece(base::Result<std::string> piece);
  void SendStream(Response response);
  bool TakeFromStream();
  /// Without `content_length` the body is chunked, or ends with the connection.
  std::string HeadOf(const Response& response, std::optional<uint64_t> content_length);
  bool MayKeepAlive() const;
  bool IsHead() const;

  void Pump();
  bool FlushOutput();
  void WaitWritable();
  bool RefillOutput();
  void FinishExchange();
  void EndExchange();
  void ReadOn();
  void Linger();
  void Touch(std::chrono::milliseconds timeout);
  void TouchBody();

  boost::asio::ip::tcp::socket socket_;
  IoThread& io_;
  std::string client_address_;
  std::string pending_;  // received but not yet used
  std::string output_;
  std::string output_body_;  // follows output_
  size_t written_ = 0;
  std::unique_ptr<Exchange> exchange_;
  uint64_t exchange_number_ = 0;
  Instant deadline_ = Instant::max();
  Reading reading_ = Reading::kIdle;
  bool is_waiting_readable_ = false;
  bool is_waiting_writable_ = false;
  bool is_consuming_ = false;
  bool is_closed_ = false;
};

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

}  // namespace yard::net
