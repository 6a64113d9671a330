#include "protocols/scoring/scoring_routes.h"

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/executor.h"
#include "base/json/value.h"
#include "base/telemetry.h"
#include "net/router.h"
#include "serving/serving_for_test.h"

namespace yard::protocols::scoring {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Headers {
  std::string content_type = "application/json";
  std::optional<std::string> entity_key = {};
};

class ScoringRoutesTest : public ::testing::Test {
 protected:
  ScoringRoutesTest() {
    AddScoringRoutes(router_, service(), executor_);
    EXPECT_TRUE(service().Create({"churn", {{"champion", "models:/churn/9", 100}}, {}}).ok());
  }

  serving::ServingService& service() { return serving_.service(); }

  net::Response Call(net::Method method, const std::string& path, std::string body,
                     const Headers& headers) {
    auto match = router_.Find(method, path);
    EXPECT_NE(match.async, nullptr) << path;
    auto request = std::make_shared<net::Request>();
    request->method = method;
    request->path = path;
    request->body = std::move(body);
    request->request_id = "request-1";
    request->deadline = deadline_;
    request->path_parameters = match.path_parameters;
    if (!headers.content_type.empty()) {
      request->headers.Add("Content-Type", headers.content_type);
    }
    if (headers.entity_key) request->headers.Add("X-Entity-Key", *headers.entity_key);
    std::promise<net::Response> answered;
    (*match.async)(request, net::Responder([&](net::Response response) {
                     answered.set_value(std::move(response));
                   }));
    return answered.get_future().get();
  }

  net::Response Invoke(std::string body, const Headers& headers = {}) {
    return Call(net::Method::kPost, "/endpoints/churn/invocations", std::move(body), headers);
  }
  net::Response Predict(std::string body, const Headers& headers = {}) {
    return Call(net::Method::kPost, "/predict/churn", std::move(body), headers);
  }
  static base::json::Value Json(const net::Response& response) {
    auto value = base::json::Parse(response.body);
    EXPECT_TRUE(value.ok()) << response.body;
    return value.ok() ? *value : base::json::Value();
  }
  static std::string Reason(const net::Response& response) {
    return std::string(Json(response)["error"]["reason"].string_or(""));
  }

  std::vector<serving::PredictionRecord> Logged() {
    serving_.log().Flush();
    return *serving_.log().Newest("churn", 100);
  }

  serving::ServingForTest serving_;
  base::Executor executor_{"scoring", 1, 10};
  std::chrono::steady_clock::time_point deadline_{};
  net::Router router_;
};

// MLflow's scoring protocol.

TEST_F(ScoringRoutesTest, TakesEveryFormOfInput) {
  const std::vector<std::string> bodies = {
      R"({"dataframe_split": {"columns": ["plan", "spend"], "data": [["gold", 1.5], [null, 2]]}})",
      R"({"dataframe_split": {"data": [["gold", 1.5], [null, 2]], "index": [0, 1],
          "columns": ["plan", "spend"]}})",
      R"({"dataframe_records": [{"spend": 1.5, "plan": "gold"}, {"spend": 2}]})",
      R"({"instances": [{"spend": 1.5, "plan": "gold"}, {"spend": 2, "plan": null}]})",
      R"({"inputs": {"spend": [1.5, 2], "plan": ["gold", null]}})",
      R"({"inputs": [{"spend": 1.5, "plan": "gold"}, {"spend": 2}]})",
  };
  for (const auto& body : bodies) {
    const auto response = Invoke(body);
    EXPECT_EQ(response.status, 200) << body << response.body;
    EXPECT_EQ(response.body, R"({"predictions":[1,1]})") << body;
  }
  const auto csv = Invoke("spend,plan\n1.5,gold\r\n2,\"si\"\"lver\"\n", {"text/csv"});
  EXPECT_EQ(csv.body, R"({"predictions":[1,1]})");
}

TEST_F(ScoringRoutesTest, GivesProbabilitiesWhenAsked) {
  const auto response = Invoke(
      R"({"dataframe_records": [{"spend": 1}], "params": {"predict_method": "predict_proba"}})");
  EXPECT_EQ(response.body, R"({"predictions":[[0.09999999999999998,0.9]]})");
}

