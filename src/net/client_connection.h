#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/client_socket.h"
#include "net/tls_session.h"
#include "net/url.h"

namespace yard::net {

/// A blocking connection to an http or https URL's host, with one deadline for everything. Not
/// thread-safe.
class ClientConnection {
 public:
  /// Errors: those of ClientSocket::Connect and TlsSession::Start.
  static base::Result<std::unique_ptr<ClientConnection>> Open(const Url& url,
                                                              ClientSocket::Deadline deadline);

  base::Result<void> Send(std::string_view bytes);
  /// Bytes received into `buffer`; 0 when the peer has closed.
  base::Result<size_t> Receive(std::span<char> buffer);

 private:
  explicit ClientConnection(ClientSocket socket);

  ClientSocket socket_;
  std::unique_ptr<TlsSession> tls_;  // of https only
};

}  // namespace yard::net
