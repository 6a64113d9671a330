#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"

/// Little-endian binary form of plain structs, for what this room stores. A struct names its fields
/// once, in `template <typename Archive> void Fields(Archive& archive, Struct& value)`, and is then
/// written and read by the same lines.
namespace yard::monitoring {

template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

class ArchiveWriter {
 public:
  template <typename... T>
  void operator()(const T&... values) {
    (Put(values), ...);
  }
  std::string Take() { return std::move(bytes_); }

 private:
  template <typename T>
  void Put(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      Put(static_cast<uint64_t>(value.size()));
      bytes_ += value;
    } else if constexpr (std::is_same_v<T, base::Millis>) {
      Put(value.value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    } else if constexpr (IsOptional<T>::value) {
      Put(value.has_value());
      if (value) Put(*value);
    } else if constexpr (IsVector<T>::value) {
      Put(static_cast<uint64_t>(value.size()));
      for (const auto& item : value) Put(item);
    } else {
      Fields(*this, const_cast<T&>(value));
    }
  }

  std::string bytes_;
};

/// Reads what ArchiveWriter wrote. Damaged bytes never read outside and never allocate more than
/// they could hold: ok() is false and the values are whatever was read.
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view bytes) : bytes_(bytes) {}

  template <typename... T>
  void operator()(T&... values) {
    (Get(values), ...);
  }
  /// Everything was there, and nothing is left.
  bool ok() const { return ok_ && bytes_.empty(); }

 private:
  template <typename T>
  void Get(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      const uint64_t size = GetSize();
      value = std::string(bytes_.substr(0, size));
      bytes_.remove_prefix(size);
    } else if constexpr (std::is_same_v<T, base::Millis>) {
      Get(value.value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      GetRaw(value);
    } else if constexpr (IsOptional<T>::value) {
      uint8_t present = 0;
      GetRaw(present);
      value.reset();
      if (present != 0) Get(value.emplace());
    } else if constexpr (IsVector<T>::value) {
      const uint64_t size = GetSize();
      value.clear();
      for (uint64_t i = 0; i < size && ok_; ++i) Get(value.emplace_back());
    } else {
      Fields(*this, value);
    }
  }

  template <typename T>
  void GetRaw(T& value) {
    if (bytes_.size() < sizeof(value)) {
      ok_ = false;
      bytes_ = {};
      return;
    }
    std::memcpy(&value, bytes_.data(), sizeof(value));
    bytes_.remove_prefix(sizeof(value));
  }

  // A length that the rest could hold: every item takes at least one byte.
  uint64_t GetSize() {
    uint64_t size = 0;
    GetRaw(size);
    if (size <= bytes_.size()) return size;
    ok_ = false;
    bytes_ = {};
    return 0;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace yard::monitoring
