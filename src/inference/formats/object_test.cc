#include "inference/formats/object.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/formats/array_builder.h"

namespace yard::inference::formats {
namespace {

using namespace std::string_literals;

NumericArray Array(const char* dtype, std::vector<size_t> shape, std::string data) {
  auto array = MakeArray(ParseDtype(dtype).value(), std::move(shape), false, std::move(data));
  EXPECT_TRUE(array.ok());
  return *std::move(array);
}

TEST(NumericArrayTest, ReadsFortranOrderInCOrder) {
  NumericArray array = Array("u1", {2, 3}, "\x01\x04\x02\x05\x03\x06"s);
  array.fortran_order = true;
  EXPECT_THAT(array.AsDoubles().value(), testing::ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(NumericArrayTest, ReadsBigEndianNumbers) {
  EXPECT_THAT(Array(">i2", {2}, "\x01\x02\xff\xfe"s).AsIntegers().value(),
              testing::ElementsAre(0x102, -2));
}

TEST(NumericArrayTest, ReadsHalfFloats) {
  const auto array = Array("<f2", {4}, "\x00\x3c\x01\x00\x00\xfc\x00\x7e"s);
  const auto values = array.AsDoubles().value();
  EXPECT_EQ(values[0], 1.0);
  EXPECT_EQ(values[1], std::ldexp(1.0, -24));
  EXPECT_EQ(values[2], -INFINITY);
  EXPECT_TRUE(std::isnan(values[3]));
}

TEST(NumericArrayTest, RefusesIntegersThatDoNotFit) {
  EXPECT_FALSE(Array("<u8", {1}, std::string(8, '\xff')).AsIntegers().ok());
  EXPECT_FALSE(Array("<f4", {1}, "\x00\x00\x00\x3f"s).AsIntegers().ok());
  EXPECT_FALSE(Array("<f8", {1}, "\x00\x00\x00\x00\x00\x00\xf0\x7f"s).AsIntegers().ok());
}

TEST(NumericArrayTest, RefusesTextDatesAndRecordsAsNumbers) {
  EXPECT_FALSE(Array("<U1", {1}, "a\0\0\0"s).AsDoubles().ok());
  EXPECT_FALSE(Array("<M8[ns]", {1}, std::string(8, '\0')).AsDoubles().ok());
  EXPECT_FALSE(Array("<f8", {1}, std::string(8, '\0')).FieldAsDoubles("x").ok());
}

TEST(NumericArrayTest, RefusesDataOfAnotherSize) {
  NumericArray array = Array("<f8", {2}, std::string(16, '\0'));
  array.data.resize(8);
  EXPECT_FALSE(array.AsDoubles().ok());
}

TEST(ArrayBuilderTest, RefusesShapesThatOverflow) {
  const size_t large = size_t{1} << 33;
  EXPECT_FALSE(ByteSize({large, large}, 8).ok());
  EXPECT_FALSE(ByteSize({large}, size_t{1} << 31).ok());
  EXPECT_FALSE(ByteSize({size_t{1} << 40}, 0).ok());
  EXPECT_EQ(ByteSize({0, large, large}, 8).value_or(1), 0U);
  EXPECT_FALSE(ByteSize(std::vector<size_t>(100, 1), 8).ok());
}

TEST(ArrayBuilderTest, RefusesFieldsOutsideOfTheirRecord) {
  Dtype record = ParseDtype("V16").value();
  const Dtype real = ParseDtype("<f8").value();
  EXPECT_TRUE(AddField(record, "a", real, 8).ok());
  EXPECT_FALSE(AddField(record, "b", real, 9).ok());
  EXPECT_FALSE(AddField(record, "c", real, ~size_t{0}).ok());
  EXPECT_FALSE(AddField(record, "d", ParseDtype(">f8").value(), 0).ok());
}

TEST(ArrayBuilderTest, KnowsNumpysDescriptions) {
  for (const char* text : {"|b1", "<i8", ">u4", "<f2", "<U7", "|u1"})
    EXPECT_EQ(DescribeDtype(ParseDtype(text).value()), text);
  for (const char* text : {"", "<", "f3x", "b2", "i3", "Z8", "U99999999999999999999"})
    EXPECT_FALSE(ParseDtype(text).ok()) << text;
}

TEST(AttributeTest, LooksIntoTheStatesOfClassesWithSlots) {
  ObjectGraph graph;
  Object& name = graph.New(ObjectKind::kString);
  name.text = "alpha";
  Object& value = graph.New(ObjectKind::kReal);
  value.real = 0.5;
  Object& slots = graph.New(ObjectKind::kDict);
  slots.entries = {{&name, &value}};
  Object& state = graph.New(ObjectKind::kTuple);
  state.items = {&graph.New(ObjectKind::kNone), &slots};
  Object& instance = graph.New(ObjectKind::kInstance);
  instance.state = &state;
  EXPECT_EQ(RealAttribute(instance, "alpha").value_or(0), 0.5);
  const auto missing = RealAttribute(instance, "beta");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().detail("attribute"), "beta");
}

}  // namespace
}  // namespace yard::inference::formats
