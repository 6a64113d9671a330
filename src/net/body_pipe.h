#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace yard::net {

/// Hands an upload from the I/O thread to a handler's thread, holding at most two buffers of
/// kHighWaterBytes plus one read: when the handler is slower than the client, the connection stops
/// reading and TCP slows the client down. Thread-safe: one writer, one reader.
class BodyPipe final : public BodyReader {
 public:
  static constexpr size_t kHighWaterBytes = 256 * 1024;

  /// `resume` is called (from the reader's thread) when a full pipe has been emptied.
  explicit BodyPipe(std::function<void()> resume);

  base::Result<std::string_view> Next() override;

  /// Adds a piece. False when the pipe is now full: stop until `resume`.
  bool Push(std::string_view piece);
  /// The body is complete.
  void Finish();
  /// The body will never be complete; the first error stays. What arrived before it is still read.
  void Fail(base::Error error);

 private:
  std::function<void()> resume_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::string filling_;
  std::string reading_;  // the reader's alone
  bool finished_ = false;
  bool is_full_ = false;
  std::optional<base::Error> error_;
};

}  // namespace yard::net
