#include "net/client_socket.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <system_error>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace yard::net {
namespace {

std::string ErrorText(int code) { return std::generic_category().message(code); }

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

base::Result<Addresses> Resolve(const Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
  if (status != 0)
    return base::Unavailable(std::string("the host cannot be found: ") + gai_strerror(status),
                             {"host", url.host});
  return Addresses(found, &freeaddrinfo);
}

}  // namespace

base::Result<ClientSocket> ClientSocket::Connect(const Url& url, Deadline deadline) {
  YARD_ASSIGN_OR_RETURN(const Addresses addresses, Resolve(url));
  base::Error last = base::Unavailable("the host has no address", {"host", url.host});
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    ClientSocket socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                        deadline);
    if (socket.descriptor_ < 0) return base::Unavailable("no socket: " + ErrorText(errno));
    const auto connected = socket.FinishConnecting(
        {reinterpret_cast<const char*>(address->ai_addr), address->ai_addrlen});
    if (connected) return socket;
    last = connected.error();
    if (last.code() == base::Code::kDeadlineExceeded) break;
  }
  return std::move(last).With({"host", url.authority()});
}

base::Result<void> ClientSocket::FinishConnecting(std::span<const char> address) {
  const int enabled = 1;
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &enabled, sizeof(enabled));
  const int status = connect(descriptor_, reinterpret_cast<const sockaddr*>(address.data()),
                             static_cast<socklen_t>(address.size()));
  if (status == 0) return {};
  if (errno != EINPROGRESS) return base::Unavailable("cannot connect: " + ErrorText(errno));
  YARD_RETURN_IF_ERROR(Wait(POLLOUT));
  int failure = 0;
  socklen_t length = sizeof(failure);
  getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &failure, &length);
  if (failure != 0) return base::Unavailable("cannot connect: " + ErrorText(failure));
  return {};
}

ClientSocket::ClientSocket(ClientSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), deadline_(other.deadline_) {}

ClientSocket& ClientSocket::operator=(ClientSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  deadline_ = other.deadline_;
  return *this;
}

ClientSocket::~ClientSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

base::Result<void> ClientSocket::Wait(short events) const {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) return base::DeadlineExceeded("the peer did not answer in time");
    pollfd entry{descriptor_, events, 0};
    const int timeout = static_cast<int>(std::min<int64_t>(left.count(), INT_MAX));
    const int ready = poll(&entry, 1, timeout);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return base::Unavailable("poll: " + ErrorText(errno));
  }
}

base::Result<void> ClientSocket::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
      continue;
    }
    if (errno != EAGAIN && errno != EINTR)
      return base::Unavailable("the connection broke: " + ErrorText(errno));
    YARD_RETURN_IF_ERROR(Wait(POLLOUT));
  }
  return {};
}

base::Result<size_t> ClientSocket::Receive(std::span<char> buffer) {
  for (;;) {
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<size_t>(count);
    if (errno != EAGAIN && errno != EINTR)
      return base::Unavailable("the connection broke: " + ErrorText(errno));
    YARD_RETURN_IF_ERROR(Wait(POLLIN));
  }
}

}  // namespace yard::net
