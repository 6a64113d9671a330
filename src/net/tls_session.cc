#include "net/tls_session.h"

#include <algorithm>
#include <array>
#include <climits>
#include <utility>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace yard::net {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::string LastError() {
  const unsigned long code = ERR_get_error();
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return code == 0 ? "no details" : text.data();
}

base::Error Failed(std::string what) {
  return base::Unavailable(std::move(what) + ": " + LastError()).WithReason("tls_failed");
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> parsed;
  return inet_pton(AF_INET, host.c_str(), parsed.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), parsed.data()) == 1;
}

/// What the certificate must name. Names are also sent ahead, for servers of many names.
bool ExpectHost(SSL* session, const std::string& host) {
  if (IsAddress(host))
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
  return SSL_set1_host(session, host.c_str()) == 1 &&
         SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

Context TrustingContext() {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context || SSL_CTX_set_default_verify_paths(context.get()) != 1) return {nullptr, nullptr};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

int AtMostInt(size_t size) { return static_cast<int>(std::min<size_t>(size, INT_MAX)); }

}  // namespace

struct TlsSession::Engine {
  Context context{nullptr, &SSL_CTX_free};
  Session session{nullptr, &SSL_free};
  BIO* incoming = nullptr;  // owned by the session
  BIO* outgoing = nullptr;  // owned by the session
};

TlsSession::TlsSession(ClientSocket& socket, std::unique_ptr<Engine> engine)
    : socket_(socket), engine_(std::move(engine)) {}
TlsSession::~TlsSession() = default;

base::Result<std::unique_ptr<TlsSession>> TlsSession::Start(ClientSocket& socket,
                                                            const std::string& host) {
  auto engine = std::make_unique<Engine>();
  engine->context = TrustingContext();
  if (!engine->context) return Failed("TLS cannot be set up");
  engine->session.reset(SSL_new(engine->context.get()));
  engine->incoming = BIO_new(BIO_s_mem());
  engine->outgoing = BIO_new(BIO_s_mem());
  SSL_set_bio(engine->session.get(), engine->incoming, engine->outgoing);
  if (!ExpectHost(engine->session.get(), host)) return Failed("the host cannot be verified");
  std::unique_ptr<TlsSession> tls(new TlsSession(socket, std::move(engine)));
  YARD_RETURN_IF_ERROR(tls->ShakeHands());
  return tls;
}

base::Result<void> TlsSession::ShakeHands() {
  for (;;) {
    const int status = SSL_connect(engine_->session.get());
    if (status == 1) return SendPending();
    YARD_ASSIGN_OR_RETURN(const bool closed, Progress(status));
    if (closed) return base::Unavailable("the peer closed during the handshake");
  }
}

base::Result<bool> TlsSession::Progress(int status) {
  const int want = SSL_get_error(engine_->session.get(), status);
  const long verdict = SSL_get_verify_result(engine_->session.get());
  YARD_RETURN_IF_ERROR(SendPending());
  if (want == SSL_ERROR_ZERO_RETURN) return true;
  if (want == SSL_ERROR_WANT_WRITE) return false;
  if (want == SSL_ERROR_WANT_READ) {
    YARD_RETURN_IF_ERROR(ReceiveMore());
    return false;
  }
  if (verdict == X509_V_OK) return Failed("TLS failed");
  ERR_clear_error();
  return base::Unavailable(std::string("the peer's certificate is not trusted: ") +
                           X509_verify_cert_error_string(verdict))
      .WithReason("untrusted_certificate");
}

base::Result<void> TlsSession::SendPending() {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const int count = BIO_read(engine_->outgoing, buffer.data(), buffer.size());
    if (count <= 0) return {};
    YARD_RETURN_IF_ERROR(socket_.Send({buffer.data(), static_cast<size_t>(count)}));
  }
}

base::Result<void> TlsSession::ReceiveMore() {
  std::array<char, 16 * 1024> buffer;
  YARD_ASSIGN_OR_RETURN(const size_t count, socket_.Receive(buffer));
  if (count == 0) return base::Unavailable("the connection broke off").WithReason("tls_failed");
  if (BIO_write(engine_->incoming, buffer.data(), AtMostInt(count)) <= 0)
    return Failed("TLS failed");
  return {};
}

base::Result<void> TlsSession::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const int status = SSL_write(engine_->session.get(), bytes.data(), AtMostInt(bytes.size()));
    if (status > 0) {
      bytes.remove_prefix(static_cast<size_t>(status));
      YARD_RETURN_IF_ERROR(SendPending());
      continue;
    }
    YARD_ASSIGN_OR_RETURN(const bool closed, Progress(status));
    if (closed) return base::Unavailable("the peer closed the connection");
  }
  return {};
}

base::Result<size_t> TlsSession::Receive(std::span<char> buffer) {
  for (;;) {
    const int status = SSL_read(engine_->session.get(), buffer.data(), AtMostInt(buffer.size()));
    if (status > 0) return static_cast<size_t>(status);
    YARD_ASSIGN_OR_RETURN(const bool closed, Progress(status));
    if (closed) return size_t{0};
  }
}

}  // namespace yard::net
