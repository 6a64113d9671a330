#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/client.h"

namespace yard::net {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// A certificate for "localhost" that nobody has signed but itself, made anew for each test.
Certificate SelfSigned(EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate.get(), names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

/// Answers one TLS connection with what it received, as far as the handshake succeeds.
class TlsServer {
 public:
  TlsServer() : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate_(SelfSigned(key_.get())) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that its peer may have closed
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    socklen_t size = sizeof(address);
    bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
    listen(listener_, 1);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { ServeOne(); });
  }
  ~TlsServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
    if (!trust_path_.empty()) std::remove(trust_path_.c_str());
    unsetenv("SSL_CERT_FILE");
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Makes clients of this process trust the certificate.
  void Trust() {
    std::string path = testing::TempDir() + "yard-net-XXXXXX";
    const int descriptor = mkstemp(path.data());
    FILE* file = fdopen(descriptor, "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
    trust_path_ = path;
    setenv("SSL_CERT_FILE", path.c_str(), 1);
  }

  std::string Url(const std::string& host) const {
    return "https://" + host + ":" + std::to_string(port_) + "/hook";
  }

 private:
  void ServeOne() {
    const int client = accept(listener_, nullptr, nullptr);
    if (client < 0) return;
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context, certificate_.get());
    SSL_CTX_use_PrivateKey(context, key_.get());
    SSL* session = SSL_new(context);
    SSL_set_fd(session, client);
    if (SSL_accept(session) == 1) Answer(session);
    SSL_free(session);
    SSL_CTX_free(context);
    close(client);
  }

  static void Answer(SSL* session) {
    std::string request;
    std::array<char, 4096> buffer;
    while (request.find("\r\n\r\nping") == std::string::npos) {
      const int count = SSL_read(session, buffer.data(), buffer.size());
      if (count <= 0) return;
      request.append(buffer.data(), static_cast<size_t>(count));
    }
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npong";
    SSL_write(session, answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(session);
  }

  Key key_;
  Certificate certificate_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::string trust_path_;
  std::thread thread_;
};

base::Result<Response> Ping(const std::string& url) {
  ClientRequest request;
  request.method = Method::kPost;
  request.url = url;
  request.body = "ping";
  return Fetch(request);
}

TEST(FetchTlsTest, TalksToATrustedPeer) {
  TlsServer server;
  server.Trust();
  const auto answer = Ping(server.Url("localhost"));
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->body, "pong");
}

TEST(FetchTlsTest, RefusesAnUntrustedPeer) {
  TlsServer server;
  const auto answer = Ping(server.Url("localhost"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason(), "untrusted_certificate");
}

TEST(FetchTlsTest, RefusesATrustedPeerOfAnotherName) {
  TlsServer server;
  server.Trust();
  const auto answer = Ping(server.Url("127.0.0.1"));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().reason(), "untrusted_certificate");
}

}  // namespace
}  // namespace yard::net
