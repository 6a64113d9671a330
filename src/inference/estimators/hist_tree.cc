#include "inference/estimators/hist_tree.h"

#include <algorithm>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::NumericArray;
using formats::Object;

constexpr uint32_t kOutOfRange = engines::kNoChild - 1;
constexpr size_t kWordsPerSet = 8;  // 256 categories in 32-bit words
constexpr size_t kMaxCategories = 256;

uint32_t Index(int64_t index) {
  return index < 0 || index >= kOutOfRange ? kOutOfRange : static_cast<uint32_t>(index);
}

base::Result<void> ReadLinks(const NumericArray& nodes, engines::Tree& tree) {
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> left, nodes.FieldAsIntegers("left"));
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> right, nodes.FieldAsIntegers("right"));
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> is_leaf, nodes.FieldAsIntegers("is_leaf"));
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> feature, nodes.FieldAsIntegers("feature_idx"));
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> missing,
                        nodes.FieldAsIntegers("missing_go_to_left"));
  for (size_t i = 0; i < left.size(); ++i) {
    tree.left.push_back(is_leaf[i] != 0 ? engines::kNoChild : Index(left[i]));
    tree.right.push_back(is_leaf[i] != 0 ? engines::kNoChild : Index(right[i]));
    tree.feature.push_back(Index(feature[i]));
    tree.missing_left.push_back(missing[i] != 0 ? 1 : 0);
  }
  return {};
}

/// The bits of row `row` of raw_left_cat_bitsets.
std::array<uint64_t, 4> LeftBits(const std::vector<int64_t>& words, size_t row) {
  std::array<uint64_t, 4> bits = {};
  for (size_t i = 0; i < kWordsPerSet; ++i) {
    const auto word = static_cast<uint64_t>(words[row * kWordsPerSet + i] & 0xffffffff);
    bits[i / 2] |= word << (32 * (i % 2));
  }
  return bits;
}

/// Bit set: left. Otherwise right when the category is known, else the missing side.
engines::CategorySet Combine(std::array<uint64_t, 4> left, const std::array<uint64_t, 4>& known,
                             bool missing_left) {
  if (missing_left) {
    for (size_t i = 0; i < left.size(); ++i) left[i] |= ~known[i];
  }
  return {left, missing_left};
}

base::Result<void> ReadCategorySets(const Object& predictor, const NumericArray& nodes,
                                    const KnownCategories& known, engines::Tree& tree) {
  if (!nodes.HasField("is_categorical")) return {};
  YARD_ASSIGN_OR_RETURN(const auto is_categorical, nodes.FieldAsIntegers("is_categorical"));
  const auto is_set = [](int64_t flag) { return flag != 0; };
  if (std::none_of(is_categorical.begin(), is_categorical.end(), is_set)) return {};
  YARD_ASSIGN_OR_RETURN(const auto bitset, nodes.FieldAsIntegers("bitset_idx"));
  YARD_ASSIGN_OR_RETURN(const auto words,
                        formats::IntegersAttribute(predictor, "raw_left_cat_bitsets"));
  tree.category_set.assign(tree.node_count(), -1);
  for (size_t i = 0; i < tree.node_count(); ++i) {
    if (tree.is_leaf(i) || is_categorical[i] == 0) continue;
    const auto row = static_cast<size_t>(bitset[i]);
    if (bitset[i] < 0 || row >= words.size() / kWordsPerSet || tree.feature[i] >= known.size()) {
      return BadAttribute(predictor, "nodes", "a categorical split without its categories");
    }
    tree.category_set[i] = static_cast<int32_t>(tree.category_sets.size());
    tree.category_sets.push_back(
        Combine(LeftBits(words, row), known[tree.feature[i]], tree.missing_left[i] != 0));
  }
  return {};
}

}  // namespace

base::Result<KnownCategories> ReadKnownCategories(const Object& estimator, size_t feature_count) {
  KnownCategories known(feature_count);
  if (IsNone(estimator, "_bin_mapper")) return known;
  YARD_ASSIGN_OR_RETURN(const Object* mapper, formats::Attribute(estimator, "_bin_mapper"));
  if (IsNone(*mapper, "is_categorical_")) return known;
  YARD_ASSIGN_OR_RETURN(const auto is_categorical,
                        formats::IntegersAttribute(*mapper, "is_categorical_"));
  YARD_ASSIGN_OR_RETURN(const auto thresholds, ItemsOf(*mapper, "bin_thresholds_"));
  if (is_categorical.size() != feature_count || thresholds.size() != feature_count) {
    return BadAttribute(estimator, "_bin_mapper", "bins of another number of features");
  }
  for (size_t feature = 0; feature < feature_count; ++feature) {
    if (is_categorical[feature] == 0) continue;
    YARD_ASSIGN_OR_RETURN(const std::vector<Value> categories, ReadValues(*thresholds[feature]));
    for (const Value& category : categories) {
      if (!(category.number >= 0) || category.number >= kMaxCategories) continue;
      const auto code = static_cast<size_t>(category.number);
      known[feature][code / 64] |= uint64_t{1} << (code % 64);
    }
  }
  return known;
}

base::Result<engines::Tree> ReadHistTree(const Object& predictor, const KnownCategories& known,
                                         size_t output) {
  YARD_ASSIGN_OR_RETURN(const NumericArray* nodes, formats::ArrayAttribute(predictor, "nodes"));
  engines::Tree tree;
  YARD_RETURN_IF_ERROR(ReadLinks(*nodes, tree));
  const char* threshold = nodes->HasField("num_threshold") ? "num_threshold" : "threshold";
  YARD_ASSIGN_OR_RETURN(tree.threshold, nodes->FieldAsDoubles(threshold));
  YARD_ASSIGN_OR_RETURN(tree.values, nodes->FieldAsDoubles("value"));
  YARD_RETURN_IF_ERROR(ReadCategorySets(predictor, *nodes, known, tree));
  tree.first_output = output;
  return tree;
}

}  // namespace yard::inference::estimators
