#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace yard::serving {

/// An immutable value that many threads read and one replaces now and then.
///
/// A reader locks only the cell of its own thread and counts references there, so readers meet
/// neither each other nor, but for the moment of a swap, the writer. The old value lives until its
/// last reader lets go of it. Set returns when every later Get gives the new value. Thread-safe.
template <typename T>
class Published {
 public:
  std::shared_ptr<const T> Get() const {
    const Cell& cell = cells_[CellOfThread()];
    const std::lock_guard lock(cell.mutex);
    return cell.value;
  }

  void Set(const std::shared_ptr<const T>& value) {
    for (Cell& cell : cells_) {
      // A reference count of its own for each cell: readers of two threads share no cache line.
      std::shared_ptr<const T> own;
      if (value) own = {std::make_shared<std::shared_ptr<const T>>(value), value.get()};
      const std::lock_guard lock(cell.mutex);
      cell.value.swap(own);
    }
  }

 private:
  static constexpr size_t kCells = 8;
  struct alignas(64) Cell {
    mutable std::mutex mutex;
    std::shared_ptr<const T> value;
  };

  static size_t CellOfThread() {
    static std::atomic<size_t> next{0};
    thread_local const size_t cell = next.fetch_add(1, std::memory_order_relaxed) % kCells;
    return cell;
  }

  std::array<Cell, kCells> cells_;
};

}  // namespace yard::serving
