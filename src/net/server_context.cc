#include "net/server_context.h"

namespace yard::net {

void ConnectionCount::Add() { count_.fetch_add(1, std::memory_order_relaxed); }

void ConnectionCount::Remove() {
  if (count_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  std::lock_guard lock(mutex_);
  none_.notify_all();
}

bool ConnectionCount::WaitUntilNone(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, timeout, [this] { return value() == 0; });
}

BodyBudget::Share::~Share() {
  if (budget_ != nullptr) budget_->used_bytes_.fetch_sub(size_bytes_, std::memory_order_relaxed);
}

bool BodyBudget::Share::Raise(BodyBudget& budget, size_t size_bytes) {
  if (size_bytes <= size_bytes_) return true;
  const size_t more = size_bytes - size_bytes_;
  budget_ = &budget;
  size_bytes_ = size_bytes;
  const size_t before = budget.used_bytes_.fetch_add(more, std::memory_order_relaxed);
  return before + more <= budget.limit_bytes_;
}

}  // namespace yard::net
