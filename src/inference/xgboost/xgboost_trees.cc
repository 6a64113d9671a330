#include "inference/xgboost/xgboost_trees.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>

namespace yard::inference::xgboost {
namespace {

using base::Result;

base::Error Malformed(std::string problem, size_t node) {
  return base::InvalidArgument(std::move(problem), {"node", std::to_string(node)})
      .WithReason("malformed_xgboost");
}

// The flags in the highest bits of a node's feature.
template <typename Index>
constexpr Index kDefaultLeft =
    static_cast<Index>(Index{1} << (std::numeric_limits<Index>::digits - 1));
template <typename Index>
constexpr Index kCategorical =
    static_cast<Index>(Index{1} << (std::numeric_limits<Index>::digits - 2));
template <typename Index>
constexpr Index kFeatureMask = static_cast<Index>(kCategorical<Index> - 1);

// Rows that are walked through one tree before the next: small enough to stay in the first cache.
constexpr size_t kBlockRows = 64;

bool IsLeaf(const TreeLists& lists, size_t node) { return lists.left[node] < 0; }

Result<void> CheckSizes(const TreeLists& lists) {
  const size_t count = lists.left.size();
  const bool agree = lists.right.size() == count && lists.features.size() == count &&
                     lists.conditions.size() == count && lists.default_left.size() == count &&
                     lists.is_categorical.size() == count && lists.categories.size() == count;
  if (count == 0 || !agree) return Malformed("the lists of a tree differ in length", count);
  return {};
}

}  // namespace

Result<void> TreeTable::Add(const TreeLists& lists) {
  YARD_RETURN_IF_ERROR(CheckSizes(lists));
  const size_t count = lists.left.size();
  std::vector<bool> reached(count, false);
  std::vector<uint32_t> order = {0};           // nodes breadth first
  std::vector<uint32_t> left_positions(1, 0);  // of each node of `order`, where its children are
  reached[0] = true;
  for (size_t i = 0; i < order.size(); ++i) {
    const uint32_t node = order[i];
    if (IsLeaf(lists, node)) continue;
    if (lists.features[node] >= feature_count_)
      return Malformed("a tree splits on a feature that the model does not have", node);
    left_positions[i] = static_cast<uint32_t>(order.size());
    for (const int32_t child : {lists.left[node], lists.right[node]}) {
      if (child < 0 || static_cast<size_t>(child) >= count)
        return Malformed("a node's child is out of range", node);
      if (reached[static_cast<size_t>(child)])
        return Malformed("a node has two parents", static_cast<size_t>(child));
      reached[static_cast<size_t>(child)] = true;
      order.push_back(static_cast<uint32_t>(child));
      left_positions.push_back(0);
    }
  }
  const bool fits = order.size() <= std::numeric_limits<uint16_t>::max() &&
                    feature_count_ <= size_t{kFeatureMask<uint16_t>} + 1;
  if (!fits && !is_wide_) Widen();
  if (is_wide_) {
    Append(lists, order, left_positions, wide_nodes_);
  } else {
    Append(lists, order, left_positions, nodes_);
  }
  return {};
}

template <typename Index>
void TreeTable::Append(const TreeLists& lists, const std::vector<uint32_t>& order,
                       const std::vector<uint32_t>& left_positions,
                       std::vector<Node<Index>>& nodes) {
  Tree tree{nodes.size(), lists.group, lists.weight, false};
  for (size_t i = 0; i < order.size(); ++i) {
    const uint32_t source = order[i];
    Node<Index> node{lists.conditions[source], static_cast<Index>(left_positions[i]), 0};
    if (!IsLeaf(lists, source)) {
      node.feature = static_cast<Index>(lists.features[source]);
      if (lists.default_left[source]) node.feature |= kDefaultLeft<Index>;
      if (lists.is_categorical[source]) {
        tree.has_categories = true;
        node.feature |= kCategorical<Index>;
        node.condition = std::bit_cast<float>(AddCategories(lists.categories[source]));
      }
    }
    nodes.push_back(node);
  }
  trees_.push_back(tree);
}

uint32_t TreeTable::AddCategories(const std::vector<uint32_t>& categories) {
  const size_t first = categories_.size();
  categories_.insert(categories_.end(), categories.begin(), categories.end());
  std::sort(categories_.begin() + static_cast<std::ptrdiff_t>(first), categories_.end());
  sets_.push_back({first, categories.size()});
  return static_cast<uint32_t>(sets_.size() - 1);
}

void TreeTable::Widen() {
  is_wide_ = true;
  wide_nodes_.reserve(nodes_.size());
  for (const CompactNode& node : nodes_) {
    WideNode wide{node.condition, node.left,
                  static_cast<uint32_t>(node.feature & kFeatureMask<uint16_t>)};
    if ((node.feature & kDefaultLeft<uint16_t>) != 0) wide.feature |= kDefaultLeft<uint32_t>;
    if ((node.feature & kCategorical<uint16_t>) != 0) wide.feature |= kCategorical<uint32_t>;
    wide_nodes_.push_back(wide);
  }
  nodes_ = {};
}

void TreeTable::AddTo(std::span<const float> rows, size_t tree_count, size_t group_count,
                      std::span<float> margins) const {
  const size_t row_count = margins.size() / group_count;
  for (size_t first = 0; first < row_count; first += kBlockRows) {
    const size_t count = std::min(kBlockRows, row_count - first);
    const auto block = rows.subspan(first * feature_count_, count * feature_count_);
    const auto sums = margins.subspan(first * group_count, count * group_count);
    for (size_t i = 0; i < tree_count; ++i) {
      if (is_wide_) {
        AddTree(wide_nodes_, trees_[i], block, group_count, sums);
      } else {
        AddTree(nodes_, trees_[i], block, group_count, sums);
      }
    }
  }
}

template <typename Index>
void TreeTable::AddTree(const std::vector<Node<Index>>& nodes, const Tree& tree,
                        std::span<const float> rows, size_t group_count,
                        std::span<float> margins) const {
  const Node<Index>* root = nodes.data() + tree.first_node;
  const size_t row_count = margins.size() / group_count;
  float* sum = margins.data() + tree.group;
  const float* row = rows.data();
  size_t done = 0;
  for (; !tree.has_categories && done + kLanes <= row_count; done += kLanes) {
    for (const float leaf : Leaves(root, row)) {
      *sum += leaf * tree.weight;
      sum += group_count;
    }
    row += kLanes * feature_count_;
  }
  for (; done < row_count; ++done) {
    const float leaf = tree.has_categories ? LeafWithCategories(root, row) : Leaf(root, row);
    *sum += leaf * tree.weight;
    sum += group_count;
    row += feature_count_;
  }
}

template <typename Index>
size_t TreeTable::Child(const Node<Index>& node, const float* row) {
  const float value = row[node.feature & kFeatureMask<Index>];
  const bool is_missing = value != value;
  const bool defaults_right = (node.feature & kDefaultLeft<Index>) == 0;
  const bool goes_right = is_missing ? defaults_right : !(value < node.condition);
  return node.left + static_cast<size_t>(goes_right);
}

template <typename Index>
float TreeTable::Leaf(const Node<Index>* nodes, const float* row) {
  const Node<Index>* node = nodes;
  while (node->left != 0) node = nodes + Child(*node, row);
  return node->condition;
}

// Several rows at once, so that one row's wait for memory is another's work. A row that has reached
// its leaf stays there until the last one has.
template <typename Index>
auto TreeTable::Leaves(const Node<Index>* nodes, const float* rows) const -> Lanes {
  std::array<const Node<Index>*, kLanes> at;
  at.fill(nodes);
  for (bool is_moving = nodes->left != 0; is_moving;) {
    is_moving = false;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const Node<Index>* node = at[lane];
      const size_t child = Child(*node, rows + lane * feature_count_);
      at[lane] = node->left == 0 ? node : nodes + child;
      is_moving |= at[lane]->left != 0;
    }
  }
  Lanes leaves;
  for (size_t lane = 0; lane < kLanes; ++lane) leaves[lane] = at[lane]->condition;
  return leaves;
}

