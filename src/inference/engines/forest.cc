#include "inference/engines/forest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "inference/engines/forest_nodes.h"

namespace yard::inference::engines {
namespace {

constexpr size_t kTreesAtOnce = 8;     // interleaved walks of one row
constexpr size_t kRowsAtOnce = 16;     // interleaved walks through one tree
constexpr uint32_t kLevelsAtOnce = 4;  // between two looks whether every walk has arrived

/// Where a tree lies in the shared arrays.
struct TreePlace {
  size_t nodes = 0;
  size_t values = 0;
  size_t category_sets = 0;
  uint32_t depth = 0;
  uint32_t value_width = 1;
  size_t first_output = 0;
};

bool CategoryGoesRight(const CategorySet& set, double category, bool missing_right) {
  if (std::isnan(category) || category < 0) return missing_right;
  if (category >= 256) return !set.others_left;
  const auto code = static_cast<uint32_t>(category);
  return ((set.goes_left[code / 64] >> (code % 64)) & 1) == 0;
}

/// One tree as a walk sees it.
template <typename Node>
struct TreeView {
  const Node* nodes = nullptr;
  const CategorySet* category_sets = nullptr;
};

/// What the walks of a call may leave out.
struct NoMissing {
  static constexpr bool kMissing = false;
  static constexpr bool kCategories = false;
};
struct WithMissing {
  static constexpr bool kMissing = true;
  static constexpr bool kCategories = false;
};
struct WithCategories {
  static constexpr bool kMissing = true;
  static constexpr bool kCategories = true;
};

template <typename Rules, typename Node, typename Real>
inline uint32_t Step(const TreeView<Node>& tree, uint32_t at, const Real* row) {
  const Node node = tree.nodes[at];
  const Real x = row[node.feature()];
  if constexpr (Rules::kCategories) {
    if (node.is_categorical()) {
      const CategorySet& set = tree.category_sets[node.ordinal()];
      return node.left() + (CategoryGoesRight(set, x, node.missing_right() != 0) ? 1 : 0);
    }
  }
  auto right = static_cast<uint32_t>(x > node.threshold());
  if constexpr (Rules::kMissing) right |= static_cast<uint32_t>(x != x) & node.missing_right();
  return node.left() + right;
}

/// Walks several trees for one row, or one tree for several rows, side by side; ends when none
/// moves. The lanes are written out one by one, so that no optimisation level leaves a loop over
/// them.
template <typename Rules, typename Node, typename TreeOf, typename RowOf, size_t... kLane>
inline auto WalkTogether(uint32_t depth, TreeOf tree_of, RowOf row_of,
                         std::index_sequence<kLane...>) {
  using Places = std::array<uint32_t, sizeof...(kLane)>;
  Places at = {};
  for (uint32_t level = 0; level < depth;) {
    const uint32_t last = std::min(level + kLevelsAtOnce, depth) - 1;
    for (; level < last; ++level) {
      at = Places{Step<Rules, Node>(tree_of(kLane), at[kLane], row_of(kLane))...};
    }
    const Places next = {Step<Rules, Node>(tree_of(kLane), at[kLane], row_of(kLane))...};
    if (next == at) break;
    at = next;
    ++level;
  }
  return at;
}

template <typename Real>
bool HasMissing(std::span<const Real> rows, size_t row_count, size_t stride) {
  for (size_t row = 0; row < row_count; ++row) {
    const Real* cells = rows.data() + row * stride;
    if (std::any_of(cells, cells + stride - 1, [](Real x) { return x != x; })) return true;
  }
  return false;
}

}  // namespace

template <typename Real>
struct Forest<Real>::Impl {
  using Nodes = std::conditional_t<std::is_same_v<Real, float>,
                                   std::variant<std::vector<CompactNode>, std::vector<WideNode>>,
                                   std::variant<std::vector<DoubleNode>>>;

  size_t feature_count = 0;
  size_t output_count = 0;
  size_t total_depth = 0;
  Nodes nodes;
  std::vector<TreePlace> trees;
  std::vector<double> values;
  std::vector<CategorySet> category_sets;

  size_t node_count() const {
    return std::visit([](const auto& list) { return list.size(); }, nodes);
  }

  template <typename Node>
  TreeView<Node> View(const std::vector<Node>& list, const TreePlace& place) const {
    return {list.data() + place.nodes, category_sets.data() + place.category_sets};
  }

  template <typename Node>
  void AddLeaf(const TreePlace& place, const Node& leaf, double* sums) const {
    const double* leaf_values = values.data() + place.values + leaf.ordinal() * place.value_width;
    double* outputs = sums + place.first_output;
    for (size_t k = 0; k < place.value_width; ++k) outputs[k] += leaf_values[k];
  }