TEST_F(ScoringRoutesTest, TakesNumericTextAndPythonsNaNAsPandasDoes) {
  EXPECT_EQ(Invoke(R"({"dataframe_records": [{"spend": "1.5"}]})").status, 200);
  EXPECT_EQ(Invoke(R"({"dataframe_records": [{"spend": NaN, "plan": "NaN \" NaN"}]})").status, 200);
  EXPECT_EQ(Invoke(R"({"dataframe_records": [{"spend": -Infinity}]})").status, 200);
}

TEST_F(ScoringRoutesTest, RefusesBadInputWithoutRepeatingIt) {
  struct Case {
    std::string body;
    std::string code;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"{", "BAD_REQUEST", "valid JSON"},
      {"", "BAD_REQUEST", "valid JSON"},
      {"[1]", "BAD_REQUEST", "Received a list"},
      {"{}", "BAD_REQUEST", "exactly one of"},
      {R"({"inputs": [], "instances": []})", "BAD_REQUEST", "['inputs', 'instances']"},
      {R"({"inputs": 7})", "BAD_REQUEST", "holds no rows"},
      {R"({"dataframe_split": [1]})", "BAD_REQUEST", "must be a dictionary"},
      {R"({"dataframe_split": {"columns": ["spend"]}})", "BAD_REQUEST", "'data' field"},
      {R"({"dataframe_split": {"columns": ["spend"], "data": [[1, 2]]}})", "BAD_REQUEST",
       "Row 0 has 2 values"},
      {R"({"dataframe_records": {"spend": 1}})", "BAD_REQUEST", "list of records"},
      {R"({"dataframe_records": [{"age": "secret"}]})", "INVALID_PARAMETER_VALUE",
       "missing inputs ['spend']. Note that there were extra inputs: [age]"},
      {R"({"dataframe_records": [{"spend": "secret"}]})", "INVALID_PARAMETER_VALUE",
       "Column 'spend' takes a number"},
      {R"({"dataframe_records": [{"spend": [1]}]})", "BAD_REQUEST", "a cell must be"},
      {R"({"inputs": {"spend": [1, 2], "plan": ["gold"]}})", "BAD_REQUEST", "not the same"},
      {R"({"dataframe_records": [{"spend": 1}], "params": 5})", "BAD_REQUEST", "params"},
      {R"({"dataframe_records": [{"spend": 1}], "params": {"predict_method": "fit"}})",
       "BAD_REQUEST", "predict_method"},
  };
  for (const auto& test : cases) {
    const auto response = Invoke(test.body);
    EXPECT_EQ(response.status, 400) << test.body;
    EXPECT_EQ(Json(response)["error_code"].string_or(""), test.code) << test.body;
    EXPECT_THAT(std::string(Json(response)["message"].string_or("")), HasSubstr(test.text));
    EXPECT_THAT(response.body, Not(HasSubstr("secret")));
  }
}

TEST_F(ScoringRoutesTest, RefusesOtherContentTypes) {
  const std::string body = R"({"dataframe_records": [{"spend": 1}]})";
  EXPECT_EQ(Invoke(body, {"application/json; charset=UTF-8"}).status, 200);
  struct Case {
    std::string type;
    std::string text;
  };
  const std::vector<Case> cases = {
      {"application/json; charset=latin1", "The scoring server only supports UTF-8"},
      {"application/json; profile=x", "Unrecognized content type parameters: profile"},
      {"text/plain", "Got 'text/plain'"},
      {"", "Got ''"},
  };
  for (const auto& test : cases) {
    const auto response = Invoke(body, {test.type});
    EXPECT_EQ(response.status, 415) << test.type;
    EXPECT_THAT(response.body, HasSubstr(test.text));
  }
}

TEST_F(ScoringRoutesTest, RefusesBrokenCsv) {
  for (const std::string body : {"", "spend\n\"1", "spend\n1,2", "age\n1\n"}) {
    EXPECT_EQ(Invoke(body, {"text/csv"}).status, 400) << body;
  }
}

TEST_F(ScoringRoutesTest, AnswersProbes) {
  for (const std::string probe : {"ping", "health"}) {
    const auto response = Call(net::Method::kGet, "/endpoints/churn/" + probe, "", {});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "\n");
    EXPECT_EQ(Call(net::Method::kGet, "/endpoints/other/" + probe, "", {}).status, 404);
  }
  EXPECT_EQ(Call(net::Method::kGet, "/endpoints/churn/version", "", {}).body, "3.17.2");
}

// POST /predict.

TEST_F(ScoringRoutesTest, PredictsAFlatRow) {
  const auto response = Predict(R"({"spend": 3, "plan": "gold", "unknown": [1, 2]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"prediction":1,"confidence":0.9,"model":"churn","version":"9","arm":"champion",)"
            R"("request_id":"request-1"})");
}

