#include "net/server.h"

#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "net/connection_internal.h"
#include "net/io_thread_internal.h"

namespace yard::net {
namespace asio = boost::asio;
using asio::ip::tcp;
using SystemError = boost::system::error_code;

namespace {

constexpr int kListenBacklog = 4096;
constexpr std::chrono::milliseconds kAcceptRetry{100};

base::Result<tcp::endpoint> Resolve(asio::io_context& context, const std::string& host,
                                    uint16_t port) {
  SystemError error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (!error) return tcp::endpoint(address, port);
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(tcp::v4(), host, std::to_string(port), tcp::resolver::passive, error);
  if (error || found.empty())
    return base::InvalidArgument("the host to listen on is no address of this machine",
                                 {"host", host});
  return found.begin()->endpoint();
}

base::Error CannotListen(const SystemError& error, const ServerOptions& options) {
  const base::Detail port{"port", std::to_string(options.port)};
  if (error == asio::error::address_in_use)
    return base::AlreadyExists("the port is taken; choose another one", port)
        .WithReason("port_taken");
  if (error == asio::error::access_denied)
    return base::PermissionDenied("this user may not listen on the port", port);
  return base::InvalidArgument("cannot listen there: " + error.message(), {"host", options.host},
                               port);
}

base::Result<void> Open(tcp::acceptor& acceptor, const ServerOptions& options) {
  YARD_ASSIGN_OR_RETURN(const tcp::endpoint endpoint,
                        Resolve(static_cast<asio::io_context&>(acceptor.get_executor().context()),
                                options.host, options.port));
  try {
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(false));
    acceptor.bind(endpoint);
    acceptor.listen(kListenBacklog);
  } catch (const boost::system::system_error& failure) {
    return CannotListen(failure.code(), options);
  }
  return {};
}

/// Tells a client that came when every place is taken, as far as its socket takes it at once.
void TurnAway(tcp::socket& socket) {
  constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
      "Connection: close\r\n\r\n";
  SystemError ignored;
  ignored = socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kFull), ignored);
}

class AsioServer final : public Server {
 public:
  explicit AsioServer(std::shared_ptr<ServerContext> context) : context_(std::move(context)) {
    for (int i = 0; i < std::max(1, context_->options.io_threads); ++i)
      threads_.push_back(std::make_shared<IoThread>(context_));
    acceptor_ = std::make_unique<tcp::acceptor>(threads_[0]->context());
    retry_timer_ = std::make_unique<asio::steady_timer>(threads_[0]->context());
  }
  ~AsioServer() override { Shutdown(std::chrono::milliseconds(0)); }

  base::Result<void> Begin() {
    YARD_RETURN_IF_ERROR(Open(*acceptor_, context_->options));
    port_ = acceptor_->local_endpoint().port();
    for (const auto& thread : threads_) thread->Start();
    threads_[0]->Post([this] { Accept(); });
    return {};
  }

  uint16_t port() const override { return port_; }

  void Shutdown(std::chrono::milliseconds grace) override {
    std::lock_guard lock(shutdown_mutex_);
    if (std::exchange(is_shut_down_, true)) return;
    context_->is_draining = true;
    threads_[0]->Post([this] { StopAccepting(); });
    for (const auto& thread : threads_) thread->Post([io = thread.get()] { io->DrainAll(); });
    if (grace.count() > 0) context_->connections.WaitUntilNone(grace);
    for (const auto& thread : threads_) thread->Stop();
    context_->files.Stop();
  }

 private:
  void Accept() {
    IoThread& target = *threads_[next_thread_++ % threads_.size()];
    acceptor_->async_accept(target.context(),
                            [this, &target](const SystemError& error, tcp::socket socket) {
                              if (context_->is_draining || error == asio::error::operation_aborted)
                                return;
                              if (error) return AcceptLater(error);
                              Welcome(target, std::move(socket));
                              Accept();
                            });
  }

  void Welcome(IoThread& target, tcp::socket socket) {
    if (context_->connections.value() >= context_->options.max_connections) return TurnAway(socket);
    SystemError error;
    const tcp::endpoint client = socket.remote_endpoint(error);
    if (error) return;
    auto connection =
        std::make_shared<Connection>(std::move(socket), target, client.address().to_string());
    target.Post([connection = std::move(connection)] { connection->Start(); });
  }

  /// The process is out of descriptors or memory: wait for connections to end.
  void AcceptLater(const SystemError& error) {
    base::Log(base::LogLevel::kWarning, "a connection could not be accepted",
              {{"error", error.message()}});
    retry_timer_->expires_after(kAcceptRetry);
    retry_timer_->async_wait([this](const SystemError& aborted) {
      if (!aborted) Accept();
    });
  }

  void StopAccepting() {
    SystemError ignored;
    ignored = acceptor_->close(ignored);
    retry_timer_->cancel();
  }

  std::shared_ptr<ServerContext> context_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::unique_ptr<tcp::acceptor> acceptor_;  // on the first thread
  std::unique_ptr<asio::steady_timer> retry_timer_;
  size_t next_thread_ = 0;
  uint16_t port_ = 0;
  std::mutex shutdown_mutex_;
  bool is_shut_down_ = false;
};

}  // namespace

base::Result<std::unique_ptr<Server>> Server::Listen(const ServerOptions& options,
                                                     const Router& router, base::Executor& executor,
                                                     base::Telemetry& telemetry) {
  auto dispatcher =
      std::make_shared<Dispatcher>(router, executor, RequestGuard(options.guard, options.host));
  auto context = std::make_shared<ServerContext>(options, std::move(dispatcher), telemetry,
                                                 router.route_count());
  auto server = std::make_unique<AsioServer>(std::move(context));
  YARD_RETURN_IF_ERROR(server->Begin());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace yard::net
