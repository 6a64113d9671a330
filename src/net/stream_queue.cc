#include "net/stream_queue.h"

#include <array>
#include <charconv>
#include <utility>

namespace yard::net {
namespace {

void AppendChunk(std::string& bytes, std::string_view piece) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), piece.size(), 16).ptr;
  bytes.append(digits.begin(), end);
  bytes += "\r\n";
  bytes += piece;
  bytes += "\r\n";
}

}  // namespace

StreamQueue::StreamQueue(Framing framing, std::function<void()> wake)
    : framing_(framing), wake_(std::move(wake)) {}

bool StreamQueue::Write(std::string_view piece) {
  std::unique_lock lock(mutex_);
  drained_.wait(lock, [this] { return closed_ || !is_behind(); });
  return Append(lock, piece);
}

bool StreamQueue::TryWrite(std::string_view piece) {
  std::unique_lock lock(mutex_);
  if (!closed_ && is_behind()) {
    closed_ = aborted_ = true;
    drained_.notify_all();
    WakeConnection(lock);
    return false;
  }
  return Append(lock, piece);
}

bool StreamQueue::Append(std::unique_lock<std::mutex>& lock, std::string_view piece) {
  if (closed_) return false;
  if (piece.empty()) return true;
  if (framing_ == Framing::kChunked) {
    AppendChunk(bytes_, piece);
  } else {
    bytes_ += piece;
  }
  WakeConnection(lock);
  return true;
}

void StreamQueue::Close() {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  closed_ = true;
  if (framing_ == Framing::kChunked) bytes_ += "0\r\n\r\n";
  drained_.notify_all();
  WakeConnection(lock);
}

bool StreamQueue::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

void StreamQueue::Abort() {
  std::unique_lock lock(mutex_);
  if (closed_) return;
  closed_ = aborted_ = true;
  drained_.notify_all();
  WakeConnection(lock);
}

StreamQueue::Taken StreamQueue::Take() {
  std::lock_guard lock(mutex_);
  woken_ = false;
  drained_.notify_all();
  return {std::exchange(bytes_, {}), closed_, aborted_};
}

void StreamQueue::Abandon() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  bytes_.clear();
  drained_.notify_all();
}

void StreamQueue::WakeConnection(std::unique_lock<std::mutex>& lock) {
  if (std::exchange(woken_, true)) return;
  lock.unlock();
  wake_();
}

std::shared_ptr<StreamWriter> StreamQueue::WriterOf(std::shared_ptr<StreamQueue> queue) {
  StreamQueue* writer = queue.get();
  return {writer, [queue = std::move(queue)](StreamWriter*) { queue->Close(); }};
}

}  // namespace yard::net
