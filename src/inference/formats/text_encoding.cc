#include "inference/formats/text_encoding.h"

namespace yard::inference::formats {
namespace {

constexpr uint32_t kLastCodePoint = 0x10FFFF;

char Byte(uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); }

uint32_t ReadUcs4(std::string_view bytes, bool big_endian) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    const size_t shift = 8 * (big_endian ? 3 - i : i);
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << shift;
  }
  return value;
}

}  // namespace

void AppendUtf8(std::string& out, uint32_t code_point) {
  if (code_point < 0x80) {
    out += Byte(code_point);
    return;
  }
  if (code_point < 0x800) {
    out += Byte(0xC0 | (code_point >> 6));
  } else if (code_point < 0x10000) {
    out += Byte(0xE0 | (code_point >> 12));
    out += Byte(0x80 | ((code_point >> 6) & 0x3F));
  } else {
    out += Byte(0xF0 | (code_point >> 18));
    out += Byte(0x80 | ((code_point >> 12) & 0x3F));
    out += Byte(0x80 | ((code_point >> 6) & 0x3F));
  }
  out += Byte(0x80 | (code_point & 0x3F));
}

base::Result<std::string> Ucs4ToUtf8(std::string_view bytes, bool big_endian) {
  while (bytes.size() >= 4 && ReadUcs4(bytes.substr(bytes.size() - 4), big_endian) == 0)
    bytes.remove_suffix(4);
  std::string text;
  text.reserve(bytes.size() / 4);
  for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
    const uint32_t code_point = ReadUcs4(bytes, big_endian);
    if (code_point > kLastCodePoint)
      return base::InvalidArgument("a text array holds what is no character");
    AppendUtf8(text, code_point);
  }
  return text;
}

base::Result<std::string> Utf8ToLatin1(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      bytes += text[i];
      continue;
    }
    const bool is_latin1 = (lead == 0xC2 || lead == 0xC3) && i + 1 < text.size() &&
                           (static_cast<unsigned char>(text[i + 1]) & 0xC0) == 0x80;
    if (!is_latin1) return base::InvalidArgument("text with characters outside of latin-1");
    const auto next = static_cast<unsigned char>(text[++i]);
    bytes += Byte(((lead & 0x03U) << 6) | (next & 0x3FU));
  }
  return bytes;
}

}  // namespace yard::inference::formats
