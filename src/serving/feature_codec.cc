#include "serving/feature_codec.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <variant>

namespace yard::serving {

namespace {

static_assert(std::endian::native == std::endian::little);

enum class Tag : char { kMissing = 0, kReal = 1, kWhole = 2, kText = 3 };

constexpr double kWholeLimit = 268'435'456;  // 2^28: four bytes of varint at most

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

bool IsSmallWhole(double value) {
  return std::abs(value) < kWholeLimit && std::trunc(value) == value &&
         !(value == 0 && std::signbit(value));
}

void AppendNumber(std::string& out, double value) {
  if (std::isnan(value)) {
    out.push_back(static_cast<char>(Tag::kMissing));
    return;
  }
  if (IsSmallWhole(value)) {
    out.push_back(static_cast<char>(Tag::kWhole));
    const auto whole = static_cast<int64_t>(value);
    AppendVarint(out, (static_cast<uint64_t>(whole) << 1) ^ static_cast<uint64_t>(whole >> 63));
    return;
  }
  out.push_back(static_cast<char>(Tag::kReal));
  char bytes[sizeof(double)];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

void AppendText(std::string& out, const std::optional<std::string>& text) {
  if (!text) {
    out.push_back(static_cast<char>(Tag::kMissing));
    return;
  }
  out.push_back(static_cast<char>(Tag::kText));
  AppendVarint(out, text->size());
  out.append(*text);
}

/// Reads cells front to back; every step checks what is left.
class CellReader {
 public:
  explicit CellReader(std::string_view rest) : rest_(rest) {}

  bool at_end() const { return rest_.empty(); }

  std::optional<Tag> NextTag() {
    if (rest_.empty()) return std::nullopt;
    const Tag tag = static_cast<Tag>(rest_.front());
    rest_.remove_prefix(1);
    return tag;
  }

  std::optional<double> NextReal() {
    double value = 0;
    if (rest_.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }

  std::optional<double> NextWhole() {
    const auto zigzag = NextVarint();
    if (!zigzag) return std::nullopt;
    const auto half = static_cast<int64_t>(*zigzag >> 1);
    return static_cast<double>((*zigzag & 1) != 0 ? ~half : half);
  }

  std::optional<std::string> NextText() {
    const auto size = NextVarint();
    if (!size || *size > rest_.size()) return std::nullopt;
    std::string text(rest_.substr(0, *size));
    rest_.remove_prefix(*size);
    return text;
  }

 private:
  std::optional<uint64_t> NextVarint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return std::nullopt;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

bool ReadCell(CellReader& reader, FeatureRow& row, size_t index) {
  const auto tag = reader.NextTag();
  if (!tag) return false;
  if (*tag == Tag::kMissing) return true;
  if (*tag == Tag::kText) {
    auto text = reader.NextText();
    if (!text) return false;
    row.texts.resize(row.numbers.size());
    row.texts[index] = std::move(*text);
    return true;
  }
  std::optional<double> number;
  if (*tag == Tag::kReal) number = reader.NextReal();
  if (*tag == Tag::kWhole) number = reader.NextWhole();
  if (!number) return false;
  row.numbers[index] = *number;
  return true;
}

}  // namespace

std::string PackFeatures(const inference::Frame& frame, size_t row) {
  std::string packed;
  packed.reserve(frame.columns.size() * (1 + sizeof(double)));
  for (const auto& column : frame.columns) {
    if (const auto* numbers = std::get_if<inference::NumberColumn>(&column.cells)) {
      AppendNumber(packed, (*numbers)[row]);
    } else {
      AppendText(packed, std::get<inference::TextColumn>(column.cells)[row]);
    }
  }
  return packed;
}

base::Result<FeatureRow> UnpackFeatures(std::string_view packed, size_t feature_count) {
  FeatureRow row;
  row.numbers.assign(feature_count, std::numeric_limits<double>::quiet_NaN());
  CellReader reader(packed);
  for (size_t i = 0; i < feature_count; ++i) {
    if (!ReadCell(reader, row, i)) {
      return base::DataLoss("the features of a logged prediction cannot be read",
                            {"feature", std::to_string(i)});
    }
  }
  if (!reader.at_end()) return base::DataLoss("a logged prediction has more features than names");
  return row;
}

}  // namespace yard::serving