  template <typename Rules, size_t kCount, typename Node>
  void AddTreesOfRow(const std::vector<Node>& list, size_t first, const Real* row,
                     double* sums) const {
    std::array<TreeView<Node>, kCount> views;
    uint32_t depth = 0;
    for (size_t k = 0; k < kCount; ++k) {
      views[k] = View(list, trees[first + k]);
      depth = std::max(depth, trees[first + k].depth);
    }
    const auto at = WalkTogether<Rules, Node>(
        depth, [&views](size_t k) { return views[k]; }, [row](size_t) { return row; },
        std::make_index_sequence<kCount>());
    for (size_t k = 0; k < kCount; ++k) AddLeaf(trees[first + k], views[k].nodes[at[k]], sums);
  }

  template <typename Rules, typename Node>
  void AddRow(const std::vector<Node>& list, const Real* row, double* sums) const {
    size_t tree = 0;
    for (; tree + kTreesAtOnce <= trees.size(); tree += kTreesAtOnce) {
      AddTreesOfRow<Rules, kTreesAtOnce>(list, tree, row, sums);
    }
    for (; tree < trees.size(); ++tree) AddTreesOfRow<Rules, 1>(list, tree, row, sums);
  }

  template <typename Rules, typename Node>
  void AddRowsOfTree(const std::vector<Node>& list, const TreePlace& place, const Real* rows,
                     double* sums) const {
    const TreeView<Node> view = View(list, place);
    const size_t stride = feature_count + 1;
    const auto at = WalkTogether<Rules, Node>(
        place.depth, [&view](size_t) { return view; },
        [rows, stride](size_t k) { return rows + k * stride; },
        std::make_index_sequence<kRowsAtOnce>());
    for (size_t k = 0; k < kRowsAtOnce; ++k) {
      AddLeaf(place, view.nodes[at[k]], sums + k * output_count);
    }
  }

  template <typename Rules, typename Node>
  void AddRows(const std::vector<Node>& list, const Real* rows, size_t row_count,
               double* sums) const {
    const size_t stride = feature_count + 1;
    const size_t whole = row_count - row_count % kRowsAtOnce;
    for (const TreePlace& place : whole == 0 ? std::span<const TreePlace>() : std::span(trees)) {
      for (size_t row = 0; row < whole; row += kRowsAtOnce) {
        AddRowsOfTree<Rules>(list, place, rows + row * stride, sums + row * output_count);
      }
    }
    for (size_t row = whole; row < row_count; ++row) {
      AddRow<Rules>(list, rows + row * stride, sums + row * output_count);
    }
  }

