#include "inference/engines/tree.h"

#include <cmath>
#include <string>

namespace yard::inference::engines {
namespace {

base::Error Damaged(std::string message, size_t node) {
  return base::InvalidArgument(std::move(message), {"node", std::to_string(node)})
      .WithReason("damaged_tree");
}

base::Result<void> CheckLengths(const Tree& tree) {
  const size_t count = tree.node_count();
  if (count == 0) return Damaged("a tree has no nodes", 0);
  if (count >= kNoChild) return Damaged("a tree has too many nodes", count);
  const bool agree = tree.right.size() == count && tree.feature.size() == count &&
                     tree.threshold.size() == count && tree.missing_left.size() == count &&
                     (tree.category_set.empty() || tree.category_set.size() == count) &&
                     tree.value_width > 0 && tree.values.size() / tree.value_width == count &&
                     tree.values.size() % tree.value_width == 0;
  if (!agree) return Damaged("the arrays of a tree differ in length", count);
  return {};
}

base::Result<void> CheckSplit(const Tree& tree, size_t node, size_t feature_count) {
  if (tree.feature[node] >= feature_count) return Damaged("a tree splits on no feature", node);
  const int32_t set = tree.category_set.empty() ? -1 : tree.category_set[node];
  if (set >= 0) {
    if (static_cast<size_t>(set) < tree.category_sets.size()) return {};
    return Damaged("a tree node names no category set", node);
  }
  if (std::isnan(tree.threshold[node])) return Damaged("a tree threshold is not a number", node);
  return {};
}

}  // namespace

base::Result<void> CheckTree(const Tree& tree, size_t feature_count) {
  YARD_RETURN_IF_ERROR(CheckLengths(tree));
  std::vector<bool> seen(tree.node_count(), false);
  std::vector<uint32_t> open = {0};
  seen[0] = true;
  while (!open.empty()) {
    const uint32_t node = open.back();
    open.pop_back();
    if (tree.is_leaf(node)) continue;
    YARD_RETURN_IF_ERROR(CheckSplit(tree, node, feature_count));
    for (const uint32_t child : {tree.left[node], tree.right[node]}) {
      if (child >= tree.node_count()) return Damaged("a tree child is out of range", node);
      if (seen[child]) return Damaged("a tree node has two parents or a cycle", node);
      seen[child] = true;
      open.push_back(child);
    }
  }
  return {};
}

}  // namespace yard::inference::engines
