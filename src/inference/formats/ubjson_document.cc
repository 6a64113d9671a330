#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <utility>

#include "inference/formats/byte_cursor.h"
#include "inference/formats/document.h"

// Universal Binary JSON, draft 12: a marker byte, then big-endian data. Lists and objects may carry
// one type for all their elements ('$') and their number ('#').
namespace yard::inference::formats {
namespace {

using base::Result;
using DocumentKind = DocumentValue::Kind;

base::Error Malformed(std::string problem) {
  return base::InvalidArgument(std::move(problem)).WithReason("malformed_document");
}

// Bytes of a number of that marker; 0 when it marks no number.
size_t NumberSize(uint8_t marker) {
  switch (marker) {
    case 'i':
    case 'U':
      return 1;
    case 'I':
      return 2;
    case 'l':
    case 'd':
      return 4;
    case 'L':
    case 'D':
      return 8;
    default:
      return 0;
  }
}

uint64_t BigEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

double NumberOf(uint8_t marker, std::string_view bytes) {
  const uint64_t raw = BigEndian(bytes);
  switch (marker) {
    case 'i':
      return static_cast<int8_t>(raw);
    case 'U':
      return static_cast<uint8_t>(raw);
    case 'I':
      return static_cast<int16_t>(raw);
    case 'l':
      return static_cast<int32_t>(raw);
    case 'L':
      return static_cast<double>(static_cast<int64_t>(raw));
    case 'd':
      return static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(raw)));
    default:
      return std::bit_cast<double>(raw);
  }
}

class UbjsonReader {
 public:
  UbjsonReader(std::string_view bytes, const DocumentLimits& limits)
      : input_(bytes), limits_(limits) {}

  Result<DocumentValue> ReadDocument() {
    YARD_ASSIGN_OR_RETURN(const uint8_t marker, Marker());
    return Read(marker, 0);
  }

 private:
  // The type of all elements and their number, where the container says so.
  struct Header {
    std::optional<uint8_t> type;
    std::optional<uint64_t> count;
  };

  Result<uint8_t> Marker() {
    while (true) {
      YARD_ASSIGN_OR_RETURN(const uint8_t marker, input_.U8());
      if (marker != 'N') return marker;
    }
  }

