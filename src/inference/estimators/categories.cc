#include "inference/estimators/categories.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace yard::inference::estimators {
namespace {

using formats::Object;

std::vector<size_t> Identity(size_t size) {
  std::vector<size_t> positions(size);
  std::iota(positions.begin(), positions.end(), size_t{0});
  return positions;
}

base::Result<std::vector<size_t>> ReadMapping(const Object& mapping, size_t size) {
  if (mapping.is(formats::ObjectKind::kNone)) return Identity(size);
  YARD_ASSIGN_OR_RETURN(const std::vector<Value> values, ReadValues(mapping));
  if (values.size() != size) return base::InvalidArgument("a mapping of other categories");
  std::vector<size_t> positions;
  for (const Value& value : values) {
    const bool is_position = value.kind == Value::Kind::kNumber && value.number >= 0 &&
                             value.number < static_cast<double>(size);
    if (!is_position) return base::InvalidArgument("a mapping out of range");
    positions.push_back(static_cast<size_t>(value.number));
  }
  return positions;
}

}  // namespace

base::Result<CategoryIndex> CategoryIndex::Read(const Object& categories) {
  YARD_ASSIGN_OR_RETURN(std::vector<Value> values, ReadValues(categories));
  CategoryIndex index;
  index.size_ = values.size();
  for (size_t i = 0; i < values.size(); ++i) {
    Value& value = values[i];
    if (value.kind == Value::Kind::kNone) {
      index.none_ = i;
    } else if (value.is_missing()) {
      index.nan_ = i;
    } else if (value.kind == Value::Kind::kNumber) {
      index.numbers_.emplace_back(value.number, i);
    } else {
      index.texts_.emplace(std::move(value.text), i);
    }
  }
  std::sort(index.numbers_.begin(), index.numbers_.end());
  return index;
}

std::optional<size_t> CategoryIndex::Find(const ColumnView& column, size_t row) const {
  return column.is_text ? FindText(column.texts[row]) : FindNumber(column.numbers[row]);
}

std::optional<size_t> CategoryIndex::FindNumber(double number) const {
  if (std::isnan(number)) return nan_ ? nan_ : none_;
  const auto found = std::lower_bound(
      numbers_.begin(), numbers_.end(), number,
      [](const std::pair<double, size_t>& entry, double wanted) { return entry.first < wanted; });
  if (found == numbers_.end() || found->first != number) return std::nullopt;
  return found->second;
}

std::optional<size_t> CategoryIndex::FindText(const TextCell& cell) const {
  if (cell.may_be_none && none_) return none_;
  if (IsMissing(cell)) return none_ ? none_ : nan_;
  const auto found = texts_.find(cell.text);
  return found == texts_.end() ? std::nullopt : std::optional(found->second);
}

base::Result<std::vector<CategoryIndex>> ReadCategories(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const auto lists, ItemsOf(estimator, "categories_"));
  std::vector<CategoryIndex> categories;
  for (const Object* list : lists) {
    YARD_ASSIGN_OR_RETURN(CategoryIndex index, CategoryIndex::Read(*list));
    categories.push_back(std::move(index));
  }
  return categories;
}

base::Result<std::vector<std::vector<size_t>>> ReadGrouping(
    const Object& estimator, const std::vector<CategoryIndex>& categories) {
  std::vector<std::vector<size_t>> grouping;
  for (const CategoryIndex& index : categories) grouping.push_back(Identity(index.size()));
  YARD_ASSIGN_OR_RETURN(const bool is_grouped, FlagOr(estimator, "_infrequent_enabled", false));
  if (!is_grouped) return grouping;
  YARD_ASSIGN_OR_RETURN(const auto mappings, ItemsOf(estimator, "_default_to_infrequent_mappings"));
  if (mappings.size() != categories.size()) {
    return BadAttribute(estimator, "_default_to_infrequent_mappings", "one a column");
  }
  for (size_t i = 0; i < mappings.size(); ++i) {
    YARD_ASSIGN_OR_RETURN(grouping[i], ReadMapping(*mappings[i], categories[i].size()));
  }
  return grouping;
}

base::Error UnknownCategory(const Table& input, size_t column, size_t row) {
  return CellError(input, column, row, "a category that the model was not trained on",
                   "unknown_category");
}

}  // namespace yard::inference::estimators
