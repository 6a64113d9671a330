#include "columnar/module/arrow_columns.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/api.h>

namespace yard::columnar {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <typename ArrayType, typename Convert>
void AppendNumbers(const arrow::Array& array, Numbers& numbers, Convert convert) {
  const auto& typed = static_cast<const ArrayType&>(array);
  for (int64_t i = 0; i < typed.length(); ++i) {
    numbers.push_back(typed.IsNull(i) ? kNaN : convert(typed.Value(i)));
  }
}

template <typename ArrayType>
void AppendTexts(const arrow::Array& array, Texts& texts) {
  const auto& typed = static_cast<const ArrayType&>(array);
  for (int64_t i = 0; i < typed.length(); ++i) {
    texts.push_back(typed.IsNull(i) ? std::nullopt : std::optional(std::string(typed.GetView(i))));
  }
}

double MillisecondsPer(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return 1e3;
    case arrow::TimeUnit::MILLI:
      return 1;
    case arrow::TimeUnit::MICRO:
      return 1e-3;
    case arrow::TimeUnit::NANO:
      return 1e-6;
  }
  return 1;
}

void AppendTimestamps(const arrow::Array& array, Numbers& numbers) {
  const auto& type = static_cast<const arrow::TimestampType&>(*array.type());
  const double scale = MillisecondsPer(type.unit());
  AppendNumbers<arrow::TimestampArray>(
      array, numbers, [scale](int64_t value) { return static_cast<double>(value) * scale; });
}

// False for a type that has no place in our columns.
bool AppendAsNumbers(const arrow::Array& array, Numbers& numbers) {
  const auto plain = [](auto value) { return static_cast<double>(value); };
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      AppendNumbers<arrow::BooleanArray>(array, numbers, [](bool v) { return v ? 1.0 : 0.0; });
      return true;
    case arrow::Type::INT8:
      AppendNumbers<arrow::Int8Array>(array, numbers, plain);
      return true;
    case arrow::Type::INT16:
      AppendNumbers<arrow::Int16Array>(array, numbers, plain);
      return true;
    case arrow::Type::INT32:
      AppendNumbers<arrow::Int32Array>(array, numbers, plain);
      return true;
    case arrow::Type::INT64:
      AppendNumbers<arrow::Int64Array>(array, numbers, plain);
      return true;
    case arrow::Type::UINT8:
      AppendNumbers<arrow::UInt8Array>(array, numbers, plain);
      return true;
    case arrow::Type::UINT16:
      AppendNumbers<arrow::UInt16Array>(array, numbers, plain);
      return true;
    case arrow::Type::UINT32:
      AppendNumbers<arrow::UInt32Array>(array, numbers, plain);
      return true;
    case arrow::Type::UINT64:
      AppendNumbers<arrow::UInt64Array>(array, numbers, plain);
      return true;
    case arrow::Type::FLOAT:
      AppendNumbers<arrow::FloatArray>(array, numbers, plain);
      return true;
    case arrow::Type::DOUBLE:
      AppendNumbers<arrow::DoubleArray>(array, numbers, plain);
      return true;
    case arrow::Type::DATE32:
      AppendNumbers<arrow::Date32Array>(array, numbers,
                                        [](int32_t days) { return days * 86'400'000.0; });
      return true;
    case arrow::Type::DATE64:
      AppendNumbers<arrow::Date64Array>(array, numbers, plain);
      return true;
    case arrow::Type::TIMESTAMP:
      AppendTimestamps(array, numbers);
      return true;
    case arrow::Type::NA:
      numbers.resize(numbers.size() + static_cast<size_t>(array.length()), kNaN);
      return true;
    default:
      return false;
  }
}

bool AppendAsTexts(const arrow::Array& array, Texts& texts) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
      AppendTexts<arrow::StringArray>(array, texts);
      return true;
    case arrow::Type::LARGE_STRING:
      AppendTexts<arrow::LargeStringArray>(array, texts);
      return true;
    case arrow::Type::STRING_VIEW:
      AppendTexts<arrow::StringViewArray>(array, texts);
      return true;
    default:
      return false;
  }
}

bool AppendDictionary(const arrow::Array& array, Texts& texts) {
  const auto& typed = static_cast<const arrow::DictionaryArray&>(array);
  Texts words;
  if (!AppendAsTexts(*typed.dictionary(), words)) return false;
  for (int64_t i = 0; i < typed.length(); ++i) {
    if (typed.IsNull(i)) {
      texts.emplace_back();
      continue;
    }
    texts.push_back(words.at(static_cast<size_t>(typed.GetValueIndex(i))));
  }
  return true;
}

std::optional<std::variant<Numbers, Texts>> CellsOf(const arrow::ChunkedArray& column) {
  Numbers numbers;
  Texts texts;
  bool is_text = false;
  for (const auto& chunk : column.chunks()) {
    if (AppendAsNumbers(*chunk, numbers)) continue;
    is_text = true;
    const bool taken = chunk->type_id() == arrow::Type::DICTIONARY ? AppendDictionary(*chunk, texts)
                                                                   : AppendAsTexts(*chunk, texts);
    if (!taken) return std::nullopt;
  }
  if (is_text) return texts;
  return numbers;
}

base::Error Internal(const arrow::Status& status) {
  return base::Internal("the table cannot be converted", {"problem", status.ToString()});
}

base::Result<std::shared_ptr<arrow::Array>> ArrayOf(const Column& column) {
  std::shared_ptr<arrow::Array> array;
  arrow::Status status;
  if (const auto* numbers = std::get_if<Numbers>(&column.cells)) {
    arrow::DoubleBuilder builder;
    for (const double number : *numbers) {
      status &= std::isnan(number) ? builder.AppendNull() : builder.Append(number);
    }
    status &= builder.Finish(&array);
  } else {
    arrow::LargeStringBuilder builder;
    for (const auto& text : std::get<Texts>(column.cells)) {
      status &= text ? builder.Append(*text) : builder.AppendNull();
    }
    status &= builder.Finish(&array);
  }
  if (!status.ok()) return Internal(status);
  return array;
}

}  // namespace

base::Result<Table> FromArrow(const arrow::Table& table) {
  Table result;
  result.row_count = static_cast<size_t>(table.num_rows());
  for (int i = 0; i < table.num_columns(); ++i) {
    auto cells = CellsOf(*table.column(i));
    if (!cells) continue;
    result.columns.push_back({table.field(i)->name(), *std::move(cells)});
  }
  return result;
}

base::Result<std::shared_ptr<arrow::Table>> ToArrow(const Table& table) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Column& column : table.columns) {
    YARD_ASSIGN_OR_RETURN(auto array, ArrayOf(column));
    fields.push_back(arrow::field(column.name, array->type()));
    arrays.push_back(std::move(array));
  }
  // NOLINTNEXTLINE(performance-move-const-arg): a cheap handle.
  return arrow::Table::Make(arrow::schema(std::move(fields)), std::move(arrays),
                            static_cast<int64_t>(table.row_count));
}

}  // namespace yard::columnar
