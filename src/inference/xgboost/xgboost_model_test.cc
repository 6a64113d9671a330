#include "inference/xgboost/xgboost_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/value.h"
#include "inference/formats/golden_files_test.h"

namespace yard::inference::xgboost {
namespace {

using base::json::Value;
using testing_support::ExpectedOf;
using testing_support::FreshGoldens;
using testing_support::GoldenFiles;
using testing_support::ReadAll;
using testing_support::StoredGoldens;

base::Result<XgboostModel> Open(const std::filesystem::path& file) {
  const std::string bytes = ReadAll(file);
  if (file.extension() == ".json") return XgboostModel::FromJson(bytes);
  if (file.extension() == ".ubj") return XgboostModel::FromUbjson(bytes);
  return XgboostModel::FromHandle(bytes);
}

std::vector<float> Floats(const Value& list) {
  std::vector<float> floats;
  for (const Value& text : *list.as_array())
    floats.push_back(
        static_cast<float>(std::strtod(std::string(text.string_or("")).c_str(), nullptr)));
  return floats;
}

// NaN equals NaN; everything else must have the same bits.
size_t Differences(const std::vector<float>& found, const std::vector<float>& expected) {
  if (found.size() != expected.size()) return std::numeric_limits<size_t>::max();
  size_t count = 0;
  for (size_t i = 0; i < found.size(); ++i) {
    const bool both_nan = std::isnan(found[i]) && std::isnan(expected[i]);
    count += !both_nan && std::bit_cast<uint32_t>(found[i]) != std::bit_cast<uint32_t>(expected[i]);
  }
  return count;
}

std::vector<float> Labels(const std::vector<float>& probabilities, size_t classes) {
  std::vector<float> labels;
  for (size_t i = 0; i < probabilities.size(); i += classes) {
    const auto row = probabilities.begin() + static_cast<std::ptrdiff_t>(i);
    const auto best = std::max_element(row, row + static_cast<std::ptrdiff_t>(classes));
    labels.push_back(static_cast<float>(best - row));
  }
  return labels;
}

std::vector<float> Margins(const XgboostModel& model, std::span<const float> rows,
                           TreeRange trees) {
  std::vector<float> margins(rows.size() / model.feature_count() * model.group_count());
  model.Margins(rows, trees, margins);
  return margins;
}

void CheckModel(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  const auto model = Open(file);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  const auto expected = base::json::Parse(ReadAll(ExpectedOf(file)));
  ASSERT_TRUE(expected.ok());
  const auto rows = Floats((*expected)["rows"]);
  const auto margins = Margins(*model, rows, TreeRange::kAll);
  EXPECT_EQ(Differences(margins, Floats((*expected)["margins"])), 0U);
  EXPECT_EQ(Differences(Margins(*model, rows, TreeRange::kBestIteration),
                        Floats((*expected)["best_margins"])),
            0U);
  auto predictions = margins;
  model->Transform(predictions);
  const bool gives_labels = model->objective() == "multi:softmax";
  if (gives_labels) predictions = Labels(predictions, model->group_count());
  EXPECT_EQ(Differences(predictions, Floats((*expected)["predictions"])), 0U);
}

TEST(XgboostModelTest, GivesTheBitsOfXgboost) {
  for (const auto& file : GoldenFiles(StoredGoldens() / "xgboost")) CheckModel(file);
}

TEST(XgboostModelTest, GivesTheBitsOfTheInstalledXgboostForEveryObjective) {
  const auto folder = FreshGoldens();
  if (folder.empty()) GTEST_SKIP() << "YARD_PYTHON names no interpreter";
  for (const auto& file : GoldenFiles(folder / "xgboost")) CheckModel(file);
}

// A model of one tree, to which the cases below do harm.
std::string ModelOf(const std::string& tree, const std::string& objective = "reg:squarederror") {
  return R"({"learner":{"attributes":{},"feature_names":[],"feature_types":[],)"
         R"("gradient_booster":{"name":"gbtree","model":{"gbtree_model_param":)"
         R"({"num_parallel_tree":"1","num_trees":"1"},"tree_info":[0],"trees":[)" +
         tree +
         R"(]}},"learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2"},)"
         R"("objective":{"name":")" +
         objective + R"("}},"version":[3,2,0]})";
}

std::string Tree(const std::string& left, const std::string& right,
                 const std::string& features = "[0,0,0]") {
  return R"({"left_children":)" + left + R"(,"right_children":)" + right + R"(,"split_indices":)" +
         features + R"(,"split_conditions":[0.5,1.0,2.0],"default_left":[1,0,0],"tree_param":{}})";
}

TEST(XgboostModelTest, SendsMissingAndEqualValuesToTheRightSide) {
  const auto model = XgboostModel::FromJson(ModelOf(Tree("[1,-1,-1]", "[2,-1,-1]")));
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> rows = {0.4F, 0, 0.5F, 0, kMissing, 0};
  EXPECT_THAT(Margins(*model, rows, TreeRange::kAll), testing::ElementsAre(1.5F, 2.5F, 1.5F));
}

TEST(XgboostModelTest, RefusesTreesThatAreNoTrees) {
  const std::string trees[] = {
      Tree("[0,-1,-1]", "[2,-1,-1]"),
      Tree("[1,0,-1]", "[2,2,-1]"),
      Tree("[3,-1,-1]", "[2,-1,-1]"),
      Tree("[1,-1,-1]", "[-7,-1,-1]"),
      Tree("[1,-1,-1]", "[1,-1,-1]"),
      Tree("[1,-1,-1]", "[2,-1,-1]", "[2,0,0]"),
      Tree("[1,-1]", "[2,-1,-1]"),
      Tree("[]", "[]", "[]"),
      Tree("[1e30,-1,-1]", "[2,-1,-1]"),
      Tree("[1,-1,-1]", "[4611686018427387904,-1,-1]"),
      "{}",
      "5",
  };
  for (const std::string& tree : trees) {
    const auto model = XgboostModel::FromJson(ModelOf(tree));
    ASSERT_FALSE(model.ok()) << tree;
    EXPECT_EQ(model.error().code(), base::Code::kInvalidArgument) << model.error().ToString();
  }
}

TEST(XgboostModelTest, NamesWhatItCannotCompute) {
  const std::string tree = Tree("[1,-1,-1]", "[2,-1,-1]");
  const auto unknown = XgboostModel::FromJson(ModelOf(tree, "custom:thing"));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code(), base::Code::kUnimplemented);
  EXPECT_EQ(unknown.error().detail("objective"), "custom:thing");
  EXPECT_EQ(XgboostModel::FromHandle("CONFIG-offset:123").error().code(),
            base::Code::kUnimplemented);
  EXPECT_EQ(XgboostModel::FromHandle("binf....").error().code(), base::Code::kUnimplemented);
}

TEST(XgboostModelTest, RefusesEveryPrefixOfAModel) {
  const std::string bytes = ReadAll(StoredGoldens() / "xgboost" / "dart.ubj");
  for (size_t length = 0; length < bytes.size(); length += 31)
    EXPECT_FALSE(XgboostModel::FromUbjson(std::string_view(bytes).substr(0, length)).ok())
        << length;
}

}  // namespace
}  // namespace yard::inference::xgboost
