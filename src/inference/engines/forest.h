#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/result.h"
#include "inference/engines/tree.h"

namespace yard::inference::engines {

/// Trees compiled for walking. Real is the type of the features: float where the library casts its
/// input to float32 (scikit-learn's trees, forests and gradient boosting), double where it does not
/// (histogram gradient boosting).
///
/// Nodes are laid out breadth first with both children side by side, so that a step is a compare
/// and an add without a branch; several walks are interleaved to hide memory latency. A float32
/// feature is compared with the threshold rounded down to float32, which decides exactly as
/// the double does: x <= t if and only if x <= floor32(t).
///
/// The leaves of a row are always added in the order of the trees, in double: the sums have the
/// same bits alone, in a batch and on any thread. Immutable; any thread may call it.
template <typename Real>
class Forest {
 public:
  Forest(Forest&&) noexcept;
  Forest& operator=(Forest&&) noexcept;
  ~Forest();

  size_t feature_count() const;
  size_t output_count() const;
  size_t tree_count() const;
  size_t node_count() const;

  /// Cells from one row to the next in the input of AddLeaves: the features, then one cell for the
  /// engine's own use, which must be NaN.
  size_t row_stride() const { return feature_count() + 1; }

  /// Walks every row of `rows` (row-major, `row_stride()` cells each; NaN is missing) and adds the
  /// leaf values to `sums` (row-major, `output_count()` each).
  void AddLeaves(std::span<const Real> rows, size_t row_count, std::span<double> sums) const;

  /// What one row alone roughly takes.
  double row_microseconds() const;

 private:
  template <typename>
  friend class ForestBuilder;
  struct Impl;
  explicit Forest(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// Collects checked trees one by one, so that a large forest is never twice in memory.
template <typename Real>
class ForestBuilder {
 public:
  ForestBuilder(size_t feature_count, size_t output_count);
  ~ForestBuilder();

  /// Checks the tree (see CheckTree) and adds it after the others. Errors: kInvalidArgument.
  base::Result<void> Add(const Tree& tree);
  Forest<Real> Build() &&;

 private:
  std::unique_ptr<typename Forest<Real>::Impl> impl_;
};

}  // namespace yard::inference::engines
