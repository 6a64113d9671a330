#include "inference/engines/forest.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/engines/forest_nodes.h"

namespace yard::inference::engines {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// x[0] <= 0.5 ? 1 : (x[1] <= 2 ? 10 : 100); NaN goes left at the root, right below.
Tree SmallTree() {
  Tree tree;
  tree.left = {1, kNoChild, 3, kNoChild, kNoChild};
  tree.right = {2, kNoChild, 4, kNoChild, kNoChild};
  tree.feature = {0, 0, 1, 0, 0};
  tree.threshold = {0.5, 0, 2, 0, 0};
  tree.missing_left = {1, 0, 0, 0, 0};
  tree.values = {0, 1, 0, 10, 100};
  return tree;
}

struct HostileTree {
  const char* name;
  void (*damage)(Tree&);
};

class HostileTreeTest : public testing::TestWithParam<HostileTree> {};

TEST_P(HostileTreeTest, IsRefused) {
  Tree tree = SmallTree();
  ASSERT_TRUE(CheckTree(tree, 2).ok());
  GetParam().damage(tree);
  const auto checked = CheckTree(tree, 2);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code(), base::Code::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(
    Damages, HostileTreeTest,
    testing::Values(
        HostileTree{"no_nodes", [](Tree& tree) { tree = Tree(); }},
        HostileTree{"child_out_of_range", [](Tree& tree) { tree.left[0] = 5; }},
        HostileTree{"huge_child", [](Tree& tree) { tree.right[2] = 0xfffffffe; }},
        HostileTree{"missing_right_child", [](Tree& tree) { tree.right[0] = kNoChild; }},
        HostileTree{"cycle", [](Tree& tree) { tree.right[2] = 0; }},
        HostileTree{"own_child", [](Tree& tree) { tree.left[2] = 2; }},
        HostileTree{"shared_branch", [](Tree& tree) { tree.left[2] = 1; }},
        HostileTree{"feature_out_of_range", [](Tree& tree) { tree.feature[2] = 2; }},
        HostileTree{"huge_feature", [](Tree& tree) { tree.feature[0] = 0xffffffff; }},
        HostileTree{"threshold_not_a_number", [](Tree& tree) { tree.threshold[0] = kNan; }},
        HostileTree{"short_thresholds", [](Tree& tree) { tree.threshold.pop_back(); }},
        HostileTree{"short_values", [](Tree& tree) { tree.values.pop_back(); }},
        HostileTree{"no_value_width", [](Tree& tree) { tree.value_width = 0; }},
        HostileTree{"no_such_category_set",
                    [](Tree& tree) { tree.category_set = {7, -1, -1, -1, -1}; }}),
    [](const auto& hostile) { return std::string(hostile.param.name); });

TEST(CheckTreeTest, TakesLeavesThatAreNotNumbers) {
  Tree tree = SmallTree();
  tree.values[3] = kNan;
  tree.values[4] = kInfinity;
  EXPECT_TRUE(CheckTree(tree, 2).ok());
}

TEST(CheckTreeTest, TakesATreeThatIsOneDeepBranch) {
  constexpr uint32_t kDepth = 100'000;
  Tree tree;
  for (uint32_t i = 0; i < 2 * kDepth + 1; ++i) {
    const bool is_split = i % 2 == 0 && i < 2 * kDepth;
    tree.left.push_back(is_split ? i + 1 : kNoChild);
    tree.right.push_back(is_split ? i + 2 : kNoChild);
    tree.values.push_back(i);
  }
  tree.feature.assign(tree.left.size(), 0);
  tree.threshold.assign(tree.left.size(), 0);
  tree.missing_left.assign(tree.left.size(), 0);
  ForestBuilder<float> builder(1, 1);
  ASSERT_TRUE(builder.Add(tree).ok());
  const Forest<float> forest = std::move(builder).Build();
  const std::vector<float> row = {1.0F, std::nanf("")};
  std::vector<double> sums(1);
  forest.AddLeaves(row, 1, sums);
  EXPECT_EQ(sums[0], 2.0 * kDepth);
}

TEST(RoundDownToFloatTest, DecidesAsTheDoubleDoes) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal(0, 100);
  for (int i = 0; i < 100'000; ++i) {
    const double threshold = normal(random);
    const float rounded = RoundDownToFloat(threshold);
    for (const float x : {rounded, std::nextafter(rounded, 1e30F), std::nextafter(rounded, -1e30F),
                          static_cast<float>(threshold)}) {
      ASSERT_EQ(x <= rounded, static_cast<double>(x) <= threshold);
    }
  }
}

TEST(RoundDownToFloatTest, KeepsInfinitiesAndTheEdgesOfTheRange) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  EXPECT_EQ(RoundDownToFloat(kInfinity), std::numeric_limits<float>::infinity());
  EXPECT_EQ(RoundDownToFloat(1e300), kLargest);
  EXPECT_EQ(RoundDownToFloat(-kInfinity), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(RoundDownToFloat(-1e300), -std::numeric_limits<float>::infinity());
}

template <typename Real>
double Walk(const Tree& tree, const Real* row) {
  uint32_t node = 0;
  while (!tree.is_leaf(node)) {
    const Real x = row[tree.feature[node]];
    const bool left = std::isnan(x) ? tree.missing_left[node] != 0
                                    : static_cast<double>(x) <= tree.threshold[node];
    node = left ? tree.left[node] : tree.right[node];
  }
  return tree.values[node];
}

Tree RandomTree(std::mt19937_64& random, size_t feature_count, size_t split_count) {
  std::uniform_real_distribution<double> uniform(-1, 1);
  Tree tree;
  const auto add = [&] {
    tree.left.push_back(kNoChild);
    tree.right.push_back(kNoChild);
    tree.feature.push_back(static_cast<uint32_t>(random() % feature_count));
    tree.threshold.push_back(uniform(random));
    tree.missing_left.push_back(random() % 2 == 0 ? 1 : 0);
    tree.values.push_back(uniform(random));
    return static_cast<uint32_t>(tree.left.size() - 1);
  };
  add();
  for (size_t i = 0; i < split_count; ++i) {
    const size_t leaf = random() % tree.left.size();
    if (!tree.is_leaf(leaf)) continue;
    const uint32_t left = add();
    const uint32_t right = add();
    tree.left[leaf] = left;
    tree.right[leaf] = right;
  }
  return tree;
}

struct Shape {
  size_t feature_count;
  size_t tree_count;
  size_t split_count;
  size_t row_count;
  double missing_share;
};

class ForestShapeTest : public testing::TestWithParam<Shape> {};

/// Sums of plain walks, in the order of the trees.
template <typename Real>
void ExpectSumsOfWalks(const Shape& shape) {
  std::mt19937_64 random(7);
  std::vector<Tree> trees;
  ForestBuilder<Real> builder(shape.feature_count, 1);
  for (size_t i = 0; i < shape.tree_count; ++i) {
    trees.push_back(RandomTree(random, shape.feature_count, shape.split_count));
    ASSERT_TRUE(builder.Add(trees.back()).ok());
  }
  const Forest<Real> forest = std::move(builder).Build();
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<Real> rows(shape.row_count * forest.row_stride(), static_cast<Real>(kNan));
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool is_cell = i % forest.row_stride() != shape.feature_count;
    const bool is_missing = std::fabs(uniform(random)) < shape.missing_share;
    if (is_cell && !is_missing) rows[i] = static_cast<Real>(uniform(random));
  }
  std::vector<double> sums(shape.row_count, 0.25);
  forest.AddLeaves(rows, shape.row_count, sums);
  for (size_t row = 0; row < shape.row_count; ++row) {
    double wanted = 0.25;
    for (const Tree& tree : trees) wanted += Walk(tree, rows.data() + row * forest.row_stride());
    ASSERT_EQ(sums[row], wanted) << "row " << row;
  }
}

