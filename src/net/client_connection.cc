#include "net/client_connection.h"

#include <utility>

namespace yard::net {

ClientConnection::ClientConnection(ClientSocket socket) : socket_(std::move(socket)) {}

base::Result<std::unique_ptr<ClientConnection>> ClientConnection::Open(
    const Url& url, ClientSocket::Deadline deadline) {
  YARD_ASSIGN_OR_RETURN(ClientSocket socket, ClientSocket::Connect(url, deadline));
  std::unique_ptr<ClientConnection> connection(new ClientConnection(std::move(socket)));
  if (url.scheme != "https") return connection;
  YARD_ASSIGN_OR_RETURN(connection->tls_, TlsSession::Start(connection->socket_, url.host));
  return connection;
}

base::Result<void> ClientConnection::Send(std::string_view bytes) {
  return tls_ ? tls_->Send(bytes) : socket_.Send(bytes);
}

base::Result<size_t> ClientConnection::Receive(std::span<char> buffer) {
  return tls_ ? tls_->Receive(buffer) : socket_.Receive(buffer);
}

}  // namespace yard::net
