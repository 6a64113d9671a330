#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "inference/model.h"

namespace yard::inference {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::string_view TypeName(DataType type) {
  switch (type) {
    case DataType::kBoolean:
      return "boolean";
    case DataType::kInteger:
      return "integer";
    case DataType::kLong:
      return "long";
    case DataType::kFloat:
      return "float";
    case DataType::kDouble:
      return "double";
    case DataType::kString:
      return "string";
    case DataType::kBinary:
      return "binary";
    case DataType::kDatetime:
      return "datetime";
  }
  return "unknown";
}

bool IsNumeric(DataType type) {
  return type != DataType::kString && type != DataType::kBinary && type != DataType::kDatetime;
}

/// A cell for a message: numbers in their shortest form.
std::string CellText(double value) {
  if (std::isnan(value)) return "missing";
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return {text, end};
}
std::string CellText(const std::optional<std::string>& value) {
  return value ? value->substr(0, 100) : "missing";
}

template <typename Cell>
base::Error WrongType(const ColumnSpec& spec, size_t row, const Cell& value, std::string message) {
  return base::MakeError(
             base::Code::kInvalidArgument, std::move(message), base::Detail{"column", spec.name},
             base::Detail{"row", std::to_string(row)}, base::Detail{"value", CellText(value)},
             base::Detail{"expected", std::string(TypeName(spec.type))})
      .WithReason("wrong_type");
}

bool IsInteger(double value, DataType type) {
  const double limit = type == DataType::kInteger ? 0x1p31 : 0x1p63;
  return std::trunc(value) == value && value >= -limit && value < limit;
}

bool FitsType(double value, const ColumnSpec& spec) {
  if (std::isnan(value)) {
    const bool is_integer = spec.type == DataType::kInteger || spec.type == DataType::kLong;
    return !is_integer || !spec.required;
  }
  switch (spec.type) {
    case DataType::kBoolean:
      return value == 0 || value == 1;
    case DataType::kInteger:
    case DataType::kLong:
      return IsInteger(value, spec.type);
    default:
      return true;
  }
}

std::string RefusalOf(double value, const ColumnSpec& spec) {
  if (std::isnan(value)) {
    return "an integer column has a missing value; declare it double in the signature if values "
           "may be missing";
  }
  return "a value does not fit the column's type: " + std::string(TypeName(spec.type));
}

base::Result<void> CheckNumbers(NumberColumn& cells, const ColumnSpec& spec) {
  if (spec.type == DataType::kDouble) return {};
  if (spec.type == DataType::kFloat) {
    for (double& cell : cells) cell = double{static_cast<float>(cell)};
    return {};
  }
  for (size_t row = 0; row < cells.size(); ++row) {
    if (FitsType(cells[row], spec)) continue;
    return WrongType(spec, row, cells[row], RefusalOf(cells[row], spec));
  }
  return {};
}

/// Text where numbers belong is a mistake unless every cell is missing.
base::Result<NumberColumn> ToNumbers(const TextColumn& cells, const ColumnSpec& spec) {
  for (size_t row = 0; row < cells.size(); ++row) {
    if (cells[row])
      return WrongType(spec, row, cells[row], "a number is expected, and this is text");
  }
  return NumberColumn(cells.size(), kMissing);
}

base::Result<TextColumn> ToText(const NumberColumn& cells, const ColumnSpec& spec) {
  for (size_t row = 0; row < cells.size(); ++row) {
    if (!std::isnan(cells[row])) {
      return WrongType(spec, row, cells[row], "text is expected, and this is a number");
    }
  }
  return TextColumn(cells.size());
}

base::Result<void> EnforceType(Column& column, const ColumnSpec& spec) {
  if (auto* numbers = std::get_if<NumberColumn>(&column.cells)) {
    if (IsNumeric(spec.type)) return CheckNumbers(*numbers, spec);
    YARD_ASSIGN_OR_RETURN(column.cells, ToText(*numbers, spec));
    return {};
  }
  if (!IsNumeric(spec.type)) return {};
  YARD_ASSIGN_OR_RETURN(NumberColumn numbers, ToNumbers(std::get<TextColumn>(column.cells), spec));
  column.cells = std::move(numbers);
  return CheckNumbers(std::get<NumberColumn>(column.cells), spec);
}

Column MissingCells(const ColumnSpec& spec, size_t row_count) {
  if (IsNumeric(spec.type)) return {spec.name, NumberColumn(row_count, kMissing)};
  return {spec.name, TextColumn(row_count)};
}

bool IsKnown(const std::vector<ColumnSpec>& specs, std::string_view name) {
  return std::any_of(specs.begin(), specs.end(),
                     [name](const ColumnSpec& spec) { return spec.name == name; });
}

base::Error MissingColumns(const std::vector<ColumnSpec>& specs, const Frame& frame) {
  std::vector<base::Detail> details;
  for (const ColumnSpec& spec : specs) {
    if (spec.required && frame.Find(spec.name) == nullptr) details.push_back({"column", spec.name});
  }
  std::string extra;
  for (const Column& column : frame.columns) {
    if (IsKnown(specs, column.name)) continue;
    if (!extra.empty()) extra += ", ";
    extra += column.name;
  }
  if (!extra.empty()) details.push_back({"extra", std::move(extra)});
  return base::Error(base::Code::kInvalidArgument, "columns that the model needs are missing",
                     std::move(details))
      .WithReason("missing_column");
}

bool IsInOrder(const std::vector<ColumnSpec>& specs, const Frame& frame) {
  return std::equal(
      specs.begin(), specs.end(), frame.columns.begin(), frame.columns.end(),
      [](const ColumnSpec& spec, const Column& column) { return spec.name == column.name; });
}

/// The columns of `specs` in their order; the others are dropped.
base::Result<Frame> Reorder(const std::vector<ColumnSpec>& specs, Frame frame) {
  if (IsInOrder(specs, frame)) return frame;
  Frame ordered;
  ordered.row_count = frame.row_count;
  ordered.columns.reserve(specs.size());
  for (const ColumnSpec& spec : specs) {
    const Column* column = frame.Find(spec.name);
    if (column == nullptr && spec.required) return MissingColumns(specs, frame);
    ordered.columns.push_back(column == nullptr ? MissingCells(spec, frame.row_count) : *column);
  }
  return ordered;
}

base::Result<Frame> TakeByPosition(const std::vector<ColumnSpec>& specs, Frame frame) {
  if (frame.columns.size() < specs.size()) {
    return base::InvalidArgument("the model needs more columns",
                                 {"expected", std::to_string(specs.size())},
                                 {"columns", std::to_string(frame.columns.size())})
        .WithReason("missing_column");
  }
  frame.columns.resize(specs.size());
  return frame;
}

bool HasNames(const std::vector<ColumnSpec>& specs) {
  return std::any_of(specs.begin(), specs.end(),
                     [](const ColumnSpec& spec) { return !spec.name.empty(); });
}

base::Result<Frame> EnforceDeclared(const std::vector<ColumnSpec>& specs, Frame frame) {
  auto arranged =
      HasNames(specs) ? Reorder(specs, std::move(frame)) : TakeByPosition(specs, std::move(frame));
  if (!arranged.ok()) return arranged;
  for (size_t i = 0; i < specs.size(); ++i) {
    YARD_RETURN_IF_ERROR(EnforceType(arranged->columns[i], specs[i]));
  }
  return arranged;
}

base::Result<Frame> EnforceNames(const std::vector<std::string>& names, Frame frame) {
  const bool has_names = std::any_of(frame.columns.begin(), frame.columns.end(),
                                     [](const Column& column) { return !column.name.empty(); });
  if (names.empty() || !has_names) return frame;
  std::vector<ColumnSpec> specs;
  specs.reserve(names.size());
  for (const std::string& name : names) specs.push_back({name, DataType::kDouble, true});
  return Reorder(specs, std::move(frame));
}

}  // namespace

const Column* Frame::Find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [name](const Column& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

base::Result<Frame> EnforceSignature(const Model& model, Frame frame) {
  const Signature& signature = model.signature();
  if (signature.declared && !signature.inputs.empty()) {
    return EnforceDeclared(signature.inputs, std::move(frame));
  }
  return EnforceNames(model.description().feature_names, std::move(frame));
}

}  // namespace yard::inference
