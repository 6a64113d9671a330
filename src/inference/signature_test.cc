#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/model.h"

namespace yard::inference {
namespace {

using testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// A model of which only the signature is asked.
class SignatureOnly final : public Model {
 public:
  explicit SignatureOnly(std::vector<ColumnSpec> inputs) {
    signature_.declared = true;
    signature_.inputs = std::move(inputs);
  }
  explicit SignatureOnly(std::vector<std::string> feature_names) {
    description_.feature_names = std::move(feature_names);
  }

  const Signature& signature() const override { return signature_; }
  const Description& description() const override { return description_; }
  base::Result<Predictions> Predict(const Frame&, PredictMethod) const override {
    return base::Unimplemented("only a signature");
  }
  double estimated_row_microseconds() const override { return 0; }

 private:
  Signature signature_;
  Description description_;
};

std::vector<std::string> Names(const Frame& frame) {
  std::vector<std::string> names;
  for (const Column& column : frame.columns) names.push_back(column.name);
  return names;
}

Frame OneRow(std::vector<Column> columns) { return {std::move(columns), 1}; }

TEST(EnforceSignatureTest, ReordersAndDropsExtraColumns) {
  const SignatureOnly model({ColumnSpec{"a"}, ColumnSpec{"b"}});
  const auto frame = EnforceSignature(
      model, OneRow({{"x", NumberColumn{9}}, {"b", NumberColumn{2}}, {"a", NumberColumn{1}}}));
  ASSERT_TRUE(frame.ok()) << frame.error().ToString();
  EXPECT_THAT(Names(*frame), ElementsAre("a", "b"));
  EXPECT_THAT(std::get<NumberColumn>(frame->columns[0].cells), ElementsAre(1));
}

TEST(EnforceSignatureTest, NamesMissingColumnsAndTheExtraOnes) {
  const SignatureOnly model({ColumnSpec{"age"}, ColumnSpec{"b"}});
  const auto frame =
      EnforceSignature(model, OneRow({{"x", NumberColumn{1}}, {"b", NumberColumn{2}}}));
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error().code(), base::Code::kInvalidArgument);
  EXPECT_EQ(frame.error().reason(), "missing_column");
  EXPECT_EQ(frame.error().detail("column"), "age");
  EXPECT_EQ(frame.error().detail("extra"), "x");
}

TEST(EnforceSignatureTest, AddsMissingOptionalColumnsAsMissingCells) {
  const SignatureOnly model({ColumnSpec{"a", DataType::kLong, false},
                             ColumnSpec{"city", DataType::kString, false}, ColumnSpec{"b"}});
  const auto frame = EnforceSignature(model, OneRow({{"b", NumberColumn{2}}}));
  ASSERT_TRUE(frame.ok()) << frame.error().ToString();
  EXPECT_TRUE(std::isnan(std::get<NumberColumn>(frame->columns[0].cells)[0]));
  EXPECT_EQ(std::get<TextColumn>(frame->columns[1].cells)[0], std::nullopt);
}

struct WrongCell {
  const char* name;
  DataType type;
  std::variant<NumberColumn, TextColumn> cells;
  const char* value;
  const char* expected;
};

class WrongCellTest : public testing::TestWithParam<WrongCell> {};

TEST_P(WrongCellTest, NamesColumnRowValueAndType) {
  const SignatureOnly model({ColumnSpec{"a", GetParam().type}});
  Frame frame;
  frame.columns.push_back({"a", GetParam().cells});
  frame.row_count = 2;
  const auto enforced = EnforceSignature(model, std::move(frame));
  ASSERT_FALSE(enforced.ok());
  EXPECT_EQ(enforced.error().reason(), "wrong_type");
  EXPECT_EQ(enforced.error().detail("column"), "a");
  EXPECT_EQ(enforced.error().detail("row"), "1");
  EXPECT_EQ(enforced.error().detail("value"), GetParam().value);
  EXPECT_EQ(enforced.error().detail("expected"), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Cells, WrongCellTest,
    testing::Values(
        WrongCell{"text_for_double", DataType::kDouble, TextColumn{std::nullopt, "twelve"},
                  "twelve", "double"},
        WrongCell{"half_for_long", DataType::kLong, NumberColumn{1, 2.5}, "2.5", "long"},
        WrongCell{"missing_for_long", DataType::kLong, NumberColumn{1, kNan}, "missing", "long"},
        WrongCell{"too_large_for_integer", DataType::kInteger, NumberColumn{1, 2147483648.0},
                  "2147483648", "integer"},
        WrongCell{"two_for_boolean", DataType::kBoolean, NumberColumn{1, 2}, "2", "boolean"},
        WrongCell{"number_for_string", DataType::kString, NumberColumn{kNan, 7}, "7", "string"}),
    [](const auto& cell) { return std::string(cell.param.name); });

TEST(EnforceSignatureTest, TakesColumnsThatAreMissingThroughoutForAnyType) {
  const SignatureOnly model({ColumnSpec{"a"}, ColumnSpec{"city", DataType::kString}});
  const auto frame = EnforceSignature(
      model, OneRow({{"a", TextColumn{std::nullopt}}, {"city", NumberColumn{kNan}}}));
  ASSERT_TRUE(frame.ok()) << frame.error().ToString();
  EXPECT_TRUE(std::isnan(std::get<NumberColumn>(frame->columns[0].cells)[0]));
  EXPECT_EQ(std::get<TextColumn>(frame->columns[1].cells)[0], std::nullopt);
}

TEST(EnforceSignatureTest, RoundsFloatColumnsToFloat32) {
  const SignatureOnly model({ColumnSpec{"a", DataType::kFloat}});
  const auto frame = EnforceSignature(model, OneRow({{"a", NumberColumn{0.1}}}));
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(std::get<NumberColumn>(frame->columns[0].cells)[0], double{0.1F});
}

TEST(EnforceSignatureTest, TakesUnnamedColumnsByPosition) {
  const SignatureOnly model({ColumnSpec{""}, ColumnSpec{""}});
  EXPECT_TRUE(EnforceSignature(model, OneRow({{"", NumberColumn{1}}, {"", NumberColumn{2}}})).ok());
  const auto short_frame = EnforceSignature(model, OneRow({{"", NumberColumn{1}}}));
  ASSERT_FALSE(short_frame.ok());
  EXPECT_EQ(short_frame.error().reason(), "missing_column");
}

TEST(EnforceSignatureTest, FollowsTheModelsFeatureNamesWithoutASignature) {
  const SignatureOnly model(std::vector<std::string>{"a", "b"});
  const auto frame =
      EnforceSignature(model, OneRow({{"b", TextColumn{"x"}}, {"a", NumberColumn{1}}}));
  ASSERT_TRUE(frame.ok());
  EXPECT_THAT(Names(*frame), ElementsAre("a", "b"));
  EXPECT_FALSE(EnforceSignature(model, OneRow({{"a", NumberColumn{1}}})).ok());
}

TEST(EnforceSignatureTest, LeavesFramesWithoutNamesAlone) {
  const SignatureOnly model(std::vector<std::string>{"a", "b"});
  const auto frame =
      EnforceSignature(model, OneRow({{"", NumberColumn{1}}, {"", NumberColumn{2}}}));
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->columns.size(), 2U);
}

}  // namespace
}  // namespace yard::inference
