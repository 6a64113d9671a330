#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace yard::inference::engines {

/// The child of a leaf.
inline constexpr uint32_t kNoChild = 0xffffffff;

/// The categories below 256 that go left at one node, and where the others go.
struct CategorySet {
  std::array<uint64_t, 4> goes_left = {};
  bool others_left = false;  // categories of 256 and more
};

/// One decision tree as its file says it: parallel arrays, an entry a node, the root first. Nothing
/// is trusted until CheckTree has seen it.
struct Tree {
  std::vector<uint32_t> left;  // kNoChild at a leaf
  std::vector<uint32_t> right;
  std::vector<uint32_t> feature;
  std::vector<double> threshold;      // x <= threshold goes left
  std::vector<uint8_t> missing_left;  // NaN goes left
  // Empty in a tree without categorical splits; else the index into `category_sets`, or -1. A
  // negative category goes where NaN goes.
  std::vector<int32_t> category_set;
  std::vector<CategorySet> category_sets;
  std::vector<double> values;  // node by node, `value_width` each; only those of leaves are read
  size_t value_width = 1;
  size_t first_output = 0;  // a leaf adds to the outputs [first_output, first_output + value_width)

  size_t node_count() const { return left.size(); }
  bool is_leaf(size_t node) const { return left[node] == kNoChild; }
};

/// Makes sure that walking `tree` is safe for any input: arrays of equal length, children in range,
/// no node reached twice (so neither a cycle nor a shared branch), features below `feature_count`,
/// thresholds that are numbers, category sets in range. Leaf values may be anything, NaN too.
/// Errors: kInvalidArgument with the detail "node".
base::Result<void> CheckTree(const Tree& tree, size_t feature_count);

}  // namespace yard::inference::engines
