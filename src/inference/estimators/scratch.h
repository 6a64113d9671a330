#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace yard::inference::estimators {

/// Memory for the intermediate values of one call: handed out piece by piece, taken back all at
/// once. After a few calls of the same shape it no longer touches the heap. For one thread at a
/// time.
class Scratch {
 public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  /// `count` values, not initialised. They live until Reset.
  template <typename T>
  std::span<T> Allocate(size_t count) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kAlignment);
    return {static_cast<T*>(AllocateBytes(count * sizeof(T))), count};
  }
  template <typename T>
  std::span<T> Filled(size_t count, const T& value) {
    const std::span<T> values = Allocate<T>(count);
    std::fill(values.begin(), values.end(), value);
    return values;
  }

  /// Bytes handed out since the last Reset.
  size_t used_bytes() const { return total_; }

  /// Takes everything back. Keeps at most kMaxKeptBytes for the next call.
  void Reset();

 private:
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kFirstChunkBytes = size_t{64} << 10;
  static constexpr size_t kMaxKeptBytes = size_t{8} << 20;

  struct AlignedDelete {
    void operator()(std::byte* bytes) const;
  };
  struct Chunk {
    std::unique_ptr<std::byte, AlignedDelete> bytes;
    size_t size = 0;
  };

  void* AllocateBytes(size_t size);
  void AddChunk(size_t size);

  std::vector<Chunk> chunks_;  // only the last one has room
  size_t used_ = 0;            // of the last chunk
  size_t total_ = 0;           // of all chunks
};

}  // namespace yard::inference::estimators
