#include "net/static_files.h"

#include <array>

#include <gtest/gtest.h>

namespace yard::net {
namespace {

constexpr std::array kFiles = {
    EmbeddedFile{"index.html", "<html>", "", "text/html; charset=utf-8", "\"i1\""},
    EmbeddedFile{"assets/app-5f2c9b1a.js", "script", "packed", "text/javascript", "\"a1\""},
    EmbeddedFile{"favicon.svg", "<svg>", "", "image/svg+xml", "\"f1\""}};

Request Get(std::string path, std::string accept = "*/*") {
  Request request;
  request.path = std::move(path);
  request.headers.Add("Accept", std::move(accept));
  return request;
}

class StaticFilesTest : public testing::Test {
 protected:
  StaticFiles files_{kFiles};
};

TEST_F(StaticFilesTest, ServesTheIndexAtTheRoot) {
  const Response response = files_.Serve(Get("/"));
  EXPECT_EQ(response.body, "<html>");
  EXPECT_EQ(response.headers.Get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(response.headers.Get("Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, LetsHashedNamesBeCachedForEver) {
  const Response response = files_.Serve(Get("/assets/app-5f2c9b1a.js"));
  EXPECT_EQ(response.body, "script");
  EXPECT_EQ(response.headers.Get("Cache-Control"), "public, max-age=31536000, immutable");
}

TEST_F(StaticFilesTest, SendsTheCompressedFormWhenTaken) {
  Request request = Get("/assets/app-5f2c9b1a.js");
  request.headers.Add("Accept-Encoding", "gzip");
  const Response response = files_.Serve(request);
  EXPECT_EQ(response.body, "packed");
  EXPECT_EQ(response.headers.Get("Content-Encoding"), "gzip");
  EXPECT_EQ(response.headers.Get("ETag"), "\"a1-gzip\"");
}

TEST_F(StaticFilesTest, AnswersAKnownETagWith304) {
  Request request = Get("/favicon.svg");
  request.headers.Add("If-None-Match", "\"f1\"");
  const Response response = files_.Serve(request);
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(response.body, "");
}

TEST_F(StaticFilesTest, ServesTheIndexForPagesOfTheApplication) {
  for (const char* path :
       {"/experiments/3", "/models/churn", "/endpoints", "/apiary", "/models/churn.v2"})
    EXPECT_EQ(files_.Serve(Get(path, "text/html,*/*")).body, "<html>") << path;
}

TEST_F(StaticFilesTest, AnswersEverythingElseWithAnEmpty404) {
  for (const char* path : {"/api/2.0/mlflow/nope", "/ajax-api/x", "/api", "/%61pi/x",
                           "/assets/old-12345678.js", "/metrics"}) {
    const Response response = files_.Serve(Get(path, "text/html"));
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_EQ(response.body, "") << path;
  }
  EXPECT_EQ(files_.Serve(Get("/experiments/3", "application/json")).status, 404);
}

TEST_F(StaticFilesTest, AnswersReadsOnly) {
  Request request = Get("/", "text/html");
  request.method = Method::kPost;
  EXPECT_EQ(files_.Serve(request).status, 404);
}

}  // namespace
}  // namespace yard::net
