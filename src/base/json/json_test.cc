#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/described.h"
#include "base/json/reader.h"
#include "base/json/value.h"
#include "base/json/writer.h"

namespace yard::base::json {
namespace {

struct Tag {
  Required<std::string> key;
  std::string value;
};
YARD_DESCRIBE(Tag, key, value)

struct Metric {
  Required<std::string> run_id;
  Required<double> value;
  int64_t step = 0;
  std::optional<std::string> model_id;
  std::vector<Tag> tags;
  std::vector<std::string> names;
  bool flag = false;
  Value extra;
};
YARD_DESCRIBE(Metric, run_id, value, step, model_id, tags, names, flag, extra)

TEST(DescribedTest, ReadsEveryKindOfField) {
  const auto metric = DecodeText<Metric>(
      R"({"run_id":"r\u00e9","value":"NaN","step":"7","tags":[{"key":"a","value":"b"}],"names":["x","y"],"unknown":[1,{}],"flag":true,"extra":{"a":[1]}})");
  ASSERT_TRUE(metric.ok()) << metric.error().ToString();
  EXPECT_EQ(*metric->run_id, "r\u00e9");
  EXPECT_TRUE(std::isnan(*metric->value));
  EXPECT_EQ(metric->step, 7);
  EXPECT_FALSE(metric->model_id);
  ASSERT_EQ(metric->tags.size(), 1U);
  EXPECT_EQ(*metric->tags[0].key, "a");
  EXPECT_THAT(metric->names, testing::ElementsAre("x", "y"));
  EXPECT_TRUE(metric->flag);
  EXPECT_EQ(metric->extra.ToJson(), R"({"a":[1]})");
}

TEST(DescribedTest, NamesTheMissingFieldWithItsPath) {
  const auto metric = DecodeText<Metric>(R"({"run_id":"r","value":1,"tags":[{"value":"b"}]})");
  ASSERT_FALSE(metric.ok());
  EXPECT_EQ(metric.error().reason(), "missing_field");
  EXPECT_EQ(metric.error().detail("parameter"), "tags.key");
}

TEST(DescribedTest, NamesTheFieldOfTheWrongType) {
  const auto metric = DecodeText<Metric>(R"({"run_id":5,"value":1})");
  ASSERT_FALSE(metric.ok());
  EXPECT_EQ(metric.error().reason(), "wrong_type");
  EXPECT_EQ(metric.error().detail("parameter"), "run_id");
  EXPECT_EQ(metric.error().detail("value"), "5");
}

TEST(DescribedTest, ReadsAQueryString) {
  const std::multimap<std::string, std::string> query = {
      {"run_id", "r"}, {"value", "0.5"}, {"names", "a"}, {"names", "b"}, {"flag", "TRUE"}};
  const auto metric = DecodePairs<Metric>(query);
  ASSERT_TRUE(metric.ok()) << metric.error().ToString();
  EXPECT_EQ(*metric->value, 0.5);
  EXPECT_THAT(metric->names, testing::ElementsAre("a", "b"));
  EXPECT_TRUE(metric->flag);
}

TEST(DescribedTest, WritesWhatItReads) {
  const std::string text =
      R"({"run_id":"r","value":"-Infinity","step":3,"tags":[{"key":"a","value":"b"}],"names":["x"],"flag":false,"extra":null})";
  const auto metric = DecodeText<Metric>(text);
  ASSERT_TRUE(metric.ok());
  EXPECT_EQ(EncodeText(*metric), text);
}

TEST(ReaderTest, RefusesWhatIsNotJson) {
  const auto accept = [](Element) -> Result<void> { return {}; };
  for (const char* text : {"", "{", "{\"a\":1}x", "nul", "5", "[1,2", "{\"a\" 1}"}) {
    const auto result = Read(text, [&](Element root) -> Result<void> {
      if (root.kind().value_or(Kind::kNull) == Kind::kArray) return root.ForEachItem(accept);
      return root.ForEachField([&](std::string_view, Element value) { return accept(value); });
    });
    EXPECT_FALSE(result.ok()) << text;
  }
}

TEST(ReaderTest, MayBeNested) {
  std::string inner_text;
  const auto result = Read(R"(["{\"a\":[1,2]}", "after"])", [&](Element root) {
    return root.ForEachItem([&](Element item) -> Result<void> {
      YARD_ASSIGN_OR_RETURN(const std::string_view text, item.String());
      if (text == "after") return {};
      return Read(text, [&](Element inner) -> Result<void> {
        YARD_ASSIGN_OR_RETURN(const std::string_view raw, inner.Raw());
        inner_text = raw;
        return {};
      });
    });
  });
  ASSERT_TRUE(result.ok()) << result.error().ToString();
  EXPECT_EQ(inner_text, R"({"a":[1,2]})");
}

TEST(WriterTest, WritesDoublesThatReadBackTheSame) {
  std::string text;
  Writer writer(text);
  writer.BeginArray();
  for (const double value : {0.1, 1.0, -0.0, 1e300, 5e-324, 0.1 + 0.2}) writer.Double(value);
  writer.Double(std::numeric_limits<double>::quiet_NaN()).EndArray();
  EXPECT_EQ(text, R"([0.1,1.0,-0.0,1e+300,5e-324,0.30000000000000004,"NaN"])");
}

TEST(WriterTest, EscapesAndRepairsText) {
  std::string text;
  AppendQuoted(text, "a\"\\\n\x01\xff\xc3\xa9");
  EXPECT_EQ(text, "\"a\\\"\\\\\\n\\u0001\xEF\xBF\xBD\xc3\xa9\"");
}

TEST(ValueTest, ParsesScalarsAndRefusesDeepNesting) {
  EXPECT_EQ(Parse("1.5")->number_or(0), 1.5);
  EXPECT_EQ(Parse("\"x\"")->string_or(""), "x");
  EXPECT_FALSE(Parse(std::string(1000, '[') + std::string(1000, ']')).ok());
  EXPECT_FALSE(Parse("{\"a\":}").ok());
}

}  // namespace
}  // namespace yard::base::json
