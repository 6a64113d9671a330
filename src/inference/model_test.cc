#include "inference/model.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::inference {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::filesystem::path Fixture(const char* name) {
  return std::filesystem::path(YARD_INFERENCE_TESTDATA) / "sklearn-1.6.1" / name;
}

std::vector<std::string> Paths(const Description& description) {
  std::vector<std::string> paths;
  for (const Part& part : description.parts) paths.push_back(part.path);
  return paths;
}

/// Rows that walk through every kind of cell of the fixture's pipeline.
Frame Customers(size_t row_count) {
  const std::vector<std::optional<std::string>> cities = {"Berlin", "Atlantis", std::nullopt};
  Frame frame;
  frame.row_count = row_count;
  NumberColumn amount, age, is_new;
  TextColumn city, plan;
  for (size_t row = 0; row < row_count; ++row) {
    amount.push_back(row % 4 == 0 ? std::numeric_limits<double>::quiet_NaN()
                                  : 3.5 * static_cast<double>(row % 97));
    age.push_back(18.0 + static_cast<double>(row % 60));
    is_new.push_back(row % 2 == 0 ? 1 : 0);
    city.push_back(cities[row % 3]);
    plan.push_back(row % 5 == 0 ? "pro" : "basic");
  }
  frame.columns = {{"amount", amount},
                   {"age", age},
                   {"is_new", is_new},
                   {"city", city},
                   {"plan", plan},
                   {"empty", NumberColumn(row_count, std::numeric_limits<double>::quiet_NaN())}};
  return frame;
}

class PipelineTest : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = LoadModel(Fixture("pipeline-forest.joblib-xz.bin"));
    ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
    model_ = std::move(loaded).value();
  }
  std::unique_ptr<Model> model_;
};

TEST_F(PipelineTest, DescribesEveryPartInOrderOfExecution) {
  EXPECT_THAT(Paths(model_->description()),
              ElementsAre("model", "steps[0].prepare", "steps[0].prepare.transformers[0].numbers",
                          "steps[0].prepare.transformers[0].numbers.steps[0].simpleimputer",
                          "steps[0].prepare.transformers[0].numbers.steps[1].standardscaler",
                          "steps[0].prepare.transformers[1].text",
                          "steps[0].prepare.transformers[1].text.steps[0].simpleimputer",
                          "steps[0].prepare.transformers[1].text.steps[1].onehotencoder",
                          "steps[0].prepare.transformers[2].log",
                          "steps[0].prepare.transformers[3].remainder", "steps[1].model"));
}

TEST_F(PipelineTest, KnowsItsColumnsClassesAndOrigin) {
  const Description& description = model_->description();
  EXPECT_THAT(description.feature_names,
              ElementsAre("amount", "age", "is_new", "city", "plan", "empty"));
  EXPECT_EQ(description.feature_count, 6U);
  EXPECT_THAT(description.classes, ElementsAre("0", "1"));
  EXPECT_TRUE(description.is_classifier);
  EXPECT_EQ(description.flavor, "sklearn");
  EXPECT_EQ(description.format, "joblib");
  EXPECT_EQ(description.library_version, "1.6.1");
}

TEST_F(PipelineTest, GivesARowTheSameBitsInABatchOfManyBlocks) {
  constexpr size_t kRowCount = 5000;
  const auto batch = model_->Predict(Customers(kRowCount), PredictMethod::kPredictProba);
  ASSERT_TRUE(batch.ok()) << batch.error().ToString();
  ASSERT_EQ(batch->values.size(), 2 * kRowCount);
  for (const size_t row_count : {1U, 7U, 64U, 65U, 3000U}) {
    const auto first = model_->Predict(Customers(row_count), PredictMethod::kPredictProba);
    ASSERT_TRUE(first.ok());
    EXPECT_TRUE(std::equal(first->values.begin(), first->values.end(), batch->values.begin()));
  }
}

TEST_F(PipelineTest, FindsColumnsByNameInAnyOrder) {
  Frame shuffled = Customers(50);
  std::reverse(shuffled.columns.begin(), shuffled.columns.end());
  const auto wanted = model_->Predict(Customers(50), PredictMethod::kPredictProba);
  const auto got = model_->Predict(shuffled, PredictMethod::kPredictProba);
  ASSERT_TRUE(got.ok()) << got.error().ToString();
  EXPECT_EQ(got->values, wanted->values);
}

TEST_F(PipelineTest, NamesTheRowOfTheWholeFrameInErrors) {
  Frame frame = Customers(3000);
  std::get<NumberColumn>(frame.columns[0].cells)[2999] = std::numeric_limits<double>::infinity();
  const auto refused = model_->Predict(frame, PredictMethod::kPredict);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "infinite_value");
  EXPECT_EQ(refused.error().detail("column"), "amount");
  EXPECT_EQ(refused.error().detail("row"), "2999");
}

TEST_F(PipelineTest, RefusesColumnsOfUnequalLength) {
  Frame frame = Customers(3);
  std::get<NumberColumn>(frame.columns[1].cells).pop_back();
  const auto refused = model_->Predict(frame, PredictMethod::kPredict);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason(), "ragged_frame");
}

TEST_F(PipelineTest, AnswersNoRowsWithNoPredictions) {
  const auto nothing = model_->Predict(Customers(0), PredictMethod::kPredict);
  ASSERT_TRUE(nothing.ok()) << nothing.error().ToString();
  EXPECT_THAT(nothing->values, IsEmpty());
}

TEST(LoadModelTest, SaysWhenThereIsNoFile) {
  const auto loaded = LoadModel(Fixture("no-such-model.pkl"));
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), base::Code::kNotFound);
}

TEST(LoadModelTest, HasTextClassesAsLabels) {
  const auto model = LoadModel(Fixture("forest-text.joblib-xz.bin"));
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  Frame frame;
  frame.row_count = 1;
  frame.columns.assign((*model)->description().feature_count, Column{"", NumberColumn{0.0}});
  const auto answer = (*model)->Predict(frame, PredictMethod::kDefault);
  ASSERT_TRUE(answer.ok()) << answer.error().ToString();
  EXPECT_EQ(answer->kind, Predictions::Kind::kText);
  EXPECT_THAT(answer->labels, ElementsAre("benign", "malignant"));
}

}  // namespace
}  // namespace yard::inference
