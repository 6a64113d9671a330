#include "net/server_fixture_test.h"

#include <array>
#include <charconv>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http.h"

namespace yard::net {

RawClient::RawClient(uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // A guard against hanging tests, not a measure of anything.
  const timeval patience{20, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
    ADD_FAILURE() << "cannot connect to port " << port;
}

RawClient::~RawClient() { close(descriptor_); }

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return true;
}

void RawClient::FinishSending() { shutdown(descriptor_, SHUT_WR); }

void RawClient::Reset() {
  const linger at_once{1, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(descriptor_);
  descriptor_ = -1;
}

bool RawClient::Receive() {
  std::array<char, 64 * 1024> buffer;
  const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count <= 0) return false;
  received_.append(buffer.data(), static_cast<size_t>(count));
  return true;
}

std::string RawClient::ReadAll() {
  while (Receive()) {
  }
  return std::exchange(received_, {});
}

std::string RawClient::ReadUntil(std::string_view mark) {
  size_t found = received_.find(mark);
  while (found == std::string::npos && Receive()) found = received_.find(mark);
  if (found == std::string::npos) {
    ADD_FAILURE() << "the connection ended before '" << mark << "' came; got: " << received_;
    return std::exchange(received_, {});
  }
  const std::string text = received_.substr(0, found + mark.size());
  received_.erase(0, text.size());
  return text;
}

std::string RawClient::ReadAnswer() {
  std::string answer = ReadUntil("\r\n\r\n");
  size_t length = 0;
  const std::string field = FieldOf(answer, "Content-Length");
  std::from_chars(field.data(), field.data() + field.size(), length);
  while (received_.size() < length && Receive()) {
  }
  answer += received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

std::string BodyOf(std::string_view answer) {
  const size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}

std::string HeadOf(std::string_view answer) {
  return std::string(answer.substr(0, answer.find("\r\n\r\n")));
}

std::string FieldOf(std::string_view answer, std::string_view name) {
  std::string head = HeadOf(answer) + "\r\n";
  for (size_t start = 0, end; (end = head.find("\r\n", start)) != std::string::npos;
       start = end + 2) {
    const std::string_view line = std::string_view(head).substr(start, end - start);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && EqualsIgnoringCase(line.substr(0, colon), name))
      return std::string(TrimSpaces(line.substr(colon + 1)));
  }
  return "";
}

int StatusOf(std::string_view answer) {
  int status = 0;
  if (answer.size() > 12) std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

ServerTest::~ServerTest() {
  if (server) server->Shutdown(std::chrono::milliseconds(0));
  if (executor) executor->Stop();
}

void ServerTest::Serve() {
  executor = std::make_unique<base::Executor>("test", executor_threads, executor_queue_limit);
  auto listening = Server::Listen(options, router, *executor, telemetry);
  ASSERT_TRUE(listening.ok()) << listening.error().ToString();
  server = *std::move(listening);
}

std::string ServerTest::Ask(std::string_view request) const {
  RawClient client(server->port());
  client.Send(request);
  return client.ReadAll();
}

std::string ServerTest::Get(std::string_view path, std::string_view fields) const {
  return Ask("GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" +
             std::string(fields) + "\r\n");
}

}  // namespace yard::net
