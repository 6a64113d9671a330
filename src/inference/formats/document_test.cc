#include "inference/formats/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yard::inference::formats {
namespace {

using namespace std::string_literals;
using Kind = DocumentValue::Kind;

base::Result<DocumentValue> Ubjson(const std::string& bytes) {
  return ReadUbjsonDocument(bytes, DocumentLimits());
}

TEST(UbjsonTest, ReadsEveryMarker) {
  const auto value = Ubjson(
      "{i\x01"
      "aZi\x01"
      "bTi\x01"
      "cFi\x01"
      "di\xffi\x01"
      "eU\xffi\x01"
      "fI\xff\xfei\x01"
      "gl\x00\x00\x00\x05i\x01"
      "hL\x00\x00\x00\x00\x00\x00\x00\x06i\x01"
      "jd\x3f\x00\x00\x00i\x01"
      "kD\x3f\xe0\x00\x00\x00\x00\x00\x00i\x01"
      "mSi\x02hii\x01nC"
      "x}"s);
  ASSERT_TRUE(value.ok()) << value.error().ToString();
  EXPECT_EQ(value->Find("a")->kind, Kind::kNull);
  EXPECT_EQ(value->Find("b")->number, 1);
  EXPECT_EQ(value->Find("d")->number, -1);
  EXPECT_EQ(value->Find("e")->number, 255);
  EXPECT_EQ(value->Find("f")->number, -2);
  EXPECT_EQ(value->Find("g")->number, 5);
  EXPECT_EQ(value->Find("h")->number, 6);
  EXPECT_EQ(value->Find("j")->number, 0.5);
  EXPECT_EQ(value->Find("k")->number, 0.5);
  EXPECT_EQ(value->Find("m")->text, "hi");
  EXPECT_EQ(value->Find("n")->text, "x");
}

TEST(UbjsonTest, ReadsListsOfEveryForm) {
  EXPECT_THAT(Ubjson("[i\x01i\x02]")->numbers, testing::ElementsAre(1, 2));
  EXPECT_THAT(Ubjson("[#i\x02i\x01i\x02")->numbers, testing::ElementsAre(1, 2));
  EXPECT_THAT(Ubjson("[$U#i\x02\x01\xff")->numbers, testing::ElementsAre(1, 255));
  EXPECT_EQ(Ubjson("[Si\x01"
                   "aSi\x01"
                   "b]")
                ->items.size(),
            2U);
}

TEST(UbjsonTest, RefusesBombsAndDamage) {
  const std::string texts[] = {
      ""s,
      "{"s,
      "["s,
      "[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff"s,
      "[$Z#L\x7f\xff\xff\xff\xff\xff\xff\xff"s,
      "[#L\x7f\xff\xff\xff\xff\xff\xff\xff"s,
      "[#i\xff"s,
      "[$d"s,
      "[i\x01Z]"s,
      "[Zi\x01]"s,
      "{L\x7f\xff\xff\xff\xff\xff\xff\xff"s,
      "x"s,
      std::string(100'000, '['),
  };
  for (const std::string& text : texts) EXPECT_FALSE(Ubjson(text).ok()) << text.substr(0, 20);
}

TEST(JsonDocumentTest, ReadsRealsAsFloat32AndWholeNumbersExactly) {
  const auto value = ReadJsonDocument(R"({"a":[0.1, 1E-1, 16777217], "b":[[1],["x"]]})", {});
  ASSERT_TRUE(value.ok()) << value.error().ToString();
  EXPECT_THAT(value->Find("a")->numbers,
              testing::ElementsAre(static_cast<double>(0.1F), static_cast<double>(0.1F), 16777217));
  EXPECT_EQ(value->Find("b")->items[1].items[0].text, "x");
}

TEST(JsonDocumentTest, PassesOverSkippedNames) {
  DocumentLimits limits;
  limits.skipped_names = {"a"};
  EXPECT_EQ(ReadJsonDocument(R"({"a":[1],"b":2})", limits)->Find("a"), nullptr);
  EXPECT_EQ(ReadJsonDocument(R"({"a":[1],"b":2})", limits)->Find("b")->number, 2);
}

}  // namespace
}  // namespace yard::inference::formats
