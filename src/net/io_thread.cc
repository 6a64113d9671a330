#include <algorithm>
#include <exception>

#include "base/log.h"
#include "net/connection_internal.h"
#include "net/http_date.h"
#include "net/io_thread_internal.h"

namespace yard::net {
namespace {

thread_local const IoThread* current_io_thread = nullptr;

/// Often enough to be fair to the shortest timeout, never more than once in 10 ms.
std::chrono::milliseconds SweepPeriod(const ServerOptions& options) {
  const auto shortest =
      std::min({options.idle_timeout, options.header_timeout, options.body_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(10), std::chrono::milliseconds(1000));
}

}  // namespace

IoThread::IoThread(std::shared_ptr<ServerContext> server)
    : server_(std::move(server)),
      context_(1),
      work_(context_.get_executor()),
      sweep_timer_(context_),
      sweep_period_(SweepPeriod(server_->options)) {}

IoThread::~IoThread() = default;

void IoThread::Start() {
  thread_ = std::thread([this] {
    current_io_thread = this;
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& exception) {
        base::Log(base::LogLevel::kError, "an I/O thread caught an exception",
                  {{"what", exception.what()}});
      }
    }
  });
}

void IoThread::Stop() {
  Post([this] {
    CloseAll();
    sweep_timer_.cancel();
    work_.reset();
  });
  if (thread_.joinable()) thread_.join();
}

bool IoThread::is_current() const { return current_io_thread == this; }

void IoThread::Add(std::shared_ptr<Connection> connection) {
  connection->registry_index = connections_.size();
  connections_.push_back(std::move(connection));
  if (!sweep_scheduled_) ScheduleSweep();
}

void IoThread::Remove(Connection& connection) {
  const size_t index = connection.registry_index;
  std::swap(connections_[index], connections_.back());
  connections_[index]->registry_index = index;
  connections_.pop_back();
}

void IoThread::DrainAll() {
  for (size_t i = connections_.size(); i-- > 0;) {
    const std::shared_ptr<Connection> connection = connections_[i];
    connection->Drain();
  }
}

void IoThread::CloseAll() {
  while (!connections_.empty()) {
    const std::shared_ptr<Connection> connection = connections_.back();
    connection->Close();
  }
}

std::string_view IoThread::date() {
  const int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(
                              std::chrono::system_clock::now().time_since_epoch())
                              .count();
  if (seconds != date_seconds_) {
    date_seconds_ = seconds;
    date_ = FormatHttpDate(seconds);
  }
  return date_;
}

void IoThread::ScheduleSweep() {
  sweep_scheduled_ = true;
  sweep_timer_.expires_after(sweep_period_);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    sweep_scheduled_ = false;
    if (error) return;
    Sweep();
    if (!connections_.empty()) ScheduleSweep();
  });
}

void IoThread::Sweep() {
  const auto now = std::chrono::steady_clock::now();
  for (size_t i = connections_.size(); i-- > 0;) {
    const std::shared_ptr<Connection> connection = connections_[i];
    connection->CheckDeadline(now);
  }
}

}  // namespace yard::net