TEST_P(ForestShapeTest, AddsTheLeavesOfPlainWalksInOrder) {
  ExpectSumsOfWalks<float>(GetParam());
  ExpectSumsOfWalks<double>(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Shapes, ForestShapeTest,
                         testing::Values(Shape{3, 1, 0, 1, 0}, Shape{3, 1, 50, 40, 0},
                                         Shape{5, 8, 100, 1, 0.3}, Shape{5, 19, 200, 33, 0.3},
                                         Shape{30, 20, 500, 300, 0}, Shape{1500, 9, 300, 20, 0.1},
                                         Shape{1022, 3, 300, 20, 0}, Shape{1023, 3, 300, 20, 0}));

/// Every level full: node i has the children 2i + 1 and 2i + 2.
Tree FullTree(uint32_t node_count) {
  Tree tree;
  for (uint32_t i = 0; i < node_count; ++i) {
    const bool is_leaf = 2 * i + 1 >= node_count;
    tree.left.push_back(is_leaf ? kNoChild : 2 * i + 1);
    tree.right.push_back(is_leaf ? kNoChild : 2 * i + 2);
    tree.values.push_back(i);
    tree.threshold.push_back(0.01 * (i % 50));
  }
  tree.feature.assign(node_count, 0);
  tree.missing_left.assign(node_count, 0);
  return tree;
}

TEST(ForestTest, WidensWhenALaterTreeIsTooLargeForCompactNodes) {
  const Tree small = SmallTree();
  const Tree large = FullTree(CompactNode::kNodeLimit + 1);
  ForestBuilder<float> builder(2, 1);
  ASSERT_TRUE(builder.Add(small).ok());
  ASSERT_TRUE(builder.Add(large).ok());
  const Forest<float> forest = std::move(builder).Build();
  const std::vector<float> row = {0.3F, 0.1F, std::nanf("")};
  std::vector<double> sums(1);
  forest.AddLeaves(row, 1, sums);
  EXPECT_EQ(sums[0], Walk(small, row.data()) + Walk(large, row.data()));
}

TEST(ForestTest, SendsCategoriesWhereTheirSetSays) {
  Tree tree = SmallTree();
  tree.category_set = {0, -1, -1, -1, -1};
  CategorySet set;
  set.goes_left[0] = 1U << 3;
  set.goes_left[3] = uint64_t{1} << 63;  // 255
  tree.category_sets = {set};
  ForestBuilder<double> builder(2, 1);
  ASSERT_TRUE(builder.Add(tree).ok());
  const Forest<double> forest = std::move(builder).Build();
  const auto leaf = [&forest](double category) {
    const std::vector<double> row = {category, 0, kNan};
    std::vector<double> sums(1);
    forest.AddLeaves(row, 1, sums);
    return sums[0];
  };
  EXPECT_EQ(leaf(3), 1);
  EXPECT_EQ(leaf(255), 1);
  EXPECT_EQ(leaf(4), 10);
  EXPECT_EQ(leaf(256), 10);  // others_left is off
  EXPECT_EQ(leaf(1e300), 10);
  EXPECT_EQ(leaf(kNan), 1);  // where NaN goes
  EXPECT_EQ(leaf(-1), 1);
}

TEST(ForestTest, RefusesATreeWithMoreOutputsThanTheModel) {
  Tree tree = SmallTree();
  tree.first_output = 1;
  ForestBuilder<float> builder(2, 1);
  EXPECT_FALSE(builder.Add(tree).ok());
}

}  // namespace
}  // namespace yard::inference::engines
