#include "protocols/native/endpoints.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json/value.h"
#include "net/router.h"
#include "registry/events.h"
#include "serving/serving_for_test.h"

namespace yard::protocols::native {
namespace {

using ::testing::HasSubstr;

class EndpointRoutesTest : public ::testing::Test {
 protected:
  EndpointRoutesTest() { AddEndpointRoutes(router_, serving_.service()); }

  struct Answer {
    int status = 0;
    base::json::Value json;
    std::string reason() const { return std::string(json["error"]["reason"].string_or("")); }
  };

  Answer Call(net::Method method, const std::string& target, std::string body = "") {
    net::Request request;
    request.path = target.substr(0, target.find('?'));
    if (target.size() > request.path.size()) request.query = target.substr(request.path.size() + 1);
    request.body = std::move(body);
    const auto match = router_.Find(method, request.path);
    EXPECT_NE(match.blocking, nullptr) << target;
    request.path_parameters = match.path_parameters;
    const auto response = (*match.blocking)(request);
    auto json = base::json::Parse(response.body.empty() ? "null" : response.body);
    EXPECT_TRUE(json.ok()) << response.body;
    return {response.status, *std::move(json)};
  }

  Answer Create() {
    return Call(net::Method::kPost, "/api/v1/endpoints",
                R"({"name": "churn", "model": "models:/churn@champion"})");
  }

  serving::ServingForTest serving_;
  net::Router router_;
};

TEST_F(EndpointRoutesTest, CreatesAnEndpointOfOneArmNamedAfterItsAlias) {
  const auto answer = Create();
  EXPECT_EQ(answer.status, 200);
  const auto& arm = (*answer.json["arms"].as_array())[0];
  EXPECT_EQ(arm["name"].string_or(""), "champion");
  EXPECT_EQ(arm["weight"].number_or(0), 100);
  EXPECT_EQ(arm["state"].string_or(""), "serving");
  EXPECT_EQ(arm["resolved"]["version"].string_or(""), "1");
  EXPECT_EQ(Create().reason(), "endpoint_exists");
  EXPECT_EQ(Call(net::Method::kGet, "/api/v1/endpoints").json["endpoints"].as_array()->size(), 1u);
}

TEST_F(EndpointRoutesTest, RefusesBodiesThatMakeNoSense) {
  for (const std::string body :
       {"{", "[]", "{}", R"({"name": "x"})", R"({"name": "x", "arms": [{"name": "a"}]})",
        R"({"name": "x", "model": "/etc/passwd"})", R"({"name": 5, "model": "models:/churn/1"})"}) {
    EXPECT_EQ(Call(net::Method::kPost, "/api/v1/endpoints", body).status, 400) << body;
  }
  const auto unknown =
      Call(net::Method::kPost, "/api/v1/endpoints", R"({"name": "x", "model": "models:/no/1"})");
  EXPECT_EQ(unknown.status, 404);
}

TEST_F(EndpointRoutesTest, ChangesWeightsAndDeletes) {
  Create();
  const auto changed = Call(net::Method::kPatch, "/api/v1/endpoints/churn",
                            R"({"arms": [{"name": "champion", "model": "models:/churn@champion",
                                "weight": 90}, {"name": "b", "model": "models:/churn/2",
                                "weight": 10}]})");
  EXPECT_EQ(changed.json["arms"].as_array()->size(), 2u);
  EXPECT_EQ(Call(net::Method::kDelete, "/api/v1/endpoints/churn").status, 204);
  EXPECT_EQ(Call(net::Method::kGet, "/api/v1/endpoints/churn").reason(), "endpoint_not_found");
}

TEST_F(EndpointRoutesTest, RollsBackAndTellsTheHistory) {
  Create();
  EXPECT_EQ(Call(net::Method::kPost, "/api/v1/endpoints/churn/rollback").reason(),
            "no_previous_version");
  Call(net::Method::kPatch, "/api/v1/endpoints/churn",
       R"({"arms": [{"name": "champion", "model": "models:/churn/3"}]})");
  const auto done =
      Call(net::Method::kPost, "/api/v1/endpoints/churn/rollback", R"({"arm": "champion"})");
  EXPECT_EQ(done.json["from"].string_or(""), "3");
  EXPECT_EQ(done.json["to"].string_or(""), "1");
  EXPECT_EQ(done.json["endpoint"]["name"].string_or(""), "churn");
  const auto history = Call(net::Method::kGet, "/api/v1/endpoints/churn/history");
  EXPECT_EQ((*history.json["events"].as_array())[0]["action"].string_or(""), "rolled_back");
}

TEST_F(EndpointRoutesTest, GivesTrafficAndPredictions) {
  Create();
  auto& service = serving_.service();
  const auto routes = service.Find("churn");
  const auto& arm = routes->arms()[0];
  inference::Frame frame;
  frame.row_count = 1;
  frame.columns = {{"spend", inference::NumberColumn{1.5}},
                   {"plan", inference::TextColumn{std::string("gold")}}};
  const auto scored = serving::Score(*arm.servable, frame);
  service.predictor().CountAnswer(arm, 1, serving_.clock().Steady());
  service.predictor().LogRows(arm, frame, *scored, {{"r1", "k1", base::Millis(5)}});

  const auto traffic = Call(net::Method::kGet, "/api/v1/endpoints/churn/traffic?minutes=5");
  EXPECT_EQ((*traffic.json["series"].as_array())[0]["requests"].integer_or(0), 1);
  const auto predictions = Call(net::Method::kGet, "/api/v1/endpoints/churn/predictions?limit=1");
  const auto& record = (*predictions.json["predictions"].as_array())[0];
  EXPECT_EQ(record["request_id"].string_or(""), "r1");
  EXPECT_EQ(record["features"]["plan"].string_or(""), "gold");
  EXPECT_EQ(record["features"]["spend"].number_or(0), 1.5);
  EXPECT_EQ(Call(net::Method::kGet, "/api/v1/endpoints/churn/traffic?minutes=0").status, 400);
  EXPECT_EQ(Call(net::Method::kGet, "/api/v1/endpoints/other/traffic").status, 404);
  EXPECT_EQ(Call(net::Method::kGet, "/api/v1/endpoints/other/predictions").status, 404);
}

}  // namespace
}  // namespace yard::protocols::native
