#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/executor.h"
#include "base/telemetry.h"
#include "net/router.h"
#include "net/server.h"

namespace yard::net {

/// A client of bare sockets: it sends exactly the bytes it is told, so that tests can be as rude as
/// the world is.
class RawClient {
 public:
  explicit RawClient(uint16_t port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// False when the server has closed the connection.
  bool Send(std::string_view bytes);
  /// Closes the sending half.
  void FinishSending();
  /// Closes with a reset: the peer's reads fail.
  void Reset();
  /// Reads until the server closes.
  std::string ReadAll();
  /// Reads until `mark` has been received, and not further than needed to see it.
  std::string ReadUntil(std::string_view mark);
  /// Reads one answer with a Content-Length (of a request that was no HEAD): head and body.
  std::string ReadAnswer();

 private:
  bool Receive();

  int descriptor_;
  std::string received_;
};

std::string BodyOf(std::string_view answer);
std::string HeadOf(std::string_view answer);
/// "a: b" style value of an answer's field, without case; "" when absent.
std::string FieldOf(std::string_view answer, std::string_view name);
int StatusOf(std::string_view answer);

/// A server on a free port whose routes the test adds before Serve.
class ServerTest : public testing::Test {
 protected:
  ServerTest() { options.io_threads = 2; }
  ~ServerTest() override;

  void Serve();
  RawClient Connect() const { return RawClient(server->port()); }
  /// Sends `request` on a connection of its own and returns all that comes back until it closes.
  std::string Ask(std::string_view request) const;
  std::string Get(std::string_view path, std::string_view fields = "") const;

  Router router;
  base::Telemetry telemetry;
  ServerOptions options;
  size_t executor_queue_limit = 100;
  int executor_threads = 4;
  std::unique_ptr<base::Executor> executor;
  std::unique_ptr<Server> server;
};

}  // namespace yard::net
