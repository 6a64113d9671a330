#include "tracking/metrics/bytes.h"

#include <cstring>

namespace yard::tracking {

static_assert(std::endian::native == std::endian::little, "numbers are stored little-endian");

void ByteWriter::Varint(uint64_t value) {
  while (value >= 0x80) {
    bytes_ += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  bytes_ += static_cast<char>(value);
}

void ByteWriter::Fixed64(uint64_t value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes_.append(raw, sizeof value);
}

uint8_t ByteReader::Byte() {
  const std::string_view taken = Take(1);
  return taken.empty() ? uint8_t{0} : static_cast<uint8_t>(taken[0]);
}

uint64_t ByteReader::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) break;
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) break;
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  Fail();
  return 0;
}

uint64_t ByteReader::Fixed64() {
  const std::string_view taken = Take(sizeof(uint64_t));
  uint64_t value = 0;
  if (!taken.empty()) std::memcpy(&value, taken.data(), sizeof value);
  return value;
}

std::string_view ByteReader::Take(uint64_t count) {
  if (count > rest_.size()) {
    Fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, static_cast<size_t>(count));
  rest_.remove_prefix(static_cast<size_t>(count));
  return taken;
}

}  // namespace yard::tracking