  Result<double> Number(uint8_t marker) {
    YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(NumberSize(marker)));
    return NumberOf(marker, bytes);
  }

  Result<uint64_t> Length() {
    YARD_ASSIGN_OR_RETURN(const uint8_t marker, input_.U8());
    const bool is_integer = NumberSize(marker) > 0 && marker != 'd' && marker != 'D';
    if (!is_integer) return Malformed("a length is no whole number");
    YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(NumberSize(marker)));
    const double length = NumberOf(marker, bytes);
    if (length < 0) return Malformed("a length is negative");
    return BigEndian(bytes);
  }

  Result<std::string> Text() {
    YARD_ASSIGN_OR_RETURN(const uint64_t length, Length());
    YARD_ASSIGN_OR_RETURN(const std::string_view text, input_.Take(length));
    return std::string(text);
  }

  Result<DocumentValue> Read(uint8_t marker, int depth) {
    if (depth > limits_.max_depth) return Malformed("the document is nested too deeply");
    if (++values_ > limits_.max_values) {
      return base::ResourceExhausted("the document has too many values",
                                     {"limit", std::to_string(limits_.max_values)});
    }
    if (marker == '{') return ReadObject(depth);
    if (marker == '[') return ReadArray(depth);
    return ReadScalar(marker);
  }

  Result<DocumentValue> ReadScalar(uint8_t marker) {
    DocumentValue value;
    if (NumberSize(marker) > 0) {
      value.kind = DocumentKind::kNumber;
      YARD_ASSIGN_OR_RETURN(value.number, Number(marker));
      return value;
    }
    switch (marker) {
      case 'Z':
        return value;
      case 'T':
      case 'F':
        value.kind = DocumentKind::kBool;
        value.number = marker == 'T' ? 1 : 0;
        return value;
      case 'S':
      case 'H': {
        value.kind = DocumentKind::kString;
        YARD_ASSIGN_OR_RETURN(value.text, Text());
        return value;
      }
      case 'C': {
        value.kind = DocumentKind::kString;
        YARD_ASSIGN_OR_RETURN(value.text, input_.Take(1));
        return value;
      }
      default:
        return Malformed("unknown marker " + std::to_string(marker));
    }
  }

  bool Accept(char marker) {
    ByteCursor ahead = input_;
    const auto next = ahead.U8();
    if (!next.ok() || *next != static_cast<uint8_t>(marker)) return false;
    input_ = ahead;
    return true;
  }

  Result<Header> ReadHeader() {
    Header header;
    if (Accept('$')) {
      YARD_ASSIGN_OR_RETURN(header.type, input_.U8());
    }
    if (Accept('#')) {
      YARD_ASSIGN_OR_RETURN(header.count, Length());
    }
    if (header.type && !header.count) return Malformed("a typed list has no length");
    // Elements without bytes would let a few bytes claim any number of values.
    constexpr std::string_view kEmptyTypes = "ZNTF";
    const bool is_empty =
        header.type && kEmptyTypes.find(static_cast<char>(*header.type)) != std::string_view::npos;
    if (is_empty) return Malformed("a typed list has elements without bytes");
    return header;
  }

  // The marker of the next element; nullopt at the end of the container.
  Result<std::optional<uint8_t>> NextElement(const Header& header, uint64_t done, char end) {
    if (header.count && done == *header.count) return std::optional<uint8_t>();
    if (header.type) return header.type;
    YARD_ASSIGN_OR_RETURN(const uint8_t marker, Marker());
    if (!header.count && marker == static_cast<uint8_t>(end)) return std::optional<uint8_t>();
    return std::optional(marker);
  }

  Result<DocumentValue> ReadArray(int depth) {
    YARD_ASSIGN_OR_RETURN(const Header header, ReadHeader());
    if (header.type && NumberSize(*header.type) > 0)
      // NOLINTNEXTLINE(bugprone-unchecked-optional-access): the caller made sure.
      return ReadTypedNumbers(*header.type, *header.count);
    DocumentValue array;
    array.kind = DocumentKind::kNumbers;
    for (uint64_t done = 0;; ++done) {
      YARD_ASSIGN_OR_RETURN(const auto marker, NextElement(header, done, ']'));
      if (!marker) return array;
      const bool is_number = NumberSize(*marker) > 0;
      if (done == 0 && !is_number) array.kind = DocumentKind::kList;
      if (is_number != (array.kind == DocumentKind::kNumbers))
        return Malformed("a list mixes numbers with other values");
      if (is_number) {
        YARD_ASSIGN_OR_RETURN(const double number, Number(*marker));
        array.numbers.push_back(number);
        continue;
      }
      YARD_ASSIGN_OR_RETURN(DocumentValue value, Read(*marker, depth + 1));
      array.items.push_back(std::move(value));
    }
  }

  Result<DocumentValue> ReadTypedNumbers(uint8_t type, uint64_t count) {
    const size_t size = NumberSize(type);
    if (count > input_.remaining() / size) return Malformed("a list is longer than the file");
    YARD_ASSIGN_OR_RETURN(const std::string_view bytes, input_.Take(count * size));
    DocumentValue array;
    array.kind = DocumentKind::kNumbers;
    array.numbers.reserve(static_cast<size_t>(count));
    for (size_t i = 0; i < bytes.size(); i += size)
      array.numbers.push_back(NumberOf(type, bytes.substr(i, size)));
    return array;
  }

  Result<DocumentValue> ReadObject(int depth) {
    YARD_ASSIGN_OR_RETURN(const Header header, ReadHeader());
    DocumentValue object;
    object.kind = DocumentKind::kObject;
    for (uint64_t done = 0;; ++done) {
      if (header.count ? done == *header.count : Accept('}')) return object;
      YARD_ASSIGN_OR_RETURN(std::string name, Text());
      YARD_ASSIGN_OR_RETURN(const uint8_t marker, header.type ? *header.type : Marker());
      YARD_ASSIGN_OR_RETURN(DocumentValue value, Read(marker, depth + 1));
      const auto& skipped = limits_.skipped_names;
      const bool is_skipped = std::find(skipped.begin(), skipped.end(), name) != skipped.end();
      if (!is_skipped) object.members.push_back({std::move(name), std::move(value)});
    }
  }

  ByteCursor input_;
  const DocumentLimits& limits_;
  size_t values_ = 0;
};

}  // namespace

Result<DocumentValue> ReadUbjsonDocument(std::string_view bytes, const DocumentLimits& limits) {
  return UbjsonReader(bytes, limits).ReadDocument();
}

}  // namespace yard::inference::formats
