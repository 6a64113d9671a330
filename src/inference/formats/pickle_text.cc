#include "inference/formats/pickle_text.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

#include "inference/formats/text_encoding.h"

namespace yard::inference::formats {
namespace {

using base::Result;

constexpr size_t kMaxIntegerBytes = 1024;
constexpr size_t kMaxIntegerDigits = 2600;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_pickle");
}

base::Error TooLongInteger() {
  return base::ResourceExhausted("an integer is too long",
                                 {"limit", std::to_string(kMaxIntegerBytes)})
      .WithReason("pickle_limit");
}

Result<Object*> BigInteger(ObjectFactory& factory, std::string digits) {
  YARD_ASSIGN_OR_RETURN(Object * object, factory.New(ObjectKind::kBigInteger));
  object->text = std::move(digits);
  return object;
}

// Decimal digits of a magnitude given as little-endian bytes, by repeated division.
std::string Decimal(std::vector<uint8_t> magnitude) {
  std::string digits;
  while (!magnitude.empty()) {
    unsigned remainder = 0;
    for (size_t i = magnitude.size(); i-- > 0;) {
      const unsigned value = remainder * 256 + magnitude[i];
      magnitude[i] = static_cast<uint8_t>(value / 10);
      remainder = value % 10;
    }
    digits += static_cast<char>('0' + remainder);
    while (!magnitude.empty() && magnitude.back() == 0) magnitude.pop_back();
  }
  std::reverse(digits.begin(), digits.end());
  return digits.empty() ? "0" : digits;
}

std::vector<uint8_t> Negated(std::vector<uint8_t> bytes) {
  unsigned carry = 1;
  for (uint8_t& byte : bytes) {
    const unsigned value = static_cast<uint8_t>(~byte) + carry;
    byte = static_cast<uint8_t>(value);
    carry = value >> 8;
  }
  return bytes;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<uint32_t> Hex(std::string_view text, size_t position, size_t length) {
  if (text.size() - position < length) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < length; ++i) {
    const int digit = HexDigit(text[position + i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<uint32_t>(digit);
  }
  return value;
}

std::optional<char> SimpleEscape(char c) {
  constexpr std::string_view kLetters = "abfnrtv\\'\"";
  constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\'\"";
  const size_t at = kLetters.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return kValues[at];
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Reads the escape at text[position] (behind the backslash) and returns how long it is.
Result<size_t> AppendEscape(std::string& out, std::string_view text, size_t position) {
  const char c = text[position];
  if (const auto simple = SimpleEscape(c)) {
    out += *simple;
    return size_t{1};
  }
  if (c == 'x') {
    const auto value = Hex(text, position + 1, 2);
    if (!value) return Malformed("a string has a broken escape");
    out += static_cast<char>(static_cast<unsigned char>(*value));
    return size_t{3};
  }
  size_t length = 0;
  unsigned value = 0;
  while (length < 3 && position + length < text.size() && IsOctal(text[position + length]))
    value = value * 8 + static_cast<unsigned>(text[position + length++] - '0');
  if (length == 0) {
    out.append({'\\', c});
    return size_t{1};
  }
  out += static_cast<char>(static_cast<unsigned char>(value));
  return length;
}

// Length of the UTF-8 sequence that `lead` opens; 0 when it opens none.
size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

bool IsSequence(std::string_view bytes) {
  for (const char c : bytes.substr(1)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) return false;
  }
  if (bytes.size() < 3) return true;
  const auto lead = static_cast<unsigned char>(bytes[0]);
  const auto second = static_cast<unsigned char>(bytes[1]);
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  return lead != 0xF4 || second < 0x90;
}

}  // namespace

Result<uint64_t> ParseMemoIndex(std::string_view line) {
  uint64_t index = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), index);
  if (error != std::errc() || end != line.data() + line.size())
    return Malformed("a memo index is no number");
  return index;
}

Result<double> ParseReal(std::string_view line) {
  if (line == "inf" || line == "-inf") {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return line.front() == '-' ? -kInfinity : kInfinity;
  }
  if (line == "nan" || line == "-nan") return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  if (error != std::errc() || end != line.data() + line.size())
    return Malformed("a float is no number");
  return value;
}

Result<Object*> ParseDecimal(ObjectFactory& factory, std::string_view line) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  const bool is_number = end == line.data() + line.size() && !line.empty();
  if (is_number && error == std::errc()) return factory.Integer(value);
  if (!is_number || error != std::errc::result_out_of_range)
    return Malformed("an integer is no number");
  if (line.size() > kMaxIntegerDigits) return TooLongInteger();
  return BigInteger(factory, std::string(line));
}

Result<Object*> ParseTwoComplement(ObjectFactory& factory, std::string_view bytes) {
  if (bytes.size() > kMaxIntegerBytes) return TooLongInteger();
  std::vector<uint8_t> magnitude(bytes.begin(), bytes.end());
  const bool is_negative = !magnitude.empty() && (magnitude.back() & 0x80) != 0;
  if (magnitude.size() <= 8) {
    magnitude.resize(8, is_negative ? 0xFF : 0);
    uint64_t value = 0;
    for (size_t i = 8; i-- > 0;) value = (value << 8) | magnitude[i];
    return factory.Integer(static_cast<int64_t>(value));
  }
  if (is_negative) magnitude = Negated(std::move(magnitude));
  while (!magnitude.empty() && magnitude.back() == 0) magnitude.pop_back();
  return BigInteger(factory, (is_negative ? "-" : "") + Decimal(std::move(magnitude)));
}

Result<std::string> ParseQuoted(std::string_view line) {
  const bool is_quoted = line.size() >= 2 && (line.front() == '\'' || line.front() == '"') &&
                         line.back() == line.front();
  if (!is_quoted) return Malformed("a string has no quotes");
  const std::string_view text = line.substr(1, line.size() - 2);
  std::string bytes;
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      bytes += text[i++];
      continue;
    }
    if (i + 1 == text.size()) return Malformed("a string has a broken escape");
    YARD_ASSIGN_OR_RETURN(const size_t length, AppendEscape(bytes, text, i + 1));
    i += 1 + length;
  }
  return bytes;
}

Result<std::string> ParseRawUnicodeEscape(std::string_view line) {
  std::string text;
  for (size_t i = 0; i < line.size();) {
    const char kind = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : '\0';
    if (kind != 'u' && kind != 'U') {
      AppendUtf8(text, static_cast<unsigned char>(line[i++]));
      continue;
    }
    const size_t length = kind == 'u' ? 4 : 8;
    const auto code_point = Hex(line, i + 2, length);
    if (!code_point || *code_point > 0x10FFFF) return Malformed("a string has a broken escape");
    AppendUtf8(text, *code_point);
    i += 2 + length;
  }
  return text;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool IsPythonUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = SequenceLength(static_cast<unsigned char>(text.front()));
    if (length == 0 || length > text.size() || !IsSequence(text.substr(0, length))) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace yard::inference::formats
