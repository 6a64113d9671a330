#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"

namespace yard::tracking {

/// Runs of one experiment whose values lie in one column chunk.
inline constexpr int64_t kChunkRuns = 1024;

enum class ColumnKind {
  kMetric = 1,           // key: a name
  kParam = 2,            // key: a name
  kTag = 3,              // key: a name
  kNumberAttribute = 4,  // key: a NumberAttribute
  kTextAttribute = 5,    // key: a TextAttribute
};

enum class NumberAttribute { kStage = 1, kStatus = 2, kStartTime = 3, kEndTime = 4, kRun = 5 };
enum class TextAttribute { kRunId = 1, kName = 2, kUser = 3 };

/// Which column.
struct ColumnKey {
  ColumnKind kind = ColumnKind::kMetric;
  int64_t key = 0;

  friend auto operator<=>(const ColumnKey&, const ColumnKey&) = default;
};

inline ColumnKey KeyOf(NumberAttribute attribute) {
  return {ColumnKind::kNumberAttribute, static_cast<int64_t>(attribute)};
}
inline ColumnKey KeyOf(TextAttribute attribute) {
  return {ColumnKind::kTextAttribute, static_cast<int64_t>(attribute)};
}
inline bool HoldsNumbers(ColumnKind kind) {
  return kind == ColumnKind::kMetric || kind == ColumnKind::kNumberAttribute;
}

/// One number per run; a run without one has kAbsent, a NaN that no metric can be.
class NumberColumn {
 public:
  static constexpr uint64_t kAbsentBits = 0x7FF8'AB5E'47AB'5E47;

  NumberColumn() = default;
  explicit NumberColumn(size_t runs) : values_(runs, std::bit_cast<double>(kAbsentBits)) {}

  size_t size() const { return values_.size(); }
  std::optional<double> At(size_t slot) const {
    if (slot >= values_.size() || IsAbsent(values_[slot])) return std::nullopt;
    return values_[slot];
  }
  void Set(size_t slot, std::optional<double> value);

  std::string Encode() const;
  /// Errors: kDataLoss "damaged_column".
  static base::Result<NumberColumn> Decode(std::string_view bytes);

 private:
  static bool IsAbsent(double value) { return std::bit_cast<uint64_t>(value) == kAbsentBits; }
  std::vector<double> values_;
};

/// One text per run, by code into the texts that occur.
class TextColumn {
 public:
  TextColumn() = default;
  explicit TextColumn(size_t runs) : codes_(runs, 0) {}

  size_t size() const { return codes_.size(); }
  /// The texts that occur; some may be out of use.
  const std::vector<std::string>& texts() const { return texts_; }
  /// Index into texts(), absent when the run has none.
  std::optional<size_t> CodeAt(size_t slot) const {
    if (slot >= codes_.size() || codes_[slot] == 0) return std::nullopt;
    return codes_[slot] - size_t{1};
  }
  std::optional<std::string_view> At(size_t slot) const {
    const auto code = CodeAt(slot);
    if (!code) return std::nullopt;
    return texts_[*code];
  }
  void Set(size_t slot, const std::optional<std::string>& text);
  /// The same runs with other texts, one for each of texts().
  TextColumn WithTexts(std::vector<std::string> texts) const;

  std::string Encode() const;
  /// Errors: kDataLoss "damaged_column".
  static base::Result<TextColumn> Decode(std::string_view bytes);

 private:
  uint32_t CodeOf(const std::string& text);

  std::vector<std::string> texts_;
  std::vector<uint32_t> codes_;                             // index + 1, 0: none
  std::unordered_map<std::string, uint32_t> code_of_text_;  // made at the first Set
};

}  // namespace yard::tracking
