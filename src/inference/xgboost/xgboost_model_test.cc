#include "inference/xgboost/xgboost_model.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/value.h"
#include "inference/formats/golden_files.h"

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

}  // namespace
}  // namespace yard::inference::xgboost
