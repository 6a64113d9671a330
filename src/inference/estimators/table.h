#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "inference/estimators/scratch.h"
#include "inference/model.h"

namespace yard::inference::estimators {

/// A text cell. The null view is missing; an empty text is not.
///
/// scikit-learn's imputer for NaN leaves None alone, so an encoder behind it may know None as a
/// category; a request cannot tell None from NaN. A filled cell therefore remembers that it was
/// missing: an encoder that knows None takes it for None, every other one sees the filled text.
struct TextCell {
  std::string_view text;
  bool may_be_none = false;
};
inline bool IsMissing(const TextCell& cell) { return cell.text.data() == nullptr; }

/// A view of one column: numbers (NaN is missing) or text.
struct ColumnView {
  std::string_view name;  // empty where columns have no names
  bool is_text = false;
  std::span<const double> numbers;
  std::span<const TextCell> texts;
};

/// What flows from step to step: a block of rows as columns. Views into the caller's frame, the
/// model's own constants, or a Scratch; copying one is cheap.
struct Table {
  size_t row_count = 0;
  size_t first_row = 0;  // of the block in the caller's frame, for error messages
  std::span<const ColumnView> columns;

  size_t width() const { return columns.size(); }
};

/// Numbers row by row, `width` a row.
struct Matrix {
  std::span<double> values;
  size_t width = 1;
  bool is_matrix = false;  // the library answers with a list for each row, even of one
};

/// Rows [first, first + count) of `frame`.
Table TableOf(const Frame& frame, size_t first, size_t count, Scratch& scratch);

/// New columns of `row_count` uninitialised numbers each, without names. Fill them through
/// MutableNumbers.
std::span<ColumnView> NewNumberColumns(size_t count, size_t row_count, Scratch& scratch);
/// The cells of a column that NewNumberColumns made.
std::span<double> MutableNumbers(const ColumnView& column);

/// What an estimator accepts besides finite numbers.
enum class Accepts {
  kAnything,  // NaN and infinities
  kMissing,   // NaN, as most preprocessing does
  kFinite,    // neither
  kFloat32,   // neither, and nothing that overflows float32
  kFloat32Missing,
};

/// Makes sure that the table has `width` columns, all of numbers that `accepts` takes. Text that is
/// missing throughout counts as no numbers at all and is refused. Errors: kInvalidArgument, reason
/// "wrong_width", "wrong_type", "missing_value" or "infinite_value", with the details "column",
/// "row" and "value".
base::Result<void> RequireNumbers(const Table& table, size_t width, Accepts accepts);
base::Result<void> RequireWidth(const Table& table, size_t width);

/// The column's name, or its position where it has none.
std::string ColumnLabel(const Table& table, size_t column);
/// Details "column", "row" (in the caller's frame) and "value" for an error about one cell.
base::Error CellError(const Table& table, size_t column, size_t row, std::string message,
                      std::string_view reason);

/// The table row by row, each followed by one NaN cell, as Forest::AddLeaves takes it. The table
/// must be all numbers.
template <typename Real>
std::span<Real> RowsForForest(const Table& table, Scratch& scratch);

/// True when `name` is the name of every column in turn.
bool HasNames(const Table& table, const std::vector<std::string>& names);

}  // namespace yard::inference::estimators
