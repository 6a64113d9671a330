#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace yard::inference::formats {

/// Reads little-endian numbers and runs of bytes front to back; never past the end. Errors:
/// kInvalidArgument (detail "offset").
class ByteCursor {
 public:
  explicit ByteCursor(std::string_view bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  size_t size() const { return bytes_.size(); }
  bool at_end() const { return position_ == bytes_.size(); }

  base::Result<uint8_t> U8();
  base::Result<uint16_t> U16();
  base::Result<uint32_t> U32();
  base::Result<uint64_t> U64();
  /// The next `count` bytes; a count from outside may be of any size.
  base::Result<std::string_view> Take(uint64_t count);
  /// Up to the next '\n', which is passed and not returned.
  base::Result<std::string_view> Line();

 private:
  template <typename T>
  base::Result<T> Unsigned();

  std::string_view bytes_;
  size_t position_ = 0;
};

}  // namespace yard::inference::formats