TEST_F(ScoringRoutesTest, PredictsAStructuredRowAndLogsIt) {
  const auto response = Predict(
      R"({"features": {"spend": 3}, "key": "c-17", "timestamp": 870000000000, "request_id": "r"})");
  EXPECT_EQ(Json(response)["request_id"].string_or(""), "r");
  const auto logged = Logged();
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].key, "c-17");
  EXPECT_EQ(logged[0].event_time, base::Millis(870'000'000'000));
  EXPECT_EQ(logged[0].score, 0.9);
  EXPECT_EQ(logged[0].value, 1);
  EXPECT_EQ(logged[0].source->version, "9");
  EXPECT_EQ(logged[0].features.numbers[0], 3);
}

TEST_F(ScoringRoutesTest, PredictsManyRowsOfSeveralArmsInTheirOrder) {
  ASSERT_TRUE(
      service()
          .Update(
              "churn",
              {{{{"champion", "models:/churn/9", 50}, {"challenger", "models:/churn/2", 50}}}, {}})
          .ok());
  std::string body = R"({"rows": [)";
  for (int i = 0; i < 40; ++i) {
    body += R"({"features": {"spend": )" + std::to_string(i) + R"(}, "key": "k)" +
            std::to_string(i) + R"("},)";
  }
  body.back() = ']';
  const auto response = Predict(body + "}");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto value = Json(response);
  const auto& predictions = *value["predictions"].as_array();
  ASSERT_EQ(predictions.size(), 40u);
  int challengers = 0;
  for (size_t i = 0; i < predictions.size(); ++i) {
    const bool is_challenger = predictions[i]["arm"].string_or("") == "challenger";
    challengers += is_challenger ? 1 : 0;
    EXPECT_EQ(predictions[i]["prediction"].integer_or(-1), is_challenger ? 0 : 1);
    EXPECT_EQ(predictions[i]["request_id"].string_or(""), "request-1-" + std::to_string(i));
  }
  EXPECT_GT(challengers, 5);
  EXPECT_LT(challengers, 35);
  for (const auto& record : Logged()) {
    EXPECT_EQ("k" + record.PredictionText(), record.PredictionText().insert(0, "k"));
    EXPECT_EQ("k" + std::to_string(static_cast<int>(record.features.numbers[0])), record.key);
  }
}

TEST_F(ScoringRoutesTest, SticksToTheArmOfTheEntityKey) {
  ASSERT_TRUE(
      service()
          .Update(
              "churn",
              {{{{"champion", "models:/churn/9", 50}, {"challenger", "models:/churn/2", 50}}}, {}})
          .ok());
  for (int i = 0; i < 20; ++i) {
    Headers headers;
    headers.entity_key = "customer-" + std::to_string(i);
    const auto flat = Json(Predict(R"({"spend": 1})", headers));
    const auto structured =
        Json(Predict(R"({"features": {"spend": 1}, "key": ")" + *headers.entity_key + "\"}"));
    EXPECT_EQ(flat["arm"], structured["arm"]);
  }
}

TEST_F(ScoringRoutesTest, SaysWhatIsWrongWithARow) {
  struct Case {
    std::string body;
    std::string reason;
  };
  const std::vector<Case> cases = {
      {"{", "malformed_json"},
      {"", "malformed_json"},
      {"[1]", "wrong_type"},
      {"3", "wrong_type"},
      {R"({"plan": "gold"})", "missing_column"},
      {R"({"spend": "3"})", "wrong_type"},
      {R"({"spend": 1, "plan": 3})", "wrong_type"},
      {R"({"spend": {}})", "nested_cell"},
      {R"({"features": {"plan": "gold"}})", "missing_column"},
      {R"({"features": {"spend": 1}, "timestamp": "now"})", "bad_timestamp"},
      {R"({"features": {"spend": 1}, "timestamp": 1e300})", "bad_timestamp"},
      {R"({"features": {"spend": 1}, "key": {}})", "wrong_type"},
      {R"({"rows": [{"spend": 1}]})", "missing_field"},
      {R"({"rows": [{"features": {"spend": 1}}, {"features": {}}]})", "missing_column"},
      {R"({"rows": [1]})", "wrong_type"},
  };
  for (const auto& test : cases) {
    const auto response = Predict(test.body);
    EXPECT_EQ(response.status, 400) << test.body;
    EXPECT_EQ(Reason(response), test.reason) << test.body << response.body;
  }
  const auto missing = Predict(R"({"rows": [{"features": {"spend": 1}}, {"features": {}}]})");
  EXPECT_EQ(Json(missing)["error"]["details"]["column"].string_or(""), "spend");
  EXPECT_EQ(Json(missing)["error"]["details"]["row"].string_or(""), "1");
}

