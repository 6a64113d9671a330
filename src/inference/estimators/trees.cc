#include "inference/estimators/trees.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "inference/estimators/attributes.h"
#include "inference/estimators/links.h"

namespace yard::inference::estimators {
namespace {

using formats::NumericArray;
using formats::Object;

constexpr uint32_t kOutOfRange = engines::kNoChild - 1;  // no tree has such a node

/// Attributes of objects that were rebuilt by a call live in the state alone.
const Object& StateOf(const Object& object) {
  return object.state != nullptr ? *object.state : object;
}

uint32_t ChildIndex(int64_t child) {
  return child < 0 || child >= kOutOfRange ? kOutOfRange : static_cast<uint32_t>(child);
}

base::Result<void> ReadChildren(const NumericArray& nodes, engines::Tree& tree) {
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> left, nodes.FieldAsIntegers("left_child"));
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> right, nodes.FieldAsIntegers("right_child"));
  for (size_t i = 0; i < left.size(); ++i) {
    const bool is_leaf = left[i] == -1;
    tree.left.push_back(is_leaf ? engines::kNoChild : ChildIndex(left[i]));
    tree.right.push_back(is_leaf ? engines::kNoChild : ChildIndex(right[i]));
  }
  return {};
}

base::Result<void> ReadSplits(const NumericArray& nodes, engines::Tree& tree) {
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> feature, nodes.FieldAsIntegers("feature"));
  YARD_ASSIGN_OR_RETURN(tree.threshold, nodes.FieldAsDoubles("threshold"));
  for (const int64_t index : feature) tree.feature.push_back(ChildIndex(index));
  tree.missing_left.assign(feature.size(), 0);
  if (!nodes.HasField("missing_go_to_left")) return {};
  YARD_ASSIGN_OR_RETURN(const std::vector<int64_t> missing,
                        nodes.FieldAsIntegers("missing_go_to_left"));
  std::transform(missing.begin(), missing.end(), tree.missing_left.begin(),
                 [](int64_t flag) { return flag != 0 ? uint8_t{1} : uint8_t{0}; });
  return {};
}

const std::set<std::string>& CriteriaWithMissing() {
  static const std::set<std::string> criteria = {"gini",          "log_loss",     "entropy",
                                                 "squared_error", "friedman_mse", "poisson"};
  return criteria;
}

}  // namespace

base::Result<engines::Tree> ReadTree(const Object& estimator, size_t value_width) {
  YARD_ASSIGN_OR_RETURN(const Object* object, formats::Attribute(estimator, "tree_"));
  if (object->QualifiedName() != "sklearn.tree._tree.Tree") {
    return BadAttribute(estimator, "tree_", "a fitted tree was expected");
  }
  const Object& state = StateOf(*object);
  YARD_ASSIGN_OR_RETURN(const NumericArray* nodes, formats::ArrayAttribute(state, "nodes"));
  engines::Tree tree;
  YARD_RETURN_IF_ERROR(ReadChildren(*nodes, tree));
  YARD_RETURN_IF_ERROR(ReadSplits(*nodes, tree));
  tree.value_width = value_width;
  YARD_ASSIGN_OR_RETURN(tree.values,
                        DoublesOfSize(state, "values", tree.node_count() * value_width));
  return tree;
}

base::Result<size_t> OutputCount(const Object& estimator) {
  if (IsNone(estimator, "n_outputs_")) return size_t{1};
  YARD_ASSIGN_OR_RETURN(const int64_t count, formats::IntegerAttribute(estimator, "n_outputs_"));
  if (count < 1 || count > 10'000) {
    return BadAttribute(estimator, "n_outputs_", "the number of outputs is out of range");
  }
  return static_cast<size_t>(count);
}

LeafValues LeafValuesOf(SklearnVersion version) {
  return version.IsBefore(1, 4) ? LeafValues::kCounts : LeafValues::kFractions;
}

void NormalizeCounts(std::span<double> counts) {
  const double sum = PairwiseSum(counts);
  if (sum == 0.0) return;
  for (double& count : counts) count /= sum;
}

bool TakesMissing(const Object& tree_estimator) {
  const SklearnVersion version = VersionOf(tree_estimator);
  if (version.IsBefore(1, 3)) return false;
  const std::string splitter = TextOr(tree_estimator, "splitter", "best").value_or("");
  const bool is_extra_tree = tree_estimator.ClassName().starts_with("ExtraTree");
  const bool splitter_knows = version.IsBefore(1, 6) ? splitter == "best"
                              : is_extra_tree        ? splitter == "random"
                                                     : true;
  if (!version.IsBefore(1, 9)) return splitter_knows;
  const std::string criterion = TextOr(tree_estimator, "criterion", "").value_or("");
  return splitter_knows && CriteriaWithMissing().contains(criterion) &&
         IsNone(tree_estimator, "monotonic_cst");
}

base::Result<Matrix> SumLeaves(const engines::Forest<float>& forest, const Table& input,
                               Accepts accepts, double initial, Scratch& scratch) {
  YARD_RETURN_IF_ERROR(RequireNumbers(input, forest.feature_count(), accepts));
  const auto rows = RowsForForest<float>(input, scratch);
  const auto sums = scratch.Filled<double>(input.row_count * forest.output_count(), initial);
  forest.AddLeaves(rows, input.row_count, sums);
  return Matrix{sums, forest.output_count(), forest.output_count() > 1};
}

}  // namespace yard::inference::estimators
