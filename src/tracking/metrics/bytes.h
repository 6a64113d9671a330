#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yard::tracking {

/// Maps small negative and positive numbers to small unsigned ones.
constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// Wrapping difference and sum: every pair of int64 has one.
constexpr int64_t WrappingSubtract(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
constexpr int64_t WrappingAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

/// Appends numbers to a string: little-endian, varints as in LEB128.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& bytes) : bytes_(bytes) {}
  void Byte(uint8_t value) { bytes_ += static_cast<char>(value); }
  void Varint(uint64_t value);
  void Signed(int64_t value) { Varint(ZigZag(value)); }
  void Fixed64(uint64_t value);
  void Text(std::string_view text) {
    Varint(text.size());
    bytes_ += text;
  }

 private:
  std::string& bytes_;
};

/// Reads what ByteWriter wrote. After the end or a malformed number every read gives 0 and ok() is
/// false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  uint8_t Byte();
  uint64_t Varint();
  int64_t Signed() { return UnZigZag(Varint()); }
  uint64_t Fixed64();
  std::string_view Text() { return Take(Varint()); }
  /// The next `count` bytes.
  std::string_view Take(uint64_t count);
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  size_t remaining() const { return rest_.size(); }

 private:
  void Fail() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace yard::tracking
