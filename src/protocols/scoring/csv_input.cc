#include "protocols/scoring/csv_input.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace yard::protocols::scoring {

namespace {

using serving::FrameBuilder;

// What pandas' read_csv takes for missing by default.
constexpr std::array<std::string_view, 19> kMissingTexts = {
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

bool IsMissing(std::string_view text) {
  return std::find(kMissingTexts.begin(), kMissingTexts.end(), text) != kMissingTexts.end();
}

std::optional<bool> AsBoolean(std::string_view text) {
  if (text == "True" || text == "TRUE" || text == "true") return true;
  if (text == "False" || text == "FALSE" || text == "false") return false;
  return std::nullopt;
}

std::optional<double> AsNumber(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || rest != end) return std::nullopt;
  return number;
}

/// One record after the other; the cells are reused.
class CsvReader {
 public:
  explicit CsvReader(std::string_view rest) : rest_(rest) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  size_t line() const { return line_; }
  const std::vector<std::string>& cells() const { return cells_; }

  /// The next record that is no blank line; false at the end. Errors: an open quote.
  base::Result<bool> Next() {
    do {
      if (rest_.empty()) return false;
      ++line_;
      YARD_RETURN_IF_ERROR(ReadRecord());
    } while (count_ == 1 && cells_[0].empty() && !was_quoted_);
    cells_.resize(count_);
    return true;
  }

 private:
  base::Result<void> ReadRecord() {
    count_ = 0;
    was_quoted_ = false;
    while (true) {
      std::string& cell = NextCell();
      if (rest_.starts_with('"')) {
        YARD_RETURN_IF_ERROR(ReadQuoted(cell));
      }
      const size_t end = std::min(rest_.find_first_of(",\r\n"), rest_.size());
      cell.append(rest_.substr(0, end));
      rest_.remove_prefix(end);
      if (!rest_.starts_with(',')) break;
      rest_.remove_prefix(1);
    }
    if (rest_.starts_with('\r')) rest_.remove_prefix(1);
    if (rest_.starts_with('\n')) rest_.remove_prefix(1);
    return {};
  }

  std::string& NextCell() {
    if (count_ == cells_.size()) cells_.emplace_back();
    cells_[count_].clear();
    return cells_[count_++];
  }

  base::Result<void> ReadQuoted(std::string& cell) {
    was_quoted_ = true;
    rest_.remove_prefix(1);
    while (true) {
      const size_t quote = rest_.find('"');
      if (quote == rest_.npos) {
        return base::InvalidArgument("a quote is not closed", {"line", std::to_string(line_)})
            .WithReason("bad_csv");
      }
      cell.append(rest_.substr(0, quote));
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) return {};
      cell.push_back('"');
      rest_.remove_prefix(1);
    }
  }

  std::string_view rest_;
  size_t line_ = 0;
  size_t count_ = 0;
  bool was_quoted_ = false;
  std::vector<std::string> cells_;
};

base::Result<void> SetCell(FrameBuilder& builder, size_t slot, std::string_view text) {
  if (IsMissing(text)) {
    builder.SetMissing(slot);
    return {};
  }
  const auto kind = builder.KindOf(slot);
  if (kind == serving::CellKind::kText) return builder.SetText(slot, text);
  if (const auto number = AsNumber(text)) return builder.SetNumber(slot, *number);
  if (const auto boolean = AsBoolean(text)) return builder.SetBoolean(slot, *boolean);
  return builder.SetText(slot, text);
}

base::Result<void> SetRow(FrameBuilder& builder, const std::vector<std::optional<size_t>>& slots,
                          const CsvReader& reader) {
  const auto& cells = reader.cells();
  if (cells.size() > slots.size()) {
    return base::InvalidArgument("a line has more cells than the header",
                                 {"line", std::to_string(reader.line())})
        .WithReason("bad_csv");
  }
  YARD_RETURN_IF_ERROR(builder.BeginRow());
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::optional<size_t> slot = slots[i];
    if (slot) YARD_RETURN_IF_ERROR(SetCell(builder, *slot, cells[i]));
  }
  return {};
}

}  // namespace

base::Result<inference::Frame> ReadCsvInput(std::string_view body, FrameBuilder& builder,
                                            const inference::Model& model) {
  CsvReader reader(body);
  YARD_ASSIGN_OR_RETURN(const bool has_header, reader.Next());
  if (!has_header) {
    return base::InvalidArgument("the CSV has no header line").WithReason("bad_csv");
  }
  std::vector<std::optional<size_t>> slots;
  for (const auto& name : reader.cells()) {
    const std::optional<size_t> slot = builder.SlotOf(name);
    if (slot) builder.NoteColumn(*slot);
    if (!slot) builder.Ignore(name);
    slots.push_back(slot);
  }
  while (true) {
    YARD_ASSIGN_OR_RETURN(const bool has_row, reader.Next());
    if (!has_row) return builder.Take(model);
    YARD_RETURN_IF_ERROR(SetRow(builder, slots, reader));
  }
}

}  // namespace yard::protocols::scoring
