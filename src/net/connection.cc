#include <algorithm>
#include <utility>

#include <boost/asio/error.hpp>

#include "net/connection_internal.h"

namespace yard::net {
namespace asio = boost::asio;
using std::chrono::steady_clock;

Connection::Handle::Handle(Connection& connection)
    : connection_(connection.weak_from_this()),
      io_(connection.io_.shared_from_this()),
      exchange_number_(connection.exchange_number_) {}

Connection::Connection(asio::ip::tcp::socket socket, IoThread& io, std::string client_address)
    : socket_(std::move(socket)), io_(io), client_address_(std::move(client_address)) {}

void Connection::Start() {
  boost::system::error_code error;
  error = socket_.set_option(asio::ip::tcp::no_delay(true), error);
  error = socket_.non_blocking(true, error);
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
  ignored = socket_.close(ignored);
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

bool Connection::IsWouldBlock(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace yard::net
