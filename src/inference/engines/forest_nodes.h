#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

/// How a compiled tree node lies in memory. Private to the engines.
///
/// A node's children are neighbours: `left()` and `left() + 1`. A leaf is its own left child and
/// reads the cell after the last feature, which is NaN in every row, so a walk that has arrived
/// stays where it is without a branch; the bits of its threshold hold the ordinal of its values.
namespace yard::inference::engines {

/// Largest float32 that is not above `value`.
inline float RoundDownToFloat(double value) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (value > kLargest) {
    return std::isinf(value) ? kInfinity : std::numeric_limits<float>::max();
  }
  if (value < -kLargest) return -kInfinity;
  const auto rounded = static_cast<float>(value);
  return static_cast<double>(rounded) > value ? std::nextafter(rounded, -kInfinity) : rounded;
}

/// Eight bytes: for up to 1,022 features and 2^21 nodes a tree.
class CompactNode {
 public:
  static constexpr uint32_t kFeatureLimit = (1U << 10) - 1;
  static constexpr uint32_t kNodeLimit = 1U << 21;

  static CompactNode Split(double threshold, uint32_t feature, uint32_t left, bool missing_right) {
    return {RoundDownToFloat(threshold), feature, left, missing_right};
  }
  static CompactNode Leaf(uint32_t ordinal, uint32_t nan_cell, uint32_t self) {
    return {std::bit_cast<float>(ordinal), nan_cell, self, false};
  }

  float threshold() const { return threshold_; }
  uint32_t feature() const { return link_ & kFeatureLimit; }
  uint32_t missing_right() const { return (link_ >> 10) & 1; }
  uint32_t left() const { return link_ >> 11; }
  uint32_t ordinal() const { return std::bit_cast<uint32_t>(threshold_); }

 private:
  CompactNode(float threshold, uint32_t feature, uint32_t left, bool missing_right)
      : threshold_(threshold), link_(feature | (missing_right ? 1U << 10 : 0) | (left << 11)) {}

  float threshold_;
  uint32_t link_;
};
static_assert(sizeof(CompactNode) == 8);

/// Sixteen bytes: any number of features and nodes.
class WideNode {
 public:
  static WideNode Split(double threshold, uint32_t feature, uint32_t left, bool missing_right) {
    return {RoundDownToFloat(threshold), feature, left, missing_right};
  }
  static WideNode Leaf(uint32_t ordinal, uint32_t nan_cell, uint32_t self) {
    return {std::bit_cast<float>(ordinal), nan_cell, self, false};
  }
  explicit WideNode(const CompactNode& node)
      : WideNode(node.threshold(), node.feature(), node.left(), node.missing_right() != 0) {}

  float threshold() const { return threshold_; }
  uint32_t feature() const { return feature_; }
  uint32_t missing_right() const { return missing_right_; }
  uint32_t left() const { return left_; }
  uint32_t ordinal() const { return std::bit_cast<uint32_t>(threshold_); }

 private:
  WideNode(float threshold, uint32_t feature, uint32_t left, bool missing_right)
      : threshold_(threshold), feature_(feature), left_(left), missing_right_(missing_right) {}

  float threshold_;
  uint32_t feature_;
  uint32_t left_;
  uint32_t missing_right_;
};

/// Sixteen bytes with a double threshold, for histogram gradient boosting; may be categorical.
class DoubleNode {
 public:
  static DoubleNode Split(double threshold, uint32_t feature, uint32_t left, bool missing_right) {
    return {threshold, feature, left, missing_right ? kMissingRight : 0};
  }
  static DoubleNode Categorical(uint32_t set, uint32_t feature, uint32_t left, bool missing_right) {
    return {std::bit_cast<double>(uint64_t{set}), feature, left,
            (missing_right ? kMissingRight : 0) | kCategorical};
  }
  static DoubleNode Leaf(uint32_t ordinal, uint32_t nan_cell, uint32_t self) {
    return {std::bit_cast<double>(uint64_t{ordinal}), nan_cell, self, 0};
  }

  double threshold() const { return threshold_; }
  uint32_t feature() const { return feature_; }
  uint32_t missing_right() const { return (left_ >> 30) & 1; }
  bool is_categorical() const { return (left_ & kCategorical) != 0; }
  uint32_t left() const { return left_ & (kMissingRight - 1); }
  uint32_t ordinal() const { return static_cast<uint32_t>(std::bit_cast<uint64_t>(threshold_)); }
  static constexpr uint32_t kNodeLimit = 1U << 30;

 private:
  static constexpr uint32_t kMissingRight = 1U << 30;
  static constexpr uint32_t kCategorical = 1U << 31;
  DoubleNode(double threshold, uint32_t feature, uint32_t left, uint32_t flags)
      : threshold_(threshold), feature_(feature), left_(left | flags) {}

  double threshold_;
  uint32_t feature_;
  uint32_t left_;
};
static_assert(sizeof(DoubleNode) == 16);

}  // namespace yard::inference::engines
