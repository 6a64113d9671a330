#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "net/server_context.h"

namespace yard::net {

class Connection;

/// One thread with its own io_context and the connections that live on it. A connection is touched
/// by its thread only, so connections need no locks. One timer sweeps over the deadlines of all of
/// them, and one buffer receives for all of them: an idle connection holds neither.
///
/// Kept alive by those who may still post to it; what is posted after Stop is never run.
class IoThread : public std::enable_shared_from_this<IoThread> {
 public:
  explicit IoThread(std::shared_ptr<ServerContext> server);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void Start();
  /// Runs until the last connection is closed, then joins. Call CloseAll first.
  void Stop();

  /// From any thread.
  template <typename Work>
  void Post(Work work) {
    boost::asio::post(context_, std::move(work));
  }
  bool is_current() const;
  ServerContext& server() { return *server_; }
  boost::asio::io_context& context() { return context_; }

  // On the thread itself only:
  void Add(std::shared_ptr<Connection> connection);
  void Remove(Connection& connection);
  /// Idle connections close; others close after their answer.
  void DrainAll();
  void CloseAll();
  std::span<char> receive_buffer() { return receive_buffer_; }
  /// The Date header's value, renewed each second.
  std::string_view date();

 private:
  void ScheduleSweep();
  void Sweep();

  std::shared_ptr<ServerContext> server_;
  boost::asio::io_context context_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer sweep_timer_;
  bool sweep_scheduled_ = false;
  std::chrono::milliseconds sweep_period_;
  std::vector<std::shared_ptr<Connection>> connections_;
  std::array<char, 128 * 1024> receive_buffer_;
  int64_t date_seconds_ = 0;
  std::string date_;
  std::thread thread_;
};

}  // namespace yard::net
