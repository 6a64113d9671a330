#include "inference/estimators/one_hot_encoder.h"

#include <algorithm>

#include "inference/estimators/categories.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

constexpr size_t kNoSlot = static_cast<size_t>(-1);  // all zeros

enum class Unknown { kError, kZeros, kInfrequent };

/// One input column: which of its output columns a category sets to one.
struct ColumnPlan {
  CategoryIndex categories;
  std::vector<size_t> slots;  // of each category
  size_t unknown_slot = kNoSlot;
  bool refuses_unknown = false;
  size_t width = 0;
};

class OneHotEncoder final : public Transformer {
 public:
  explicit OneHotEncoder(std::vector<ColumnPlan> plans) : plans_(std::move(plans)) {
    for (const ColumnPlan& plan : plans_) width_ += plan.width;
  }

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    YARD_RETURN_IF_ERROR(RequireWidth(input, plans_.size()));
    const auto columns = NewNumberColumns(width_, input.row_count, scratch);
    size_t first = 0;
    for (size_t i = 0; i < plans_.size(); ++i) {
      YARD_RETURN_IF_ERROR(Encode(input, i, columns.subspan(first, plans_[i].width)));
      first += plans_[i].width;
    }
    return Table{input.row_count, input.first_row, columns};
  }
  double row_microseconds() const override {
    return 0.02 + 0.05 * static_cast<double>(plans_.size()) + 0.002 * static_cast<double>(width_);
  }

 private:
  base::Result<void> Encode(const Table& input, size_t index,
                            std::span<const ColumnView> outputs) const {
    const ColumnPlan& plan = plans_[index];
    for (const ColumnView& output : outputs) {
      const std::span<double> cells = MutableNumbers(output);
      std::fill(cells.begin(), cells.end(), 0.0);
    }
    for (size_t row = 0; row < input.row_count; ++row) {
      const auto position = plan.categories.Find(input.columns[index], row);
      if (!position && plan.refuses_unknown) return UnknownCategory(input, index, row);
      const size_t slot = position ? plan.slots[*position] : plan.unknown_slot;
      if (slot != kNoSlot) MutableNumbers(outputs[slot])[row] = 1.0;
    }
    return {};
  }

  std::vector<ColumnPlan> plans_;
  size_t width_ = 0;
};

base::Result<Unknown> ReadUnknown(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const std::string text, TextOr(estimator, "handle_unknown", "error"));
  if (text == "error") return Unknown::kError;
  if (text == "ignore") return Unknown::kZeros;
  if (text == "infrequent_if_exist" || text == "warn") return Unknown::kInfrequent;
  return UnsupportedParameter("handle_unknown", text);
}

/// For each column the position (after grouping) that is dropped, if any.
base::Result<std::vector<std::optional<size_t>>> ReadDropped(const Object& estimator,
                                                             size_t column_count) {
  std::vector<std::optional<size_t>> dropped(column_count);
  const char* name = formats::FindAttribute(estimator, "_drop_idx_after_grouping") != nullptr
                         ? "_drop_idx_after_grouping"
                         : "drop_idx_";
  if (IsNone(estimator, name)) return dropped;
  YARD_ASSIGN_OR_RETURN(const Object* array, formats::Attribute(estimator, name));
  YARD_ASSIGN_OR_RETURN(const std::vector<Value> values, ReadValues(*array));
  if (values.size() != column_count) return BadAttribute(estimator, name, "one a column");
  for (size_t i = 0; i < column_count; ++i) {
    if (values[i].is_missing()) continue;
    if (values[i].number < 0 || values[i].number > 1e9) {
      return BadAttribute(estimator, name, "a position out of range");
    }
    dropped[i] = static_cast<size_t>(values[i].number);
  }
  return dropped;
}

/// The position of each column's group of infrequent categories before grouping, if it has one.
base::Result<std::vector<std::optional<size_t>>> ReadInfrequent(const Object& estimator,
                                                                size_t column_count) {
  std::vector<std::optional<size_t>> infrequent(column_count);
  YARD_ASSIGN_OR_RETURN(const bool is_grouped, FlagOr(estimator, "_infrequent_enabled", false));
  if (!is_grouped) return infrequent;
  YARD_ASSIGN_OR_RETURN(const auto lists, ItemsOf(estimator, "_infrequent_indices"));
  if (lists.size() != column_count) {
    return BadAttribute(estimator, "_infrequent_indices", "one a column");
  }
  for (size_t i = 0; i < column_count; ++i) {
    if (lists[i]->is(formats::ObjectKind::kNone)) continue;
    YARD_ASSIGN_OR_RETURN(const std::vector<Value> positions, ReadValues(*lists[i]));
    if (positions.empty() || !(positions.front().number >= 0)) continue;
    infrequent[i] = static_cast<size_t>(positions.front().number);
  }
  return infrequent;
}

size_t SlotOf(size_t position, std::optional<size_t> dropped) {
  if (!dropped || position < *dropped) return position;
  return position == *dropped ? kNoSlot : position - 1;
}

ColumnPlan PlanColumn(CategoryIndex categories, const std::vector<size_t>& grouped,
                      std::optional<size_t> dropped, std::optional<size_t> infrequent,
                      Unknown unknown) {
  ColumnPlan plan;
  for (const size_t position : grouped) {
    plan.width = std::max(plan.width, position + 1);
    plan.slots.push_back(SlotOf(position, dropped));
  }
  if (dropped && *dropped < plan.width) --plan.width;
  plan.refuses_unknown = unknown == Unknown::kError;
  if (unknown == Unknown::kInfrequent && infrequent && *infrequent < grouped.size()) {
    plan.unknown_slot = plan.slots[*infrequent];
  }
  plan.categories = std::move(categories);
  return plan;
}

}  // namespace

base::Result<TransformerPtr> ReadOneHotEncoder(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(std::vector<CategoryIndex> categories, ReadCategories(estimator));
  YARD_ASSIGN_OR_RETURN(const auto grouping, ReadGrouping(estimator, categories));
  YARD_ASSIGN_OR_RETURN(const auto dropped, ReadDropped(estimator, categories.size()));
  YARD_ASSIGN_OR_RETURN(const auto infrequent, ReadInfrequent(estimator, categories.size()));
  YARD_ASSIGN_OR_RETURN(const Unknown unknown, ReadUnknown(estimator));
  std::vector<ColumnPlan> plans;
  for (size_t i = 0; i < categories.size(); ++i) {
    plans.push_back(
        PlanColumn(std::move(categories[i]), grouping[i], dropped[i], infrequent[i], unknown));
  }
  return std::make_unique<OneHotEncoder>(std::move(plans));
}

}  // namespace yard::inference::estimators
