#include "tracking/search/column.h"

#include <algorithm>
#include <utility>

#include "tracking/metrics/bytes.h"

namespace yard::tracking {
namespace {

constexpr uint8_t kDense = 1;
constexpr uint8_t kSparse = 2;
constexpr uint8_t kText = 3;
// A value in a sparse column costs up to two bytes more than in a dense one.
constexpr size_t kSparseBelow = 2;  // at most 1/2 of the slots in use

base::Error Damaged() {
  return base::DataLoss("a search column is damaged").WithReason("damaged_column");
}

}  // namespace

void NumberColumn::Set(size_t slot, std::optional<double> value) {
  if (slot >= values_.size()) {
    if (!value) return;
    values_.resize(slot + 1, std::bit_cast<double>(kAbsentBits));
  }
  values_[slot] = value.value_or(std::bit_cast<double>(kAbsentBits));
}

std::string NumberColumn::Encode() const {
  const auto used = static_cast<size_t>(
      std::count_if(values_.begin(), values_.end(), [](double value) { return !IsAbsent(value); }));
  std::string bytes;
  ByteWriter writer(bytes);
  if (used * kSparseBelow >= values_.size()) {
    writer.Byte(kDense);
    writer.Varint(values_.size());
    for (const double value : values_) writer.Fixed64(std::bit_cast<uint64_t>(value));
    return bytes;
  }
  writer.Byte(kSparse);
  writer.Varint(used);
  for (size_t slot = 0; slot < values_.size(); ++slot) {
    if (IsAbsent(values_[slot])) continue;
    writer.Varint(slot);
    writer.Fixed64(std::bit_cast<uint64_t>(values_[slot]));
  }
  return bytes;
}

base::Result<NumberColumn> NumberColumn::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  const uint8_t encoding = reader.Byte();
  const uint64_t count = reader.Varint();
  if (!reader.ok() || count > static_cast<uint64_t>(kChunkRuns)) return Damaged();
  NumberColumn column(encoding == kDense ? static_cast<size_t>(count) : 0);
  if (encoding != kDense && encoding != kSparse) return Damaged();
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t slot = encoding == kDense ? i : reader.Varint();
    if (slot >= static_cast<uint64_t>(kChunkRuns)) return Damaged();
    column.Set(static_cast<size_t>(slot), std::bit_cast<double>(reader.Fixed64()));
  }
  if (!reader.ok() || !reader.at_end()) return Damaged();
  return column;
}

void TextColumn::Set(size_t slot, const std::optional<std::string>& text) {
  if (slot >= codes_.size()) {
    if (!text) return;
    codes_.resize(slot + 1, 0);
  }
  if (!text) {
    codes_[slot] = 0;
    return;
  }
  codes_[slot] = CodeOf(*text);
}

uint32_t TextColumn::CodeOf(const std::string& text) {
  if (code_of_text_.empty()) {
    for (const std::string& known : texts_) {
      code_of_text_.emplace(known, static_cast<uint32_t>(&known - texts_.data()) + 1);
    }
  }
  const auto [place, is_new] =
      code_of_text_.try_emplace(text, static_cast<uint32_t>(texts_.size()) + 1);
  if (is_new) texts_.push_back(text);
  return place->second;
}

TextColumn TextColumn::WithTexts(std::vector<std::string> texts) const {
  TextColumn other;
  other.codes_ = codes_;
  other.texts_ = std::move(texts);
  return other;
}

std::string TextColumn::Encode() const {
  // Texts that no run has any more are left out.
  std::vector<uint64_t> new_codes(texts_.size() + 1, 0);
  std::vector<const std::string*> used;
  for (const uint32_t code : codes_) {
    if (code == 0 || new_codes[code] != 0) continue;
    used.push_back(&texts_[code - 1]);
    new_codes[code] = used.size();
  }
  std::string bytes;
  ByteWriter writer(bytes);
  writer.Byte(kText);
  writer.Varint(used.size());
  for (const std::string* text : used) writer.Text(*text);
  writer.Varint(codes_.size());
  for (const uint32_t code : codes_) writer.Varint(new_codes[code]);
  return bytes;
}

base::Result<TextColumn> TextColumn::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Byte() != kText) return Damaged();
  const uint64_t text_count = reader.Varint();
  if (!reader.ok() || text_count > static_cast<uint64_t>(kChunkRuns)) return Damaged();
  TextColumn column;
  for (uint64_t i = 0; i < text_count; ++i) column.texts_.emplace_back(reader.Text());
  const uint64_t run_count = reader.Varint();
  if (!reader.ok() || run_count > static_cast<uint64_t>(kChunkRuns)) return Damaged();
  for (uint64_t i = 0; i < run_count; ++i) {
    const uint64_t code = reader.Varint();
    if (code > text_count) return Damaged();
    column.codes_.push_back(static_cast<uint32_t>(code));
  }
  if (!reader.ok() || !reader.at_end()) return Damaged();
  return column;
}

}  // namespace yard::tracking
