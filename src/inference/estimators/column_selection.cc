#include "inference/estimators/column_selection.h"

#include <algorithm>
#include <optional>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;
using formats::ObjectKind;

base::Result<size_t> Position(double number, const FittedColumns& columns) {
  const auto count = static_cast<double>(columns.count);
  const double position = number < 0 ? number + count : number;
  if (position >= 0 && position < count) return static_cast<size_t>(position);
  return base::InvalidArgument("a selected column is out of range");
}

base::Result<size_t> Position(const Value& value, const FittedColumns& columns) {
  if (value.kind == Value::Kind::kNumber) return Position(value.number, columns);
  const auto found = std::find(columns.names.begin(), columns.names.end(), value.text);
  if (value.kind == Value::Kind::kText && found != columns.names.end()) {
    return static_cast<size_t>(found - columns.names.begin());
  }
  return base::InvalidArgument("a selected column is none of the fitted ones",
                               {"column", value.text});
}

bool IsMask(const Object& selector) {
  if (selector.is(ObjectKind::kArray)) {
    return selector.array.dtype.type == formats::ScalarType::kBool;
  }
  return !selector.items.empty() && selector.items.front()->is(ObjectKind::kBool);
}

base::Result<std::vector<size_t>> FromMask(const std::vector<Value>& mask,
                                           const FittedColumns& columns) {
  if (mask.size() != columns.count) return base::InvalidArgument("a mask of another length");
  std::vector<size_t> positions;
  for (size_t i = 0; i < mask.size(); ++i) {
    if (mask[i].number != 0) positions.push_back(i);
  }
  return positions;
}

base::Result<std::vector<size_t>> FromValues(const std::vector<Value>& values,
                                             const FittedColumns& columns) {
  std::vector<size_t> positions;
  for (const Value& value : values) {
    YARD_ASSIGN_OR_RETURN(const size_t position, Position(value, columns));
    positions.push_back(position);
  }
  return positions;
}

/// Of positions the end is outside, of names inside, as in pandas.
base::Result<size_t> SliceEnd(const Value& stop, const FittedColumns& columns) {
  if (stop.kind == Value::Kind::kNone) return columns.count;
  if (stop.kind == Value::Kind::kNumber) {
    const auto count = static_cast<double>(columns.count);
    const double end = stop.number < 0 ? stop.number + count : stop.number;
    return static_cast<size_t>(std::clamp(end, 0.0, count));
  }
  YARD_ASSIGN_OR_RETURN(const size_t last, Position(stop, columns));
  return last + 1;
}

base::Result<std::vector<size_t>> FromSlice(const Object& slice, const FittedColumns& columns) {
  if (slice.items.size() != 3) return base::InvalidArgument("a slice has three parts");
  YARD_ASSIGN_OR_RETURN(const Value start, ReadValue(*slice.items[0]));
  YARD_ASSIGN_OR_RETURN(const Value stop, ReadValue(*slice.items[1]));
  YARD_ASSIGN_OR_RETURN(const Value step, ReadValue(*slice.items[2]));
  const bool has_step = step.kind != Value::Kind::kNone && step.number != 1;
  if (has_step) return base::Unimplemented("a slice of columns with a step");
  size_t first = 0;
  if (start.kind != Value::Kind::kNone) {
    YARD_ASSIGN_OR_RETURN(first, Position(start, columns));
  }
  YARD_ASSIGN_OR_RETURN(const size_t end, SliceEnd(stop, columns));
  std::vector<size_t> positions;
  for (size_t i = first; i < end; ++i) positions.push_back(i);
  return positions;
}

}  // namespace

base::Result<std::vector<size_t>> SelectColumns(const Object& selector,
                                                const FittedColumns& columns) {
  if (selector.QualifiedName() == "builtins.slice" || selector.QualifiedName() == "slice") {
    return FromSlice(selector, columns);
  }
  const bool is_scalar = selector.is(ObjectKind::kInteger) || selector.is(ObjectKind::kString);
  if (is_scalar) {
    YARD_ASSIGN_OR_RETURN(const Value value, ReadValue(selector));
    return FromValues({value}, columns);
  }
  YARD_ASSIGN_OR_RETURN(const std::vector<Value> values, ReadValues(selector));
  return IsMask(selector) ? FromMask(values, columns) : FromValues(values, columns);
}

}  // namespace yard::inference::estimators
