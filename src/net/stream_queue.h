#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/http.h"

namespace yard::net {

/// Carries a streamed answer from any thread to the connection, framed in chunks when asked.
/// Thread-safe.
class StreamQueue final : public StreamWriter {
 public:
  static constexpr size_t kHighWaterBytes = 256 * 1024;
  enum class Framing { kChunked, kRaw };

  /// `wake` is called from the writer's thread when the connection has something to take.
  StreamQueue(Framing framing, std::function<void()> wake);

  bool Write(std::string_view piece) override;
  bool TryWrite(std::string_view piece) override;
  void Close() override;
  bool closed() const override;

  /// Gives up without a proper end, so that the client can tell that the body is incomplete.
  void Abort();

  struct Taken {
    std::string bytes;
    bool is_last = false;     // nothing will follow
    bool is_aborted = false;  // close the connection
  };
  /// For the connection: everything queued so far.
  Taken Take();
  /// For the connection: the client is gone; writers learn it and are let go.
  void Abandon();

  /// `queue` as its writers hold it: closed when the last of them lets go.
  static std::shared_ptr<StreamWriter> WriterOf(std::shared_ptr<StreamQueue> queue);

 private:
  bool is_behind() const { return bytes_.size() > kHighWaterBytes; }
  bool Append(std::unique_lock<std::mutex>& lock, std::string_view piece);
  void WakeConnection(std::unique_lock<std::mutex>& lock);

  const Framing framing_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable drained_;
  std::string bytes_;
  bool closed_ = false;  // no more writes
  bool aborted_ = false;
  bool woken_ = false;  // the connection will come and take
};

}  // namespace yard::net
