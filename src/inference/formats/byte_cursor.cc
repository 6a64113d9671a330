#include "inference/formats/byte_cursor.h"

#include <string>

namespace yard::inference::formats {
namespace {

base::Error Truncated(size_t position) {
  return base::InvalidArgument("the file ends in the middle of a value",
                               {"offset", std::to_string(position)})
      .WithReason("truncated");
}

}  // namespace

template <typename T>
base::Result<T> ByteCursor::Unsigned() {
  YARD_ASSIGN_OR_RETURN(const std::string_view bytes, Take(sizeof(T)));
  uint64_t value = 0;
  for (size_t i = sizeof(T); i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  return static_cast<T>(value);
}

base::Result<uint8_t> ByteCursor::U8() { return Unsigned<uint8_t>(); }
base::Result<uint16_t> ByteCursor::U16() { return Unsigned<uint16_t>(); }
base::Result<uint32_t> ByteCursor::U32() { return Unsigned<uint32_t>(); }
base::Result<uint64_t> ByteCursor::U64() { return Unsigned<uint64_t>(); }

base::Result<std::string_view> ByteCursor::Take(uint64_t count) {
  if (count > remaining()) return Truncated(position_);
  const std::string_view taken = bytes_.substr(position_, static_cast<size_t>(count));
  position_ += static_cast<size_t>(count);
  return taken;
}

base::Result<std::string_view> ByteCursor::Line() {
  const size_t end = bytes_.find('\n', position_);
  if (end == std::string_view::npos) return Truncated(position_);
  const std::string_view line = bytes_.substr(position_, end - position_);
  position_ = end + 1;
  return line;
}

}  // namespace yard::inference::formats
