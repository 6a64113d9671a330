#include "protocols/mlflow/request.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocols/mlflow/bounded_list.h"

namespace yard::protocols::mlflow {
namespace {

struct Sample {
  std::optional<std::string> run_id;
  std::optional<std::string> run_uuid;
  std::optional<double> value;
  int64_t step = 0;
  std::vector<std::string> order_by;
  std::optional<EnumName> status;
};
YARD_DESCRIBE(Sample, run_id, run_uuid, value, step, order_by, status)

net::Request Post(std::string body, std::string content_type = "application/json") {
  net::Request request;
  request.method = net::Method::kPost;
  request.body = std::move(body);
  if (!content_type.empty()) request.headers.Set("Content-Type", std::move(content_type));
  return request;
}

net::Request Get(std::string query) {
  net::Request request;
  request.method = net::Method::kGet;
  request.query = std::move(query);
  return request;
}

std::string ReasonOf(const base::Result<Sample>& parsed) {
  return parsed.ok() ? "" : parsed.error().reason();
}

TEST(RequestTest, ReadsABody) {
  const auto parsed = Parse<Sample>(Post(R"({"run_id":"r","value":1.5,"step":"7","status":3})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->run_id, "r");
  EXPECT_EQ(parsed->value, 1.5);
  EXPECT_EQ(parsed->step, 7);
  EXPECT_EQ(parsed->status->text, "3");
}

TEST(RequestTest, ReadsAQueryWithRepeatedNames) {
  const auto parsed = Parse<Sample>(Get("run_id=r&order_by=a%20DESC&order_by=b&step=3"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->order_by, (std::vector<std::string>{"a DESC", "b"}));
  EXPECT_EQ(parsed->step, 3);
}

TEST(RequestTest, AcceptsParametersOfTheContentType) {
  EXPECT_TRUE(Parse<Sample>(Post("{}", "application/json; charset=utf-8")).ok());
}

TEST(RequestTest, RefusesOtherContentTypes) {
  EXPECT_EQ(ReasonOf(Parse<Sample>(Post("{}", "text/plain"))), "bad_content_type");
  EXPECT_EQ(ReasonOf(Parse<Sample>(Post("{}", ""))), "bad_content_type");
}

TEST(RequestTest, ReadsABodyThatWasEncodedTwice) {
  const auto parsed = Parse<Sample>(Post(R"("{\"run_id\": \"r\", \"step\": 2}")"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->run_id, "r");
  EXPECT_EQ(parsed->step, 2);
}

TEST(RequestTest, TakesWhatIsNoJsonForAnEmptyObject) {
  for (const std::string& body : {std::string(), std::string("not json"), std::string(10'000, '{'),
                                  std::string("{\"run_id\":"), std::string("\xff\xfe"),
                                  std::string("null"), std::string("\"text\"")}) {
    const auto parsed = Parse<Sample>(Post(body));
    ASSERT_TRUE(parsed.ok()) << body.substr(0, 20);
    EXPECT_FALSE(parsed->run_id.has_value());
  }
}

TEST(RequestTest, RefusesListsAndNumbers) {
  for (const std::string body : {"[1, 2]", "[]", "7", "true"})
    EXPECT_EQ(ReasonOf(Parse<Sample>(Post(body))), "not_an_object") << body;
}

TEST(RequestTest, NamesTheFieldOfAWrongType) {
  const auto parsed = Parse<Sample>(Post(R"({"value":"abc"})"));
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().reason(), "wrong_type");
  EXPECT_EQ(parsed.error().detail("parameter"), "value");
}

TEST(RequestTest, CountsAnEmptyTextAsMissing) {
  EXPECT_EQ(Need(std::optional<std::string>(""), "name").error().reason(), "missing_field");
  EXPECT_TRUE(Need(std::optional<double>(0.0), "value").ok());
}

TEST(RequestTest, FindsTheRunUnderEitherName) {
  Sample sample;
  sample.run_uuid = "r";
  EXPECT_EQ(*NeedRunId(sample), "r");
  EXPECT_EQ(NeedRunId(Sample()).error().detail("parameter"), "run_id");
}

TEST(RequestTest, BoundsPages) {
  EXPECT_EQ(*PageSize(std::nullopt, 100, 1000), 100);
  EXPECT_EQ(*PageSize(1000, 100, 1000), 1000);
  for (const int64_t size : {int64_t{0}, int64_t{-1}, int64_t{1001}, int64_t{1} << 40})
    EXPECT_EQ(PageSize(size, 100, 1000).error().reason(), "bad_max_results") << size;
}

TEST(RequestTest, ReadsOnlyIntegersAsNumbers) {
  EXPECT_EQ(*ParseExperimentId("23"), 23);
  EXPECT_EQ(ParseExperimentId("abc").error().reason(), "bad_experiment_id");
  EXPECT_EQ(ParseExperimentId("").error().reason(), "bad_experiment_id");
  EXPECT_EQ(ParseVersion("1.5").error().reason(), "bad_version");
}

struct Batch {
  BoundedList<Sample, 3> samples;
};
YARD_DESCRIBE(Batch, samples)

TEST(BoundedListTest, KeepsAsManyAsTheLimit) {
  auto batch = Parse<Batch>(Post(R"({"samples":[{"step":1},{"step":2},{"step":3}]})"));
  ASSERT_TRUE(batch.ok());
  const auto samples = AllOf(std::move(batch->samples), "samples");
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ(samples->back().step, 3);
}

TEST(BoundedListTest, CountsWhatIsBeyondTheLimit) {
  auto batch = Parse<Batch>(Post(R"({"samples":[{},{},{},{},{}]})"));
  ASSERT_TRUE(batch.ok());
  const auto samples = AllOf(std::move(batch->samples), "samples");
  ASSERT_FALSE(samples.ok());
  EXPECT_EQ(samples.error().detail("count"), "5");
}

TEST(BoundedListTest, RefusesWhatIsNoList) {
  EXPECT_EQ(Parse<Batch>(Post(R"({"samples":"x"})")).error().detail("parameter"), "samples");
}

}  // namespace
}  // namespace yard::protocols::mlflow
