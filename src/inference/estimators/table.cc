#include "inference/estimators/table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace yard::inference::estimators {
namespace {

ColumnView ViewOf(const Column& column, size_t first, size_t count, Scratch& scratch) {
  ColumnView view;
  view.name = column.name;
  if (const auto* numbers = std::get_if<NumberColumn>(&column.cells)) {
    view.numbers = std::span(*numbers).subspan(first, count);
    return view;
  }
  const auto& texts = std::get<TextColumn>(column.cells);
  const auto cells = scratch.Allocate<TextCell>(count);
  for (size_t row = 0; row < count; ++row) {
    const auto& text = texts[first + row];
    cells[row] = text ? TextCell{*text} : TextCell{{}, true};
  }
  view.is_text = true;
  view.texts = cells;
  return view;
}

// The least double that rounds to an infinite float32.
constexpr double kFloat32Overflow = 0x1.ffffffp127;

bool IsAccepted(double value, Accepts accepts) {
  switch (accepts) {
    case Accepts::kAnything:
      return true;
    case Accepts::kMissing:
      return !std::isinf(value);
    case Accepts::kFinite:
      return std::isfinite(value);
    case Accepts::kFloat32:
      return std::fabs(value) < kFloat32Overflow;
    case Accepts::kFloat32Missing:
      return std::isnan(value) || std::fabs(value) < kFloat32Overflow;
  }
  return false;
}

std::string CellText(const ColumnView& column, size_t row) {
  if (column.is_text) {
    return IsMissing(column.texts[row]) ? "missing"
                                        : std::string(column.texts[row].text.substr(0, 100));
  }
  if (std::isnan(column.numbers[row])) return "missing";
  char text[32];
  std::snprintf(text, sizeof(text), "%.17g", column.numbers[row]);
  return text;
}

base::Error RefusedNumber(const Table& table, size_t column, size_t row) {
  const double value = table.columns[column].numbers[row];
  if (std::isnan(value)) {
    return CellError(table, column, row,
                     "a value is missing, and this model takes none: fill it in or impute it",
                     "missing_value");
  }
  return CellError(table, column, row, "a value is infinite or too large for this model",
                   "infinite_value");
}

base::Result<void> RequireColumn(const Table& table, size_t index, Accepts accepts) {
  const ColumnView& column = table.columns[index];
  if (column.is_text) {
    return CellError(table, index, 0, "a number is expected, and this is text", "wrong_type")
        .With({"expected", "number"});
  }
  if (accepts == Accepts::kAnything) return {};
  const auto refused = std::find_if_not(column.numbers.begin(), column.numbers.end(),
                                        [accepts](double v) { return IsAccepted(v, accepts); });
  if (refused == column.numbers.end()) return {};
  return RefusedNumber(table, index, static_cast<size_t>(refused - column.numbers.begin()));
}

}  // namespace

Table TableOf(const Frame& frame, size_t first, size_t count, Scratch& scratch) {
  const auto columns = scratch.Allocate<ColumnView>(frame.columns.size());
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i] = ViewOf(frame.columns[i], first, count, scratch);
  }
  return {count, first, columns};
}

std::span<ColumnView> NewNumberColumns(size_t count, size_t row_count, Scratch& scratch) {
  const auto columns = scratch.Allocate<ColumnView>(count);
  const auto cells = scratch.Allocate<double>(count * row_count);
  for (size_t i = 0; i < count; ++i) {
    columns[i] = ColumnView{};
    columns[i].numbers = cells.subspan(i * row_count, row_count);
  }
  return columns;
}

std::span<double> MutableNumbers(const ColumnView& column) {
  // Cells of NewNumberColumns are writable memory of the scratch; the view only reads.
  return {const_cast<double*>(column.numbers.data()), column.numbers.size()};
}

base::Result<void> RequireWidth(const Table& table, size_t width) {
  if (table.width() == width) return {};
  return base::InvalidArgument("the number of columns differs from what the model was fitted on",
                               {"expected", std::to_string(width)},
                               {"columns", std::to_string(table.width())})
      .WithReason("wrong_width");
}

base::Result<void> RequireNumbers(const Table& table, size_t width, Accepts accepts) {
  YARD_RETURN_IF_ERROR(RequireWidth(table, width));
  for (size_t i = 0; i < width; ++i) YARD_RETURN_IF_ERROR(RequireColumn(table, i, accepts));
  return {};
}

std::string ColumnLabel(const Table& table, size_t column) {
  const std::string_view name = table.columns[column].name;
  return name.empty() ? std::to_string(column) : std::string(name);
}

base::Error CellError(const Table& table, size_t column, size_t row, std::string message,
                      std::string_view reason) {
  return base::MakeError(base::Code::kInvalidArgument, std::move(message),
                         base::Detail{"column", ColumnLabel(table, column)},
                         base::Detail{"row", std::to_string(table.first_row + row)},
                         base::Detail{"value", CellText(table.columns[column], row)})
      .WithReason(std::string(reason));
}

template <typename Real>
std::span<Real> RowsForForest(const Table& table, Scratch& scratch) {
  const size_t stride = table.width() + 1;
  const auto rows = scratch.Allocate<Real>(table.row_count * stride);
  for (size_t i = 0; i < table.width(); ++i) {
    const std::span<const double> numbers = table.columns[i].numbers;
    for (size_t row = 0; row < table.row_count; ++row) {
      rows[row * stride + i] = static_cast<Real>(numbers[row]);
    }
  }
  for (size_t row = 0; row < table.row_count; ++row) {
    rows[row * stride + stride - 1] = std::numeric_limits<Real>::quiet_NaN();
  }
  return rows;
}
template std::span<float> RowsForForest(const Table& table, Scratch& scratch);
template std::span<double> RowsForForest(const Table& table, Scratch& scratch);

bool HasNames(const Table& table, const std::vector<std::string>& names) {
  return std::equal(
      table.columns.begin(), table.columns.end(), names.begin(), names.end(),
      [](const ColumnView& column, const std::string& name) { return column.name == name; });
}

}  // namespace yard::inference::estimators
