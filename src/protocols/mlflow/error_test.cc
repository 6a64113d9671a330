#include "protocols/mlflow/error.h"

#include <gtest/gtest.h>

#include "base/json/described.h"
#include "base/json/value.h"

namespace yard::protocols::mlflow {
namespace {

using base::Code;

struct Mapping {
  Code code;
  std::string_view name;
  int status;
};

class WireCodeTest : public testing::TestWithParam<Mapping> {};
TEST_P(WireCodeTest, HasTheNameAndStatusThatClientsKnow) {
  EXPECT_EQ(WireCodeOf(GetParam().code).name, GetParam().name);
  EXPECT_EQ(WireCodeOf(GetParam().code).status, GetParam().status);
}
INSTANTIATE_TEST_SUITE_P(
    Codes, WireCodeTest,
    testing::Values(Mapping{Code::kInvalidArgument, "INVALID_PARAMETER_VALUE", 400},
                    Mapping{Code::kFailedPrecondition, "INVALID_PARAMETER_VALUE", 400},
                    Mapping{Code::kNotFound, "RESOURCE_DOES_NOT_EXIST", 404},
                    Mapping{Code::kAlreadyExists, "RESOURCE_ALREADY_EXISTS", 400},
                    Mapping{Code::kResourceExhausted, "REQUEST_LIMIT_EXCEEDED", 429},
                    Mapping{Code::kUnavailable, "TEMPORARILY_UNAVAILABLE", 503},
                    Mapping{Code::kUnimplemented, "NOT_IMPLEMENTED", 501},
                    Mapping{Code::kInternal, "INTERNAL_ERROR", 500}));

// A client never retries a 400: a fault that passes must not be one.
TEST(ErrorResponseTest, AsksToRetryTransientFaults) {
  for (const Code code : {Code::kUnavailable, Code::kResourceExhausted}) {
    const auto response = ErrorResponse(base::Error(code, "busy"));
    EXPECT_TRUE(response.status == 429 || response.status == 503);
    EXPECT_TRUE(response.headers.Get("Retry-After").has_value());
  }
}

TEST(ErrorResponseTest, WritesCodeAndMessage) {
  const auto response =
      ErrorResponse(base::NotFound("no such run", {"run_id", "r1"}).WithReason("run_not_found"));
  const auto body = base::json::Parse(response.body);
  ASSERT_TRUE(body.ok());
  EXPECT_EQ((*body)["error_code"].string_or(""), "RESOURCE_DOES_NOT_EXIST");
  EXPECT_EQ((*body)["message"].string_or(""), "Run with id=r1 not found");
  EXPECT_EQ(response.status, 404);
}

// Python clients compare these texts.
TEST(WireMessageTest, KnowsTheTextsOfClients) {
  EXPECT_EQ(WireMessage(base::json::MissingField("run_id")),
            "Missing value for required parameter 'run_id'. See the API docs for more information "
            "about request parameters.");
  EXPECT_EQ(
      WireMessage(base::AlreadyExists("", {"name", "churn"}).WithReason("registered_model_exists")),
      "Registered Model (name=churn) already exists.");
  EXPECT_EQ(WireMessage(base::NotFound("", {"name", "X"}, {"version", "99"})
                            .WithReason("model_version_not_found")),
            "Model Version (name=X, version=99) not found");
  EXPECT_EQ(
      WireMessage(base::NotFound("", {"experiment", "999"}).WithReason("experiment_not_found")),
      "No Experiment with id=999 exists");
  EXPECT_EQ(
      WireMessage(base::NotFound("", {"experiment", "abc"}).WithReason("experiment_not_found")),
      "Could not find experiment with name 'abc'");
}

TEST(WireMessageTest, SaysTheTypeThatWasThere) {
  const auto error = base::InvalidArgument("", {"parameter", "value"}, {"value", "\"abc\""})
                         .WithReason("wrong_type");
  EXPECT_EQ(WireMessage(error),
            "Invalid value \"abc\" for parameter 'value' supplied:  Hint: Value was of type 'str'. "
            "See the API docs for more information about request parameters.");
}

TEST(WireMessageTest, GivesOtherErrorsTheirOwnWordsAndFacts) {
  EXPECT_EQ(WireMessage(base::InvalidArgument("too much", {"limit", "5"})), "Too much: limit='5'");
}

}  // namespace
}  // namespace yard::protocols::mlflow
