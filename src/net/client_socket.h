#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/url.h"

namespace yard::net {

/// A blocking TCP connection with one deadline for everything. Not thread-safe.
class ClientSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Tries every address of the host. Errors: kUnavailable, kDeadlineExceeded.
  static base::Result<ClientSocket> Connect(const Url& url, Deadline deadline);

  ClientSocket(ClientSocket&& other) noexcept;
  ClientSocket& operator=(ClientSocket&& other) noexcept;
  ~ClientSocket();

  base::Result<void> Send(std::string_view bytes);
  /// Bytes received into `buffer`; 0 when the peer has closed.
  base::Result<size_t> Receive(std::span<char> buffer);

 private:
  ClientSocket(int descriptor, Deadline deadline) : descriptor_(descriptor), deadline_(deadline) {}
  base::Result<void> Wait(short events) const;
  base::Result<void> FinishConnecting(std::span<const char> address);

  int descriptor_ = -1;
  Deadline deadline_;
};

}  // namespace yard::net
