#include "serving/frame_builder.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serving/fake_models_for_test.h"

namespace yard::serving {
namespace {

using inference::NumberColumn;
using inference::TextColumn;
using ::testing::ElementsAre;

/// A model without a signature; with feature names or without.
class UnsignedModel final : public inference::Model {
 public:
  explicit UnsignedModel(std::vector<std::string> names) {
    description_.feature_names = std::move(names);
  }
  const inference::Signature& signature() const override { return signature_; }
  const inference::Description& description() const override { return description_; }
  double estimated_row_microseconds() const override { return 1; }
  base::Result<inference::Predictions> Predict(const inference::Frame&,
                                               inference::PredictMethod) const override {
    return base::Unimplemented("never asked");
  }

 private:
  inference::Signature signature_;
  inference::Description description_;
};

class FrameBuilderTest : public ::testing::Test {
 protected:
  FrameBuilder& Builder(CellRules rules = CellRules::kExact) {
    return FrameBuilder::ForThread(layout_, rules);
  }
  const FakeModel model_{0.5};
  const InputLayout layout_{model_};
};

TEST_F(FrameBuilderTest, PutsCellsInTheOrderOfTheSignature) {
  FrameBuilder& builder = Builder();
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetText(*builder.SlotOf("plan"), "gold").ok());
  ASSERT_TRUE(builder.SetNumber(*builder.SlotOf("spend"), 2.5).ok());
  EXPECT_FALSE(builder.SlotOf("age").has_value());
  ASSERT_TRUE(builder.CheckRow().ok());
  const auto frame = builder.Take(model_);
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->columns[0].name, "spend");
  EXPECT_THAT(std::get<NumberColumn>(frame->columns[0].cells), ElementsAre(2.5));
  EXPECT_THAT(std::get<TextColumn>(frame->columns[1].cells), ElementsAre("gold"));
}

TEST_F(FrameBuilderTest, NamesTheColumnThatARowLacks) {
  FrameBuilder& builder = Builder();
  ASSERT_TRUE(builder.BeginRow(7).ok());
  builder.Ignore("age");
  const auto error = builder.CheckRow().error();
  EXPECT_EQ(error.reason(), "missing_column");
  EXPECT_EQ(error.detail("column"), "spend");
  EXPECT_EQ(error.detail("row"), "7");
  EXPECT_EQ(error.detail("extra"), "age");
}

TEST_F(FrameBuilderTest, TakesNumericTextOnlyByPandasRules) {
  FrameBuilder& exact = Builder();
  ASSERT_TRUE(exact.BeginRow().ok());
  EXPECT_EQ(exact.SetText(0, "1.5").error().reason(), "wrong_type");
  FrameBuilder& lenient = Builder(CellRules::kLikePandas);
  ASSERT_TRUE(lenient.BeginRow().ok());
  for (const char* text : {"1.5", " 2 ", "+3", "1e5", "nan", "inf", "-Infinity"}) {
    EXPECT_TRUE(lenient.SetText(0, text).ok()) << text;
  }
  for (const char* text : {"", "1,5", "0x", "many"}) {
    EXPECT_FALSE(lenient.SetText(0, text).ok()) << text;
  }
}

TEST_F(FrameBuilderTest, ForgetsTheRequestBefore) {
  FrameBuilder& first = Builder();
  ASSERT_TRUE(first.BeginRow().ok());
  ASSERT_TRUE(first.SetNumber(0, 1).ok());
  FrameBuilder& second = Builder();
  EXPECT_EQ(second.row_count(), 0u);
  EXPECT_EQ(second.Take(model_).error().reason(), "missing_column");
}

TEST_F(FrameBuilderTest, ReusesTheColumnsThatComeBack) {
  FrameBuilder& builder = Builder();
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetNumber(0, 1).ok());
  auto frame = builder.Take(model_);
  ASSERT_TRUE(frame.ok());
  const double* const cells = std::get<NumberColumn>(frame->columns[0].cells).data();
  builder.Recycle(*std::move(frame));
  FrameBuilder& again = Builder();
  ASSERT_TRUE(again.BeginRow().ok());
  ASSERT_TRUE(again.SetNumber(0, 2).ok());
  const auto reused = again.Take(model_);
  EXPECT_EQ(std::get<NumberColumn>(reused->columns[0].cells).data(), cells);
  EXPECT_THAT(std::get<NumberColumn>(reused->columns[0].cells), ElementsAre(2));
}

TEST_F(FrameBuilderTest, TurnsAColumnOfAnUnsignedModelToTextWhenTextComes) {
  const UnsignedModel model({"a"});
  const InputLayout layout(model);
  FrameBuilder& builder = FrameBuilder::ForThread(layout, CellRules::kExact);
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetNumber(0, 1.5).ok());
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetText(0, "x").ok());
  auto frame = builder.Take(model);
  EXPECT_THAT(std::get<TextColumn>(frame->columns[0].cells), ElementsAre("1.5", "x"));
  builder.Recycle(*std::move(frame));
  FrameBuilder& again = FrameBuilder::ForThread(layout, CellRules::kExact);
  ASSERT_TRUE(again.BeginRow().ok());
  ASSERT_TRUE(again.SetNumber(0, 2).ok());
  EXPECT_THAT(std::get<NumberColumn>(again.Take(model)->columns[0].cells), ElementsAre(2));
}

TEST_F(FrameBuilderTest, TakesWhatComesForAModelWithoutNames) {
  const UnsignedModel model({});
  const InputLayout layout(model);
  FrameBuilder& builder = FrameBuilder::ForThread(layout, CellRules::kExact);
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetNumber(*builder.SlotOf("x"), 1).ok());
  ASSERT_TRUE(builder.BeginRow().ok());
  ASSERT_TRUE(builder.SetNumber(*builder.SlotOf("y"), 2).ok());
  const auto frame = builder.Take(model);
  ASSERT_EQ(frame->columns.size(), 2u);
  EXPECT_TRUE(std::isnan(std::get<NumberColumn>(frame->columns[0].cells)[1]));
  EXPECT_TRUE(std::isnan(std::get<NumberColumn>(frame->columns[1].cells)[0]));
}

TEST_F(FrameBuilderTest, RefusesMoreCellsThanTheLimit) {
  const UnsignedModel model({});
  const InputLayout layout(model);
  FrameBuilder& builder = FrameBuilder::ForThread(layout, CellRules::kExact);
  for (int i = 0; i < 5'000; ++i) static_cast<void>(builder.SlotOf(std::to_string(i)));
  size_t rows = 0;
  while (builder.BeginRow().ok()) ++rows;
  EXPECT_EQ(rows, kMaxFrameCells / 5'000);
}

}  // namespace
}  // namespace yard::serving