TEST_F(ScoringRoutesTest, TakesMissingValues) {
  EXPECT_EQ(Predict(R"({"spend": null})").status, 200);
}

TEST_F(ScoringRoutesTest, RefusesMoreRowsThanTheLimit) {
  std::string body = R"({"rows": [)";
  for (int i = 0; i < 10'001; ++i) body += R"({"features": {"spend": 1}},)";
  body.back() = ']';
  EXPECT_EQ(Reason(Predict(body + "}")), "too_many_rows");
}

TEST_F(ScoringRoutesTest, DoesNotKnowOtherEndpoints) {
  const auto response = Call(net::Method::kPost, "/predict/other", R"({"spend": 1})", {});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(Reason(response), "endpoint_not_found");
  EXPECT_EQ(Call(net::Method::kPost, "/endpoints/other/invocations", "{}", {}).status, 404);
}

TEST_F(ScoringRoutesTest, AsksToComeBackWhileNothingServes) {
  serving_.models().Break("3");
  ASSERT_TRUE(service().Create({"broken", {{"a", "models:/churn/3", 1}}, {}}).ok());
  const auto response = Call(net::Method::kPost, "/predict/broken", R"({"spend": 1})", {});
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Reason(response), "model_not_loaded");
  EXPECT_TRUE(response.headers.Get("Retry-After").has_value());
  EXPECT_EQ(Call(net::Method::kGet, "/endpoints/broken/ping", "", {}).status, 404);
}

TEST_F(ScoringRoutesTest, RunsLargeRequestsOnTheExecutorAndGivesUpLateOnes) {
  std::string body = R"({"rows": [)";
  for (int i = 0; i < 1'000; ++i) body += R"({"features": {"spend": 1}},)";
  body.back() = ']';
  body += "}";
  EXPECT_EQ(Predict(body).status, 200);
  deadline_ = serving_.clock().Steady() + std::chrono::milliseconds(1);
  serving_.clock().Advance(std::chrono::seconds(1));
  EXPECT_EQ(Reason(Predict(body)), "request_timeout");
  executor_.Stop();
  EXPECT_EQ(Reason(Predict(body)), "busy");
}

TEST_F(ScoringRoutesTest, CountsAnswersAndErrors) {
  Predict(R"({"spend": 1})");
  Predict(R"({"spend": "x"})");
  const auto status = service().Get("churn");
  EXPECT_EQ(status->arms[0].requests, 2u);
  EXPECT_EQ(status->arms[0].errors, 1u);
  serving::ServingMetrics metrics(serving_.telemetry());
  EXPECT_EQ(metrics.predictions.With({"churn", "churn", "9", "champion"}).value(), 1);
  EXPECT_EQ(metrics.errors.With({"churn", "wrong_type"}).value(), 1);
}

TEST(SingleModelRoutesTest, ServesOneModelWithoutARegistry) {
  base::ManualClock clock;
  base::Telemetry telemetry;
  base::Executor executor("scoring", 1, 10);
  auto model = serving::SingleModel::Open(
      {"churn", "1"}, std::make_unique<serving::FakeModel>(0.25), {}, clock, telemetry);
  ASSERT_TRUE(model.ok());
  net::Router router;
  AddSingleModelRoutes(router, **model, executor);
  auto request = std::make_shared<net::Request>();
  request->body = R"({"spend": 1})";
  request->request_id = "r";
  std::string body;
  (*router.Find(net::Method::kPost, "/predict").async)(
      request, net::Responder([&](net::Response response) { body = response.body; }));
  EXPECT_EQ(body, R"({"prediction":0,"confidence":0.75,"model":"churn","version":"1","arm":"only",)"
                  R"("request_id":"r"})");
  for (const char* path : {"/ping", "/health", "/version"}) {
    EXPECT_NE(router.Find(net::Method::kGet, path).async, nullptr);
  }
  EXPECT_NE(router.Find(net::Method::kPost, "/invocations").async, nullptr);
}

}  // namespace
}  // namespace yard::protocols::scoring