  template <typename Node>
  void AddRowsByRules(const std::vector<Node>& list, std::span<const Real> rows, size_t row_count,
                      double* sums) const {
    if constexpr (std::is_same_v<Node, DoubleNode>) {
      if (!category_sets.empty()) {
        return AddRows<WithCategories>(list, rows.data(), row_count, sums);
      }
    }
    if (HasMissing(rows, row_count, feature_count + 1)) {
      return AddRows<WithMissing>(list, rows.data(), row_count, sums);
    }
    AddRows<NoMissing>(list, rows.data(), row_count, sums);
  }
};

template <typename Real>
Forest<Real>::Forest(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
template <typename Real>
Forest<Real>::Forest(Forest&&) noexcept = default;
template <typename Real>
Forest<Real>& Forest<Real>::operator=(Forest&&) noexcept = default;
template <typename Real>
Forest<Real>::~Forest() = default;

template <typename Real>
size_t Forest<Real>::feature_count() const {
  return impl_->feature_count;
}
template <typename Real>
size_t Forest<Real>::output_count() const {
  return impl_->output_count;
}
template <typename Real>
size_t Forest<Real>::tree_count() const {
  return impl_->trees.size();
}
template <typename Real>
size_t Forest<Real>::node_count() const {
  return impl_->node_count();
}

template <typename Real>
void Forest<Real>::AddLeaves(std::span<const Real> rows, size_t row_count,
                             std::span<double> sums) const {
  std::visit([&](const auto& list) { impl_->AddRowsByRules(list, rows, row_count, sums.data()); },
             impl_->nodes);
}

template <typename Real>
double Forest<Real>::row_microseconds() const {
  // About 1.5 ns a level while the nodes fit the second-level cache, several times that beyond.
  constexpr double kCachedNodes = 200'000;
  const double nanoseconds = static_cast<double>(node_count()) > kCachedNodes ? 6.0 : 1.5;
  return 0.1 + nanoseconds * 1e-3 * static_cast<double>(impl_->total_depth);
}

namespace {

/// The nodes of `tree` breadth first, so that children are neighbours: for each new place the old
/// index, and the depth of the tree.
struct Layout {
  std::vector<uint32_t> order;
  std::vector<uint32_t> left;  // the new place of a split's left child
  uint32_t depth = 0;
};

Layout BreadthFirst(const Tree& tree) {
  Layout layout;
  layout.order.reserve(tree.node_count());
  layout.left.reserve(tree.node_count());
  layout.order.push_back(0);
  size_t level_end = 1;
  for (size_t place = 0; place < layout.order.size(); ++place) {
    if (place == level_end) {
      ++layout.depth;
      level_end = layout.order.size();
    }
    const uint32_t node = layout.order[place];
    layout.left.push_back(static_cast<uint32_t>(layout.order.size()));
    if (tree.is_leaf(node)) continue;
    layout.order.push_back(tree.left[node]);
    layout.order.push_back(tree.right[node]);
  }
  return layout;
}

template <typename Node>
Node SplitNode(const Tree& tree, uint32_t old, uint32_t left) {
  const bool missing_right = tree.missing_left[old] == 0;
  if constexpr (std::is_same_v<Node, DoubleNode>) {
    if (!tree.category_set.empty() && tree.category_set[old] >= 0) {
      const auto set = static_cast<uint32_t>(tree.category_set[old]);
      return Node::Categorical(set, tree.feature[old], left, missing_right);
    }
  }
  return Node::Split(tree.threshold[old], tree.feature[old], left, missing_right);
}

template <typename Node>
void AppendNodes(const Tree& tree, const Layout& layout, uint32_t nan_cell,
                 std::vector<Node>& list) {
  uint32_t ordinal = 0;
  for (uint32_t place = 0; place < layout.order.size(); ++place) {
    const uint32_t old = layout.order[place];
    list.push_back(tree.is_leaf(old) ? Node::Leaf(ordinal++, nan_cell, place)
                                     : SplitNode<Node>(tree, old, layout.left[place]));
  }
}

void AppendValues(const Tree& tree, const Layout& layout, std::vector<double>& values) {
  for (const uint32_t old : layout.order) {
    if (!tree.is_leaf(old)) continue;
    const auto first = tree.values.begin() + static_cast<ptrdiff_t>(old * tree.value_width);
    values.insert(values.end(), first, first + static_cast<ptrdiff_t>(tree.value_width));
  }
}

std::vector<WideNode> Widen(const std::vector<CompactNode>& compact) {
  std::vector<WideNode> wide;
  wide.reserve(compact.size());
  for (const CompactNode& node : compact) wide.emplace_back(node);
  return wide;
}

bool FitsCompact(size_t feature_count, size_t node_count) {
  return feature_count < CompactNode::kFeatureLimit && node_count < CompactNode::kNodeLimit;
}

template <typename Impl>
void AppendToImpl(const Tree& tree, Impl& impl) {
  const Layout layout = BreadthFirst(tree);
  if constexpr (std::variant_size_v<typename Impl::Nodes> == 2) {
    const bool is_compact = impl.nodes.index() == 0;
    if (is_compact && !FitsCompact(impl.feature_count, layout.order.size())) {
      impl.nodes = Widen(std::get<0>(impl.nodes));
    }
  }
  TreePlace place;
  place.nodes = impl.node_count();
  place.values = impl.values.size();
  place.category_sets = impl.category_sets.size();
  place.depth = layout.depth;
  place.value_width = static_cast<uint32_t>(tree.value_width);
  place.first_output = tree.first_output;
  impl.trees.push_back(place);
  impl.total_depth += layout.depth + 1;
  std::visit(
      [&](auto& list) {
        AppendNodes(tree, layout, static_cast<uint32_t>(impl.feature_count), list);
      },
      impl.nodes);
  AppendValues(tree, layout, impl.values);
  impl.category_sets.insert(impl.category_sets.end(), tree.category_sets.begin(),
                            tree.category_sets.end());
}

}  // namespace

template <typename Real>
ForestBuilder<Real>::ForestBuilder(size_t feature_count, size_t output_count)
    : impl_(std::make_unique<typename Forest<Real>::Impl>()) {
  impl_->feature_count = feature_count;
  impl_->output_count = output_count;
}
template <typename Real>
ForestBuilder<Real>::~ForestBuilder() = default;

template <typename Real>
base::Result<void> ForestBuilder<Real>::Add(const Tree& tree) {
  YARD_RETURN_IF_ERROR(CheckTree(tree, impl_->feature_count));
  if (tree.node_count() >= DoubleNode::kNodeLimit) {
    return base::ResourceExhausted("a tree has more than 2^30 nodes");
  }
  if (std::is_same_v<Real, float> && !tree.category_sets.empty()) {
    return base::InvalidArgument("a float32 tree cannot be categorical");
  }
  if (tree.first_output + tree.value_width > impl_->output_count) {
    return base::InvalidArgument("a tree has more outputs than its model");
  }
  AppendToImpl(tree, *impl_);
  return {};
}

template <typename Real>
Forest<Real> ForestBuilder<Real>::Build() && {
  std::visit([](auto& list) { list.shrink_to_fit(); }, impl_->nodes);
  impl_->values.shrink_to_fit();
  return Forest<Real>(std::move(impl_));
}

template class Forest<float>;
template class Forest<double>;
template class ForestBuilder<float>;
template class ForestBuilder<double>;

}  // namespace yard::inference::engines
