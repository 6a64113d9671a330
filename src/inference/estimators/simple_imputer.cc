#include "inference/estimators/simple_imputer.h"

#include <algorithm>
#include <cmath>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

struct Plan {
  Value missing;                // what counts as missing
  std::vector<Value> fills;     // one a column
  std::vector<bool> is_kept;    // the others are dropped
  std::vector<size_t> flagged;  // columns that get an indicator
  bool checks_numbers = true;   // fitted on numbers: refuses infinities
};

class SimpleImputer final : public Transformer {
 public:
  explicit SimpleImputer(Plan plan) : plan_(std::move(plan)) {}

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    YARD_RETURN_IF_ERROR(Check(input));
    const auto columns = scratch.Allocate<ColumnView>(plan_.fills.size() + plan_.flagged.size());
    size_t count = 0;
    for (size_t i = 0; i < plan_.fills.size(); ++i) {
      if (!plan_.is_kept[i]) continue;
      YARD_ASSIGN_OR_RETURN(columns[count++], Fill(input, i, scratch));
    }
    for (const size_t i : plan_.flagged) columns[count++] = Indicator(input.columns[i], scratch);
    return Table{input.row_count, input.first_row, columns.first(count)};
  }
  double row_microseconds() const override {
    return 0.02 + 0.01 * static_cast<double>(plan_.fills.size());
  }

 private:
  base::Result<void> Check(const Table& input) const {
    if (!plan_.checks_numbers) return RequireWidth(input, plan_.fills.size());
    const Accepts accepts = plan_.missing.is_missing() ? Accepts::kMissing : Accepts::kFinite;
    return RequireNumbers(input, plan_.fills.size(), accepts);
  }

  bool IsMissingNumber(double x) const {
    return plan_.missing.is_missing()
               ? std::isnan(x)
               : plan_.missing.kind == Value::Kind::kNumber && x == plan_.missing.number;
  }
  bool IsMissingText(const TextCell& cell) const {
    return plan_.missing.is_missing() ? IsMissing(cell)
                                      : plan_.missing.kind == Value::Kind::kText &&
                                            !IsMissing(cell) && cell.text == plan_.missing.text;
  }
  bool IsMissingCell(const ColumnView& column, size_t row) const {
    return column.is_text ? IsMissingText(column.texts[row]) : IsMissingNumber(column.numbers[row]);
  }

  base::Result<ColumnView> Fill(const Table& input, size_t index, Scratch& scratch) const {
    const Value& fill = plan_.fills[index];
    const bool fills_text = fill.kind == Value::Kind::kText;
    return fills_text ? FillText(input, index, scratch) : FillNumbers(input, index, scratch);
  }

  /// A text column may only be missing cells where the fill is a number, and the other way round.
  base::Result<ColumnView> FillNumbers(const Table& input, size_t index, Scratch& scratch) const {
    const ColumnView& from = input.columns[index];
    const auto to = scratch.Allocate<double>(input.row_count);
    for (size_t row = 0; row < input.row_count; ++row) {
      const bool is_missing = IsMissingCell(from, row);
      if (!is_missing && from.is_text) return WrongType(input, index, row, "number");
      to[row] = is_missing ? plan_.fills[index].number : from.numbers[row];
    }
    return ColumnView{from.name, false, to, {}};
  }

  base::Result<ColumnView> FillText(const Table& input, size_t index, Scratch& scratch) const {
    const ColumnView& from = input.columns[index];
    const auto to = scratch.Allocate<TextCell>(input.row_count);
    const bool leaves_none = plan_.missing.kind == Value::Kind::kNumber;
    for (size_t row = 0; row < input.row_count; ++row) {
      const bool is_missing = IsMissingCell(from, row);
      if (!is_missing && !from.is_text) return WrongType(input, index, row, "text");
      to[row] = is_missing ? TextCell{plan_.fills[index].text, leaves_none} : from.texts[row];
    }
    return ColumnView{from.name, true, {}, to};
  }

  static base::Error WrongType(const Table& input, size_t column, size_t row,
                               std::string_view expected) {
    return CellError(input, column, row, "a value has the wrong type", "wrong_type")
        .With({"expected", std::string(expected)});
  }

  ColumnView Indicator(const ColumnView& column, Scratch& scratch) const {
    const size_t row_count = column.is_text ? column.texts.size() : column.numbers.size();
    const auto flags = scratch.Allocate<double>(row_count);
    for (size_t row = 0; row < row_count; ++row) flags[row] = IsMissingCell(column, row) ? 1 : 0;
    return ColumnView{{}, false, flags, {}};
  }

  Plan plan_;
};

base::Result<std::vector<size_t>> ReadIndicator(const Object& estimator, size_t width) {
  std::vector<size_t> flagged;
  YARD_ASSIGN_OR_RETURN(const bool adds, FlagOr(estimator, "add_indicator", false));
  if (!adds) return flagged;
  YARD_ASSIGN_OR_RETURN(const Object* indicator, formats::Attribute(estimator, "indicator_"));
  YARD_ASSIGN_OR_RETURN(const auto features, formats::IntegersAttribute(*indicator, "features_"));
  for (const int64_t feature : features) {
    if (feature < 0 || static_cast<size_t>(feature) >= width) {
      return BadAttribute(*indicator, "features_", "an indicator of no column");
    }
    flagged.push_back(static_cast<size_t>(feature));
  }
  return flagged;
}

base::Result<Value> ReadMissingValue(const Object& estimator) {
  if (IsNone(estimator, "missing_values")) return Value{};
  YARD_ASSIGN_OR_RETURN(const Object* object, formats::Attribute(estimator, "missing_values"));
  if (object->QualifiedName().ends_with("NAType") || object->QualifiedName().ends_with(".NA")) {
    return Value{};
  }
  return ReadValue(*object);
}

/// NaN says that training saw no value; None does not.
bool IsNan(const Value& value) {
  return value.kind == Value::Kind::kNumber && std::isnan(value.number);
}

}  // namespace

base::Result<TransformerPtr> ReadSimpleImputer(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const Object* statistics, formats::Attribute(estimator, "statistics_"));
  Plan plan;
  YARD_ASSIGN_OR_RETURN(plan.fills, ReadValues(*statistics));
  YARD_ASSIGN_OR_RETURN(plan.missing, ReadMissingValue(estimator));
  YARD_ASSIGN_OR_RETURN(const bool keeps_empty, FlagOr(estimator, "keep_empty_features", false));
  YARD_ASSIGN_OR_RETURN(plan.flagged, ReadIndicator(estimator, plan.fills.size()));
  plan.checks_numbers = statistics->is(formats::ObjectKind::kArray) &&
                        statistics->array.dtype.type != formats::ScalarType::kText;
  for (const Value& fill : plan.fills) plan.is_kept.push_back(keeps_empty || !IsNan(fill));
  return std::make_unique<SimpleImputer>(std::move(plan));
}

}  // namespace yard::inference::estimators