template <typename Index>
float TreeTable::LeafWithCategories(const Node<Index>* nodes, const float* row) const {
  const Node<Index>* node = nodes;
  while (node->left != 0) {
    const float value = row[node->feature & kFeatureMask<Index>];
    const bool is_missing = value != value;
    const bool is_categorical = (node->feature & kCategorical<Index>) != 0;
    bool goes_right = (node->feature & kDefaultLeft<Index>) == 0;
    if (!is_missing && is_categorical) goes_right = IsInSet(node->condition, value);
    if (!is_missing && !is_categorical) goes_right = !(value < node->condition);
    node = nodes + node->left + static_cast<size_t>(goes_right);
  }
  return node->condition;
}

bool TreeTable::IsInSet(float condition, float value) const {
  constexpr float kFirstInvalid = 16777216.0F;  // 2^24: categories must be exact in float32
  if (!(value >= 0) || value >= kFirstInvalid) return false;
  const CategorySet& set = sets_[std::bit_cast<uint32_t>(condition)];
  const auto first = categories_.begin() + static_cast<std::ptrdiff_t>(set.first);
  const auto last = first + static_cast<std::ptrdiff_t>(set.count);
  return std::binary_search(first, last, static_cast<uint32_t>(value));
}

}  // namespace yard::inference::xgboost
