#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/client_socket.h"

namespace yard::net {

/// TLS 1.2 or newer over a connected socket, as a client: the peer's certificate must be trusted by
/// the system (or by SSL_CERT_FILE, SSL_CERT_DIR) and name the host. Not thread-safe.
class TlsSession {
 public:
  /// Shakes hands. `socket` must outlive the session. Errors: those of the socket; kUnavailable
  /// with reason "untrusted_certificate" or "tls_failed".
  static base::Result<std::unique_ptr<TlsSession>> Start(ClientSocket& socket,
                                                         const std::string& host);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  base::Result<void> Send(std::string_view bytes);
  /// Bytes received into `buffer`; 0 when the peer has closed properly.
  base::Result<size_t> Receive(std::span<char> buffer);

 private:
  struct Engine;
  TlsSession(ClientSocket& socket, std::unique_ptr<Engine> engine);

  base::Result<void> ShakeHands();
  /// After an operation that did not succeed at once: moves bytes between engine and socket. True
  /// when the peer has closed properly.
  base::Result<bool> Progress(int status);
  base::Result<void> SendPending();
  base::Result<void> ReceiveMore();

  ClientSocket& socket_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace yard::net
