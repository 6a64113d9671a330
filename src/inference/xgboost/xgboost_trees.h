#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace yard::inference::xgboost {

/// One tree as the file holds it: parallel lists, one element a node. Leaves have left -1 and their
/// value in `conditions`.
struct TreeLists {
  std::vector<int32_t> left;
  std::vector<int32_t> right;
  std::vector<uint32_t> features;
  std::vector<float> conditions;
  std::vector<bool> default_left;
  std::vector<std::vector<uint32_t>> categories;  // by node; empty for numeric splits
  std::vector<bool> is_categorical;
  size_t group = 0;
  float weight = 1;  // dart
};

/// Trees laid out for walking: every tree breadth first, siblings side by side, so that a node is
/// its condition, its left child and its feature. 8 bytes a node when every tree has less than
/// 65,536 nodes and the model less than 16,384 features, else 12.
///
/// Semantics are XGBoost's: missing (NaN) takes the default side, `x < condition` goes left,
/// a category of the node's set goes right. Immutable after the last Add.
class TreeTable {
 public:
  explicit TreeTable(size_t feature_count) : feature_count_(feature_count) {}

  /// Checks the tree and adds it. Errors: kInvalidArgument (reason "malformed_xgboost") for a child
  /// out of range, a node with two parents, a cycle, or a feature out of range.
  base::Result<void> Add(const TreeLists& lists);

  /// Adds the leaves of trees [0, tree_count) to `margins` (group_count a row), tree by tree in
  /// order, in float32.
  void AddTo(std::span<const float> rows, size_t tree_count, size_t group_count,
             std::span<float> margins) const;

  size_t tree_count() const { return trees_.size(); }
  size_t node_count() const { return nodes_.size() + wide_nodes_.size(); }

 private:
  template <typename Index>
  struct Node {
    float condition;  // the value of a leaf; of a categorical split, the bits of its set's index
    Index left;       // within the tree; 0 of a leaf
    Index feature;    // with the flags in the two highest bits
  };
  using CompactNode = Node<uint16_t>;
  using WideNode = Node<uint32_t>;
  struct Tree {
    size_t first_node = 0;
    size_t group = 0;
    float weight = 1;
    bool has_categories = false;
  };
  static constexpr size_t kLanes = 4;
  using Lanes = std::array<float, kLanes>;
  struct CategorySet {
    size_t first = 0;
    size_t count = 0;
  };

  template <typename Index>
  void Append(const TreeLists& lists, const std::vector<uint32_t>& order,
              const std::vector<uint32_t>& left_positions, std::vector<Node<Index>>& nodes);
  template <typename Index>
  void AddTree(const std::vector<Node<Index>>& nodes, const Tree& tree, std::span<const float> rows,
               size_t group_count, std::span<float> margins) const;
  template <typename Index>
  static size_t Child(const Node<Index>& node, const float* row);
  template <typename Index>
  static float Leaf(const Node<Index>* nodes, const float* row);
  template <typename Index>
  Lanes Leaves(const Node<Index>* nodes, const float* rows) const;
  template <typename Index>
  float LeafWithCategories(const Node<Index>* nodes, const float* row) const;
  bool IsInSet(float condition, float value) const;
  uint32_t AddCategories(const std::vector<uint32_t>& categories);
  void Widen();

  size_t feature_count_;
  std::vector<Tree> trees_;
  std::vector<CompactNode> nodes_;    // used until a tree does not fit
  std::vector<WideNode> wide_nodes_;  // then all trees are here
  bool is_wide_ = false;
  std::vector<CategorySet> sets_;
  std::vector<uint32_t> categories_;  // sorted within each set
};

}  // namespace yard::inference::xgboost
