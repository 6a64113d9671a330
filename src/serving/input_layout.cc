#include "serving/input_layout.h"

#include <algorithm>
#include <atomic>

namespace yard::serving {

namespace {

using inference::DataType;

uint64_t NextId() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

CellKind KindOf(DataType type) {
  const bool is_text =
      type == DataType::kString || type == DataType::kBinary || type == DataType::kDatetime;
  return is_text ? CellKind::kText : CellKind::kNumber;
}

InputColumn FromSpec(const inference::ColumnSpec& spec) {
  const bool is_real = spec.type == DataType::kFloat || spec.type == DataType::kDouble;
  return {spec.name, KindOf(spec.type), is_real, spec.required};
}

bool AllNamed(const std::vector<inference::ColumnSpec>& specs) {
  return std::none_of(specs.begin(), specs.end(),
                      [](const auto& spec) { return spec.name.empty(); });
}

std::vector<InputColumn> ColumnsOf(const inference::Model& model) {
  std::vector<InputColumn> columns;
  const auto& signature = model.signature();
  if (signature.declared && AllNamed(signature.inputs)) {
    for (const auto& spec : signature.inputs) columns.push_back(FromSpec(spec));
    return columns;
  }
  for (const auto& name : model.description().feature_names) {
    columns.push_back({name, CellKind::kAny, true, true});
  }
  return columns;
}

}  // namespace

InputLayout::InputLayout(const inference::Model& model)
    : columns_(ColumnsOf(model)), feature_count_(model.description().feature_count), id_(NextId()) {
  for (size_t i = 0; i < columns_.size(); ++i) slots_.emplace(columns_[i].name, i);
}

std::optional<size_t> InputLayout::SlotOf(std::string_view name, size_t hint) const {
  if (hint < columns_.size() && columns_[hint].name == name) return hint;
  const auto found = slots_.find(name);
  if (found == slots_.end()) return std::nullopt;
  return found->second;
}

std::vector<Feature> InputLayout::Features() const {
  std::vector<Feature> features;
  for (const auto& column : columns_) {
    const bool is_text = column.kind == CellKind::kText;
    features.push_back({column.name, is_text ? FeatureKind::kText : FeatureKind::kNumber});
  }
  if (!features.empty()) return features;
  for (size_t i = 0; i < feature_count_; ++i) features.push_back({std::to_string(i), {}});
  return features;
}

}  // namespace yard::serving
