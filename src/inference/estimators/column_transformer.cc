#include "inference/estimators/column_transformer.h"

#include <algorithm>

#include "inference/estimators/attributes.h"
#include "inference/estimators/column_selection.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;
using formats::ObjectKind;

struct Branch {
  std::vector<size_t> columns;
  TransformerPtr transformer;  // null passes the columns through
};

class ColumnTransformer final : public Transformer {
 public:
  ColumnTransformer(FittedColumns fitted, std::vector<Branch> branches)
      : fitted_(std::move(fitted)), branches_(std::move(branches)) {}

  base::Result<Table> Transform(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(const std::span<const ColumnView*> columns, Arrange(input, scratch));
    const auto results = scratch.Allocate<Table>(branches_.size());
    size_t width = 0;
    for (size_t i = 0; i < branches_.size(); ++i) {
      YARD_ASSIGN_OR_RETURN(results[i], Apply(branches_[i], input, columns, scratch));
      width += results[i].width();
    }
    const auto joined = scratch.Allocate<ColumnView>(width);
    auto end = joined.begin();
    for (const Table& result : results) {
      end = std::copy(result.columns.begin(), result.columns.end(), end);
    }
    return Table{input.row_count, input.first_row, joined};
  }

  double row_microseconds() const override {
    double sum = 0.05;
    for (const Branch& branch : branches_) {
      if (branch.transformer != nullptr) sum += 0.02 + branch.transformer->row_microseconds();
    }
    return sum;
  }

 private:
  /// The input's columns in fitted order; null where a column that no branch needs is missing.
  base::Result<std::span<const ColumnView*>> Arrange(const Table& input, Scratch& scratch) const {
    const auto arranged = scratch.Filled<const ColumnView*>(fitted_.count, nullptr);
    const bool by_name = !fitted_.names.empty() && HasAnyName(input);
    if (!by_name) YARD_RETURN_IF_ERROR(RequireWidth(input, fitted_.count));
    for (size_t i = 0; i < arranged.size(); ++i) {
      arranged[i] = by_name ? FindColumn(input, i) : &input.columns[i];
    }
    return std::span<const ColumnView*>(arranged);
  }

  static bool HasAnyName(const Table& input) {
    return std::any_of(input.columns.begin(), input.columns.end(),
                       [](const ColumnView& column) { return !column.name.empty(); });
  }

  /// Looks first where the column was when the model was fitted.
  const ColumnView* FindColumn(const Table& input, size_t fitted) const {
    const std::string& name = fitted_.names[fitted];
    if (fitted < input.width() && input.columns[fitted].name == name) {
      return &input.columns[fitted];
    }
    const auto found =
        std::find_if(input.columns.begin(), input.columns.end(),
                     [&name](const ColumnView& column) { return column.name == name; });
    return found == input.columns.end() ? nullptr : &*found;
  }

  base::Result<Table> Apply(const Branch& branch, const Table& input,
                            std::span<const ColumnView* const> columns, Scratch& scratch) const {
    const auto selected = scratch.Allocate<ColumnView>(branch.columns.size());
    for (size_t i = 0; i < selected.size(); ++i) {
      const ColumnView* column = columns[branch.columns[i]];
      if (column == nullptr) return MissingColumn(fitted_.names[branch.columns[i]]);
      selected[i] = *column;
    }
    const Table table{input.row_count, input.first_row, selected};
    if (branch.transformer == nullptr) return table;
    return branch.transformer->Transform(table, scratch);
  }

  static base::Error MissingColumn(const std::string& name) {
    return base::InvalidArgument("a column that the model needs is missing", {"column", name})
        .WithReason("missing_column");
  }

  FittedColumns fitted_;
  std::vector<Branch> branches_;
};

bool IsText(const Object& object, std::string_view text) {
  return object.is(ObjectKind::kString) && object.text == text;
}

/// One (name, transformer, columns) of `transformers_`.
struct Entry {
  std::string name;
  const Object* transformer = nullptr;
  const Object* selector = nullptr;
};

base::Result<std::vector<Entry>> ReadEntries(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const auto items, ItemsOf(estimator, "transformers_"));
  std::vector<Entry> entries;
  for (const Object* item : items) {
    const bool is_triple = item->items.size() == 3 && item->items[0]->is(ObjectKind::kString);
    if (!is_triple) {
      return BadAttribute(estimator, "transformers_", "triples of a name, a step and columns");
    }
    entries.push_back({item->items[0]->text, item->items[1], item->items[2]});
  }
  return entries;
}

/// `_transformer_to_input_indices` has the positions ready, in most releases.
base::Result<std::vector<size_t>> ReadColumns(const Object& estimator, const Entry& entry,
                                              const FittedColumns& fitted) {
  const Object* known = formats::FindAttribute(estimator, "_transformer_to_input_indices");
  const Object* positions = known == nullptr ? nullptr : formats::FindAttribute(*known, entry.name);
  return SelectColumns(positions == nullptr ? *entry.selector : *positions, fitted);
}

/// An empty selection or "drop" gives a branch without columns.
base::Result<Branch> ReadBranch(const Object& estimator, const Entry& entry, size_t index,
                                const FittedColumns& fitted, Reading& reading) {
  if (IsText(*entry.transformer, "drop")) return Branch();
  Branch branch;
  YARD_ASSIGN_OR_RETURN(branch.columns, ReadColumns(estimator, entry, fitted));
  if (branch.columns.empty()) return branch;
  if (!IsText(*entry.transformer, "passthrough")) {
    const std::string path = "transformers[" + std::to_string(index) + "]." + entry.name;
    YARD_ASSIGN_OR_RETURN(branch.transformer, reading.ReadTransformer(*entry.transformer, path));
  }
  return branch;
}

/// Reads every branch, also after one failed, so that each part is listed.
base::Result<std::vector<Branch>> ReadBranches(const Object& estimator, const FittedColumns& fitted,
                                               Reading& reading) {
  YARD_ASSIGN_OR_RETURN(const std::vector<Entry> entries, ReadEntries(estimator));
  std::vector<Branch> branches;
  std::optional<base::Error> first_error;
  for (size_t i = 0; i < entries.size(); ++i) {
    auto branch = ReadBranch(estimator, entries[i], i, fitted, reading);
    if (!branch.ok()) {
      if (!first_error) first_error = std::move(branch).error();
    } else if (!branch->columns.empty()) {
      branches.push_back(std::move(branch).value());
    }
  }
  if (first_error) return *std::move(first_error);
  return branches;
}

}  // namespace

base::Result<TransformerPtr> ReadColumnTransformer(const Object& estimator, Reading& reading) {
  FittedColumns fitted;
  YARD_ASSIGN_OR_RETURN(fitted.count, FeatureCount(estimator));
  YARD_ASSIGN_OR_RETURN(fitted.names, FeatureNames(estimator));
  if (!fitted.names.empty() && fitted.names.size() != fitted.count) {
    return BadAttribute(estimator, "feature_names_in_", "one name a feature");
  }
  if (!IsNone(estimator, "transformer_weights")) {
    return UnsupportedParameter("transformer_weights", "{...}");
  }
  YARD_ASSIGN_OR_RETURN(std::vector<Branch> branches, ReadBranches(estimator, fitted, reading));
  return std::make_unique<ColumnTransformer>(std::move(fitted), std::move(branches));
}

}  // namespace yard::inference::estimators
