#include "serving/feature_codec.h"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::serving {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

inference::Frame OneRow(std::vector<double> numbers) {
  inference::Frame frame;
  frame.row_count = 1;
  for (const double number : numbers) {
    frame.columns.push_back({"x", inference::NumberColumn{number}});
  }
  return frame;
}

TEST(FeatureCodecTest, GivesBackEveryNumberToTheBit) {
  const std::vector<double> numbers = {0,   -1,          1e300,
                                       0.1, 268'435'455, -268'435'455,
                                       3e9, -0.0,        std::numeric_limits<double>::infinity()};
  const auto row = UnpackFeatures(PackFeatures(OneRow(numbers), 0), numbers.size());
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->numbers, numbers);
  EXPECT_TRUE(std::signbit(row->numbers[7]));
}

TEST(FeatureCodecTest, TellsMissingFromEmptyText) {
  inference::Frame frame = OneRow({std::nan("")});
  frame.columns.push_back({"plan", inference::TextColumn{std::nullopt}});
  frame.columns.push_back({"city", inference::TextColumn{std::string()}});
  frame.columns.push_back({"name", inference::TextColumn{std::string(300, 'x')}});
  const auto row = UnpackFeatures(PackFeatures(frame, 0), 4);
  ASSERT_TRUE(row.ok());
  EXPECT_TRUE(std::isnan(row->numbers[0]));
  EXPECT_THAT(row->texts, ElementsAre(std::nullopt, std::nullopt, Optional(std::string()),
                                      Optional(std::string(300, 'x'))));
}

TEST(FeatureCodecTest, KeepsSmallWholeNumbersSmall) {
  EXPECT_LE(PackFeatures(OneRow({3, 40, 500}), 0).size(), 7u);
}

TEST(FeatureCodecTest, RefusesEveryTruncation) {
  inference::Frame frame = OneRow({0.5, 12'345});
  frame.columns.push_back({"plan", inference::TextColumn{std::string("gold")}});
  const std::string packed = PackFeatures(frame, 0);
  for (size_t size = 0; size < packed.size(); ++size) {
    EXPECT_FALSE(UnpackFeatures(packed.substr(0, size), 3).ok()) << size;
  }
  EXPECT_FALSE(UnpackFeatures(packed + "x", 3).ok());
}

}  // namespace
}  // namespace yard::serving
