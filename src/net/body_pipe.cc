#include "net/body_pipe.h"

#include <utility>

namespace yard::net {

BodyPipe::BodyPipe(std::function<void()> resume) : resume_(std::move(resume)) {}

base::Result<std::string_view> BodyPipe::Next() {
  bool was_full = false;
  {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return !filling_.empty() || finished_ || error_; });
    if (filling_.empty() && error_) return *error_;
    reading_.clear();
    std::swap(reading_, filling_);
    was_full = std::exchange(is_full_, false);
  }
  if (was_full) resume_();
  return std::string_view(reading_);
}

bool BodyPipe::Push(std::string_view piece) {
  std::lock_guard lock(mutex_);
  filling_.append(piece);
  arrived_.notify_one();
  is_full_ = filling_.size() >= kHighWaterBytes;
  return !is_full_;
}

void BodyPipe::Finish() {
  std::lock_guard lock(mutex_);
  finished_ = true;
  arrived_.notify_one();
}

void BodyPipe::Fail(base::Error error) {
  std::lock_guard lock(mutex_);
  if (!finished_ && !error_) error_ = std::move(error);
  arrived_.notify_one();
}

}  // namespace yard::net
